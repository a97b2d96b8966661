// SPDX-License-Identifier: Apache-2.0
// A certificate as people read it: what was judged first, then all that was tried.
#include "base/json.h"
#include "base/messages.h"
#include "process/proofs.h"

static const char *text_at(Value value, const char *pointer)
{
    const Value *found = value_at(value, pointer);
    return found && found->kind == VALUE_TEXT ? found->text.bytes : "";
}

static const char *number_at(Ctx *cx, Value value, const char *pointer)
{
    const Value *found = value_at(value, pointer);
    return found ? json_text(cx->arena, *found) : "";
}

static void head_write(Ctx *cx, Buffer *text, Value certificate)
{
    const Value *holds = value_get(certificate, "holds");
    buffer_format(text, message_in(cx->language, "Certificate of the process %s, version %s"),
                  text_at(certificate, "/process"), number_at(cx, certificate, "/version"));
    buffer_format(text, "\n%s\n%s\n\n", text_at(certificate, "/hash"), text_at(certificate, "/at"));
    buffer_format(text, "%s\n",
                  holds && holds->kind == VALUE_BOOLEAN && holds->boolean
                      ? message_in(cx->language, "HOLDS: nothing got through.")
                      : message_in(cx->language, "FAILED: something got through."));
    buffer_format(text, message_in(cx->language, "%s moves tried, %s refused, on %s ways."),
                  number_at(cx, certificate, "/attempts"), number_at(cx, certificate, "/refused"),
                  number_at(cx, certificate, "/runs"));
    buffer_text(text, "\n\n");
}

static void steps_write(Ctx *cx, Buffer *text, Value certificate)
{
    const Value *reached = value_get(certificate, "reached"),
                *missed = value_get(certificate, "missed");
    buffer_format(text, "%s", message_in(cx->language, "Steps reached:"));
    for (size_t i = 0; reached && i < reached->list.count; i++)
        buffer_format(text, " %s", reached->list.items[i].text.bytes);
    buffer_text(text, "\n");
    for (size_t i = 0; missed && i < missed->list.count; i++) {
        Value one = missed->list.items[i];
        buffer_format(text, message_in(cx->language, "Not reached: %s, for %s"),
                      text_at(one, "/step"), text_at(one, "/why"));
        buffer_text(text, "\n");
    }
    buffer_text(text, "\n");
}

static void move_write(Ctx *cx, Buffer *text, Value one)
{
    const char *changed = text_at(one, "/changed"), *named = text_at(one, "/named/name"),
               *why = text_at(one, "/why");
    buffer_format(text, "%s | %s | %s | %s | %s", text_at(one, "/step"), text_at(one, "/door"),
                  text_at(one, "/who"), text_at(one, "/move"), why);
    if (*changed)
        buffer_format(text, message_in(cx->language, " | FAILED: it changed %s"), changed);
    if (*named) {
        const char *position = text_at(one, "/named/who/position");
        buffer_format(text, " | %s, %s, %s", named,
                      *position ? position : text_at(one, "/named/who/department"),
                      text_at(one, "/named/where"));
    }
    buffer_text(text, "\n");
}

const char *proof_text(Ctx *cx, Value signed_certificate)
{
    static const char *const lists[] = {"through", "tried"};
    Buffer *text = buffer_new(cx->arena);
    const Value *certificate = value_get(signed_certificate, "certificate");
    if (!certificate)
        return "";
    head_write(cx, text, *certificate);
    steps_write(cx, text, *certificate);
    for (size_t i = 0; i < 2; i++) {
        const Value *items = value_get(*certificate, lists[i]);
        for (size_t k = 0; items && k < items->list.count; k++)
            move_write(cx, text, items->list.items[k]);
    }
    const Value *untried = value_get(*certificate, "untried");
    for (size_t i = 0; untried && i < untried->list.count; i++) {
        Value one = untried->list.items[i];
        buffer_format(text, message_in(cx->language, "Not tried: %s, for %s"),
                      text_at(one, "/move"), text_at(one, "/why"));
        buffer_text(text, "\n");
    }
    buffer_format(text, message_in(cx->language, "Signed (Ed25519) with the key %s: %s"),
                  text_at(signed_certificate, "/key"), text_at(signed_certificate, "/signature"));
    buffer_text(text, "\n");
    return text->bytes;
}
