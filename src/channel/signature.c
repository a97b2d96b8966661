// SPDX-License-Identifier: Apache-2.0
#include "channel/signature.h"

#include "base/text.h"

#include <sodium.h>
#include <string.h>

#define PREFIX "whsec_"
#define SECRET_BYTES 32
#define LIMIT_SECRET 64

static const char *base64(Ctx *cx, const unsigned char *bytes, size_t length)
{
    size_t size = sodium_base64_encoded_len(length, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(cx->arena, size);
    return sodium_bin2base64(text, size, bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

const char *signature_secret(Ctx *cx)
{
    unsigned char bytes[SECRET_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    return text_format(cx->arena, PREFIX "%s", base64(cx, bytes, sizeof bytes));
}

FALLIBLE signature_of(Ctx *cx, const char *secret, const char *id, int64_t seconds,
                      const char *body, const char **out)
{
    unsigned char key[LIMIT_SECRET], code[crypto_auth_hmacsha256_BYTES];
    size_t length = 0;
    const char *coded = text_starts(secret, PREFIX) ? secret + strlen(PREFIX) : "";
    if (sodium_base642bin(key, sizeof key, coded, strlen(coded), NULL, &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        !length)
        return FAIL(cx, ERR_INVALID, "the secret is none of a webhook");
    const char *head = text_format(cx->arena, "%s.%lld.", id, (long long)seconds);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key, length);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)head, strlen(head));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, code);
    sodium_memzero(key, sizeof key);
    *out = text_format(cx->arena, "v1,%s", base64(cx, code, sizeof code));
    return NULL;
}
