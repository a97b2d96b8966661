// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include "base/ctx.h"
#include "base/messages.h"
#include "base/text.h"

#include <stdarg.h>

// Formats cut long names by bytes ("%.80s"), and a cut character would break JSON and pages.
static char *say(struct Ctx *cx, const char *language, const char *format, va_list arguments)
{
    char *text = text_format_list(cx->arena, message_in(language, format), arguments);
    utf8_repair(text);
    return text;
}

Error *error_new(struct Ctx *cx, ErrorCode code, const char *file, int line, const char *format,
                 ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    Error *error = NEW(cx->arena, Error);
    error->code = code;
    error->message = say(cx, cx->language, format, arguments);
    error->source = say(cx, LANGUAGE_SOURCE, format, again);
    va_end(again);
    error->file = file;
    error->source_line = line;
    va_end(arguments);
    return error;
}

Error *error_hint_in(struct Ctx *cx, Error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->hint = say(cx, cx->language, format, arguments);
    va_end(arguments);
    return error;
}

Error *error_detail_in(struct Ctx *cx, Error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->detail = say(cx, cx->language, format, arguments);
    va_end(arguments);
    return error;
}

Error *error_field(Error *error, const char *field)
{
    error->field = field;
    return error;
}

Error *error_at(Error *error, int line, int column)
{
    error->line = line;
    error->column = column;
    return error;
}

static const struct {
    const char *word;
    int status;
} codes[] = {
    [ERR_INVALID] = {"invalid", 400},         [ERR_SIGNED_OUT] = {"signed out", 401},
    [ERR_DENIED] = {"denied", 403},           [ERR_NOT_FOUND] = {"not found", 404},
    [ERR_CONFLICT] = {"conflict", 409},       [ERR_LIMIT] = {"limit", 413},
    [ERR_TOO_MANY] = {"too many", 429},       [ERR_METHOD] = {"method not allowed", 405},
    [ERR_UNAVAILABLE] = {"unavailable", 503}, [ERR_INTERNAL] = {"internal", 500},
};

const char *error_word(ErrorCode code)
{
    return codes[code].word;
}

int error_status(ErrorCode code)
{
    return codes[code].status;
}
