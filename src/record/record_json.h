// SPDX-License-Identifier: Apache-2.0
// Records and pages as every answer shows them.
#ifndef MILLRACE_RECORD_RECORD_JSON_H
#define MILLRACE_RECORD_RECORD_JSON_H

#include "record/list.h"

// {id, version, label, fields, references: {field: {id, label}}}
FALLIBLE record_json(Ctx *cx, Record *record, Value *out);
Value record_json_labelled(Ctx *cx, const Record *record, Value labels);
// {items, next, count?}
Value page_json(Ctx *cx, const ListPage *page);

#endif
