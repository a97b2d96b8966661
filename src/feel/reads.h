// SPDX-License-Identifier: Apache-2.0
// What an expression reads of one name: of `order.amount > order.limit` it is amount and limit.
#ifndef MILLRACE_FEEL_READS_H
#define MILLRACE_FEEL_READS_H

#include "feel/feel.h"

typedef struct FeelReads {
    const char **items; // names of entries, each once
    size_t count;
    size_t capacity;
    bool whole; // the value is used as such, too: all of it counts
} FeelReads;

// Adds what the expression reads of `name`; `options` as it is compiled with. Where a name of the
// expression's own hides it, it adds too much, never too little.
FALLIBLE feel_reads(Ctx *cx, const char *source, const FeelOptions *options, const char *name,
                    FeelReads *out);
void feel_reads_add(Ctx *cx, const char *entry, FeelReads *out);

#endif
