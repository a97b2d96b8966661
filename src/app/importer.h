// SPDX-License-Identifier: Apache-2.0
// The importer: one thread of the server that works on imports that wait, oldest first.
#ifndef MILLRACE_APP_IMPORTER_H
#define MILLRACE_APP_IMPORTER_H

#include "base/ctx.h"

typedef struct Importer Importer;

FALLIBLE importer_start(Ctx *cx, Company *company, Importer **out);
// After the batch at hand; what is not done goes on when a server starts again.
void importer_stop(Importer *importer);

#endif
