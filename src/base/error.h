// SPDX-License-Identifier: Apache-2.0
// Errors: what is wrong, where, and what to do. NULL means OK.
//
// An error lives in the arena of its unit of work. `message` is short, lower case, says what and
// why and names no function; `detail` says where (field, line, open step); `hint` what to do.
// `about` holds more for programs (problem+json members), NULL or a context Value owned by the
// arena.
#ifndef MILLRACE_BASE_ERROR_H
#define MILLRACE_BASE_ERROR_H

#include <stdbool.h>

struct Ctx;
struct Value;

typedef enum ErrorCode {
    ERR_INVALID = 1, // 400: the input is wrong
    ERR_SIGNED_OUT,  // 401: nobody is signed in
    ERR_DENIED,      // 403: not this actor
    ERR_NOT_FOUND,   // 404: does not exist, or not for this actor
    ERR_CONFLICT,    // 409: not now: the process, a version or another writer stands against it
    ERR_LIMIT,       // 413: too large, too deep, too many of something that is named
    ERR_TOO_MANY,    // 429: too often; come back later
    ERR_METHOD,      // 405: the address is right, the method is not
    ERR_UNAVAILABLE, // 503: try again
    ERR_INTERNAL,    // 500: our own fault
} ErrorCode;

typedef struct Error {
    ErrorCode code;
    const char *message;
    const char *source; // the message in LANGUAGE_SOURCE, for whoever reads it later
    const char *field;  // the field, parameter or element that is wrong; NULL when there is none
    const char *detail; // NULL when there is none
    const char *hint;   // NULL when there is none
    int line;           // in the input, from 1; 0 when there is none
    int column;
    struct Value *about;
    const char *file; // where in our source it was made, for the log
    int source_line;
} Error;

#define FALLIBLE __attribute__((warn_unused_result)) Error *

#define TRY(call)                                                                                  \
    do {                                                                                           \
        Error *error_ = (call);                                                                    \
        if (error_)                                                                                \
            return error_;                                                                         \
    } while (0)

#define FAIL(cx, code, ...) error_new((cx), (code), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 5, 6), returns_nonnull)) Error *
error_new(struct Ctx *cx, ErrorCode code, const char *file, int line, const char *format, ...);

// Each sets one part and returns the same error; format arguments as printf.
__attribute__((format(printf, 3, 4), returns_nonnull)) Error *
error_hint_in(struct Ctx *cx, Error *error, const char *format, ...);
__attribute__((format(printf, 3, 4), returns_nonnull)) Error *
error_detail_in(struct Ctx *cx, Error *error, const char *format, ...);
Error *error_field(Error *error, const char *field);
Error *error_at(Error *error, int line, int column);
#define error_hint(error, ...) error_hint_in(cx, (error), __VA_ARGS__)
#define error_detail(error, ...) error_detail_in(cx, (error), __VA_ARGS__)

// The word of a code ("invalid", "not found", ...) and its HTTP status.
const char *error_word(ErrorCode code);
int error_status(ErrorCode code);

#endif
