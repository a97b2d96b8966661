// SPDX-License-Identifier: Apache-2.0
// What a request for a list asks for, as JSON or as the texts of a query bring it, and the page
// that answers it.
//
// Private to process/. An empty text is nothing, and "true" is true.
#ifndef MILLRACE_PROCESS_ASKED_H
#define MILLRACE_PROCESS_ASKED_H

#include "base/value.h"

const char *asked_text(Value request, const char *name);
bool asked_true(Value request, const char *name);
FALLIBLE asked_limit(Ctx *cx, Value request, int *out); // 20 when nothing is said
// "sales_order/01h..."; NULL and 0 when no subject is asked for.
FALLIBLE asked_subject(Ctx *cx, Value request, const char **entity, Id *out);
Error *asked_no_cursor(Ctx *cx); // `after` is not what a page gave as `next`

// {items, next, count}: the first `count` items, and how many there are in all.
Value page_value(Ctx *cx, Value *items, size_t count, const char *next, int64_t total);

#endif
