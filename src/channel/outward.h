// SPDX-License-Identifier: Apache-2.0
// Calls of this program to others over HTTP, by libcurl.
//
// Only http and https, only addresses that the company's reach allows, no redirection, no proxy of
// the environment, no cookies, and OUTWARD_MS for all of it. What the other side writes is not read
// beyond OUTWARD_ANSWER_BYTES.
#ifndef MILLRACE_CHANNEL_OUTWARD_H
#define MILLRACE_CHANNEL_OUTWARD_H

#include "base/ctx.h"

#define OUTWARD_CONNECT_MS 2000
#define OUTWARD_MS 5000
#define OUTWARD_ANSWER_BYTES (16UL * 1024)

typedef struct Outward {
    const char *url;
    const char *const *headers; // "name: value", ended by NULL
    const char *body;
} Outward;

// ERR_INVALID: no http or https address, or one with a name and password in it.
FALLIBLE outward_check(Ctx *cx, const char *url);
// Posts the body; *status is what was answered. ERR_UNAVAILABLE when nothing was.
FALLIBLE outward_post(Ctx *cx, const Outward *outward, int *status);

#endif
