// SPDX-License-Identifier: Apache-2.0
// Runs test files of the DMN technology compatibility kit (testCases.xsd) on the models beside
// them.
//
// Numbers agree within 1e-8, dates, times and durations by value, lists in order, contexts by keys.
// A result node that expects an error wants null with a diagnostic. A number that agrees but is
// written otherwise than expected (1.0 for 1) passes, and is told.
#ifndef MILLRACE_DMN_KIT_H
#define MILLRACE_DMN_KIT_H

#include "dmn/dmn.h"

#include <stdio.h>

typedef struct KitTotals {
    size_t files;
    size_t nodes;
    size_t passed;
    size_t non_null;
    size_t non_null_passed;
    size_t skipped;   // non-null results of external functions
    size_t otherwise; // passed nodes with numbers that are written otherwise
} KitTotals;

typedef struct KitOptions {
    FILE *out; // gets one line a failed node; NULL: nobody asks
    bool all;  // one line a passed or skipped node too
    // Each model is written by this and read again before it is asked; NULL: it is asked as it is.
    char *(*rewrite)(Ctx *cx, const Dmn *model);
} KitOptions;

// Runs every test file beneath the folder. ERR_NOT_FOUND when there is no such folder.
FALLIBLE kit_run(Ctx *cx, const char *folder, const KitOptions *options, KitTotals *totals);

// Models are looked for in the folder, by their namespace.
DmnLibrary kit_library(const char *folder);

// Three lines: "passed/nodes (skipped)", "non-null passed/non-null", and how many numbers are
// written otherwise.
char *kit_summary(Arena *arena, const KitTotals *totals);

#endif
