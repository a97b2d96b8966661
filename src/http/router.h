// SPDX-License-Identifier: Apache-2.0
// Router: finds the registered route of a method and a path.
#ifndef MILLRACE_HTTP_ROUTER_H
#define MILLRACE_HTTP_ROUTER_H

#include "http/http.h"

// ERR_NOT_FOUND when no pattern fits the path; ERR_INVALID "method" with the allowed ones in the
// hint when one fits but not with this method. *parameters is a context of texts. A fixed segment
// goes before a {parameter}.
FALLIBLE router_find(Ctx *cx, Method method, const char *path, const Route **out,
                     Value *parameters);

// Whether some route has this path, whatever the method.
bool router_knows(const char *path);

// ERR_INVALID for a parameter of the query that the route does not name.
FALLIBLE router_check_query(Ctx *cx, const Route *route, const Request *request);

const char *method_word(Method method);
bool method_read(const char *word, Method *out);

#endif
