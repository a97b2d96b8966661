// SPDX-License-Identifier: Apache-2.0
// The path and query of a request target, percent-decoded (RFC 3986; "+" is a space in the query).
#ifndef MILLRACE_HTTP_QUERY_H
#define MILLRACE_HTTP_QUERY_H

#include "http/http.h"

#define QUERY_PARAMETERS 64

// Broken escapes, NULs and broken UTF-8 are ERR_INVALID; below /api/ a parameter that stands twice
// too. For a page the first one is kept.
FALLIBLE query_split(Ctx *cx, const char *target, const char **path, Value *query);

#endif
