// SPDX-License-Identifier: Apache-2.0
// The suites that others wrote, and what each needs to be run: registered in conformance.c, one
// file each.
//
// A suite reads its folder only. Whatever it holds of a case lives in cx->arena and is rewound by
// the suite.
#ifndef MILLRACE_CONFORMANCE_SUITE_H
#define MILLRACE_CONFORMANCE_SUITE_H

#include "base/ctx.h"
#include "base/text.h"
#include "base/value.h"
#include "base/xml.h"

#include <stdio.h>

typedef struct Tally {
    size_t passed;
    size_t total; // without those skipped
    size_t skipped;
    const char *note; // a line more about it, NULL: none
} Tally;

typedef struct SuiteRun {
    Ctx *cx;
    const char *folder;
    FILE *out; // one line a case that does not pass; NULL: nobody asks
    Tally *tally;
} SuiteRun;

typedef struct Suite {
    const char *name;
    const char *folder; // beneath $MILLRACE_CONFORMANCE; NULL: ours, beside the floors
    Error *(*run)(const SuiteRun *run);
} Suite;

FALLIBLE dmn_kit_run(const SuiteRun *run);
FALLIBLE dmn_written_run(const SuiteRun *run);
FALLIBLE dmn_sheets_run(const SuiteRun *run);
FALLIBLE bpmn_execution_run(const SuiteRun *run);
FALLIBLE bpmn_variations_run(const SuiteRun *run);
FALLIBLE bpmn_rejected_run(const SuiteRun *run);
FALLIBLE bpmn_interchange_run(const SuiteRun *run);

// Whether two documents are the same, node by node, prefixes included.
bool suite_same_document(const XmlNode *a, const XmlNode *b);

// Runs a model in the vocabulary of bpmn/execution, counts it, and tells what differs. `one` is a
// case of its cases.json: {input, intVar, parallel, expect}.
void bpmn_execution_judge(const SuiteRun *run, const char *name, const char *xml, Value one);

// The same of a model that the rule must refuse, naming an element and a line.
void bpmn_rejected_judge(const SuiteRun *run, const char *name, Text xml, const char *rule);

// A whole file; ERR_NOT_FOUND or ERR_LIMIT name it.
FALLIBLE suite_file(Ctx *cx, const char *path, Text *out);

// Visits each file beneath the run's folder whose name has the ending, in the order of the names;
// the arena is rewound after each.
typedef Error *(*SuiteVisit)(const SuiteRun *run, const char *path);
FALLIBLE suite_walk(const SuiteRun *run, const char *ending, SuiteVisit visit);

#endif
