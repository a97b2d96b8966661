// SPDX-License-Identifier: Apache-2.0
// Summary: the records of a list in groups, counted and measured, with the reader's rights. The
// database groups; dates and instants are gathered into periods after that (weeks begin on Monday,
// instants count in UTC).
#ifndef MILLRACE_RECORD_SUMMARY_H
#define MILLRACE_RECORD_SUMMARY_H

#include "record/list.h"

#define SUMMARY_GROUPS 3   // fields grouped by
#define SUMMARY_MEASURES 8 // fields measured
#define SUMMARY_ROWS 1000  // groups of an answer

typedef struct SummaryRequest {
    ListRequest list;            // its filters, condition and search
    const char *const *groups;   // "stage", "account.city", "close_date:month"
    size_t group_count;          // periods: day week month quarter year
    const char *const *measures; // "sum:amount"; sum average minimum maximum count
    size_t measure_count;
} SummaryRequest;

// {"groups": [{"by": {"stage": {"value", "label"}}, "count", "measures": {"sum:amount": 12.5}}],
//  "count"}, in the order of the groups' values. ERR_LIMIT when there are more than SUMMARY_ROWS.
FALLIBLE list_summary(Ctx *cx, const SummaryRequest *request, Value *out);

#endif
