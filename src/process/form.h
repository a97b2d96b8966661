// SPDX-License-Identifier: Apache-2.0
// Forms of user tasks: what was filled in, split into fields of the record and process variables,
// and what a browser must know to show one.
//
// Private to process/. A field that the form does not list, or lists for reading only, is refused.
// A required field that only steps may change must be given each time, so that an old decision is
// never taken for a new one; of others the value the record has already will do.
#ifndef MILLRACE_PROCESS_FORM_H
#define MILLRACE_PROCESS_FORM_H

#include "process/deployments.h"

typedef struct Filled {
    Value record;    // fields of the governed record to change, a context
    Value variables; // of the process, a context
} Filled;

// `subject`: the governed record as it is, null when there is none.
FALLIBLE form_read(Ctx *cx, const ProcessModel *model, const GraphNode *node, Value fields,
                   Value subject, Filled *out);

// {fields: [{name, title, help, type, access, value, reference, choices, to, scale,
// length, currency}]}.
// `values`: the record's fields as far as they may be shown, then `variables`.
FALLIBLE form_show(Ctx *cx, const ProcessModel *model, const GraphNode *node, Value values,
                   Value variables, Value *out);

#endif
