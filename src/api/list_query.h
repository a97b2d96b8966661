// SPDX-License-Identifier: Apache-2.0
// A list's request as the query of an address writes it:
//   ?filter=[{"field":"status","operator":"=","value":"draft"}]&sort=-total,number&columns=number,total
//   &search=pump&limit=20&after=<cursor>&count=true
#ifndef MILLRACE_API_LIST_QUERY_H
#define MILLRACE_API_LIST_QUERY_H

#include "http/http.h"
#include "record/list.h"

// What a route names that reads its query with list_query_read.
#define LIST_QUERY "filter where sort columns search limit:integer after count:boolean"

FALLIBLE list_query_read(Ctx *cx, const Request *request, const char *entity, ListRequest *out);

// How many a page may have, 1 to LIMIT_PAGE_ROWS; `fallback` when the query does not say.
FALLIBLE limit_query_read(Ctx *cx, const Request *request, int fallback, int *out);
// Of pages that go on behind an id: *after is 0 for the first one.
FALLIBLE id_page_query_read(Ctx *cx, const Request *request, int *limit, Id *after);

// "a,b" as a list of texts.
Value list_query_words(Ctx *cx, const char *text);

// The same for lists that are no records (work items, instances): a context of the query's texts,
// with `limit` and `after` checked.
FALLIBLE plain_query_read(Ctx *cx, const Request *request, Value *out);

#endif
