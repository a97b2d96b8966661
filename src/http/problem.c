// SPDX-License-Identifier: Apache-2.0
#include "http/problem.h"

#include "base/messages.h"

static void set_text(Ctx *cx, Value problem, const char *key, const char *text)
{
    if (text)
        value_set(cx->arena, problem, key, value_text(text));
}

static void set_positive(Ctx *cx, Value problem, const char *key, int number)
{
    if (number > 0)
        value_set(cx->arena, problem, key, value_integer(number));
}

Value problem_value(Ctx *cx, const Error *error)
{
    static const char *const code_words[] = {
        [ERR_INVALID] = "invalid",         [ERR_SIGNED_OUT] = "signed-out",
        [ERR_DENIED] = "denied",           [ERR_NOT_FOUND] = "not-found",
        [ERR_CONFLICT] = "conflict",       [ERR_LIMIT] = "limit",
        [ERR_TOO_MANY] = "too-many",       [ERR_METHOD] = "method",
        [ERR_UNAVAILABLE] = "unavailable", [ERR_INTERNAL] = "internal",
    };
    Value problem = value_context(cx->arena);
    const char *code = code_words[error->code];
    set_text(cx, problem, "type", text_format(cx->arena, "/problems/%s", code));
    set_text(cx, problem, "title", error_word(error->code));
    value_set(cx->arena, problem, "status", value_integer(error_status(error->code)));
    set_text(cx, problem, "code", code);
    if (error->code == ERR_INTERNAL) {
        set_text(cx, problem, "message",
                 message_in(cx->language, "something went wrong on our side; it has been logged"));
        return problem;
    }
    set_text(cx, problem, "message", error->message);
    set_text(cx, problem, "field", error->field);
    set_text(cx, problem, "detail", error->detail);
    set_text(cx, problem, "hint", error->hint);
    set_positive(cx, problem, "line", error->line);
    set_positive(cx, problem, "column", error->column);
    if (error->about && error->about->kind == VALUE_CONTEXT)
        for (size_t i = 0; i < error->about->context->count; i++)
            value_set(cx->arena, problem, error->about->context->entries[i].key,
                      error->about->context->entries[i].value);
    return problem;
}

void problem_answer(Ctx *cx, const Error *error, Response *response)
{
    *response = (Response){.status = error_status(error->code),
                           .type = "application/problem+json",
                           .json = problem_value(cx, error),
                           .headers = value_context(cx->arena)};
    if (error->code == ERR_UNAVAILABLE || error->code == ERR_TOO_MANY)
        value_set(cx->arena, response->headers, "Retry-After",
                  value_text(error->code == ERR_TOO_MANY ? "60" : "1"));
}
