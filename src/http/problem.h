// SPDX-License-Identifier: Apache-2.0
// Errors as problem+json (RFC 9457).
#ifndef MILLRACE_HTTP_PROBLEM_H
#define MILLRACE_HTTP_PROBLEM_H

#include "http/http.h"

// {type, title, status, code, message, field?, detail?, hint?, line?, column?} and the members of
// error->about. An internal error shows only that it is one: its message is for the log.
Value problem_value(Ctx *cx, const Error *error);
void problem_answer(Ctx *cx, const Error *error, Response *response);

#endif
