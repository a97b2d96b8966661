// SPDX-License-Identifier: Apache-2.0
// Runs test files of the DMN technology compatibility kit (testCases.xsd) on the models beside
// them.
//
// Numbers agree within 1e-8, dates, times and durations by value, lists in order, contexts by keys.
// A result node that expects an error wants null with a diagnostic.
#ifndef MILLRACE_DMN_KIT_H
#define MILLRACE_DMN_KIT_H

#include "base/ctx.h"

#include <stdio.h>

typedef struct KitTotals {
    size_t files;
    size_t nodes;
    size_t passed;
    size_t non_null;
    size_t non_null_passed;
    size_t skipped; // non-null results of external functions
} KitTotals;

// Runs every test file beneath the folder. Writes one line a failed node to `out`, and one line a
// passed one when `all`; `out` may be NULL. ERR_NOT_FOUND when there is no such folder.
FALLIBLE kit_run(Ctx *cx, const char *folder, FILE *out, bool all, KitTotals *totals);

// "passed/nodes (skipped N), non-null passed/non-null"
char *kit_summary(Arena *arena, const KitTotals *totals);

#endif
