// SPDX-License-Identifier: Apache-2.0
// Indexer: the thread of a running server that takes what waits into the search index.
#ifndef MILLRACE_APP_INDEXER_H
#define MILLRACE_APP_INDEXER_H

#include "base/ctx.h"

typedef struct Indexer Indexer;

FALLIBLE indexer_start(Ctx *cx, Company *company, Indexer **out);
void indexer_stop(Indexer *indexer);

#endif
