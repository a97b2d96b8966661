// SPDX-License-Identifier: Apache-2.0
// Signatures of Standard Webhooks (specification 1.0.0, symmetric): HMAC-SHA256 over
// "id.seconds.body".
#ifndef MILLRACE_CHANNEL_SIGNATURE_H
#define MILLRACE_CHANNEL_SIGNATURE_H

#include "base/ctx.h"

// A new secret of 32 random bytes: "whsec_" and their base64.
const char *signature_secret(Ctx *cx);
// "v1,<base64>"; ERR_INVALID when the secret is none.
FALLIBLE signature_of(Ctx *cx, const char *secret, const char *id, int64_t seconds,
                      const char *body, const char **out);

#endif
