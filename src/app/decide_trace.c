// SPDX-License-Identifier: Apache-2.0
// A trace for people: what was asked, the rules with what they met, which fired and why, the
// result.
#include "app/decide.h"

#include <string.h>

static void line_start(Buffer *out, int depth)
{
    buffer_format(out, "%*s", depth * 2, "");
}

static void write_values(Ctx *cx, Buffer *out, const Value *inputs, int depth)
{
    for (size_t i = 0; inputs && inputs->kind == VALUE_CONTEXT && i < inputs->context->count; i++) {
        line_start(out, depth);
        buffer_format(out, "%s = %s\n", inputs->context->entries[i].key,
                      feel_text(cx->arena, inputs->context->entries[i].value));
    }
}

static bool is_true(const Value *value)
{
    return value && value->kind == VALUE_BOOLEAN && value->boolean;
}

static bool has_fired(const Value *fired, Value rule)
{
    for (size_t i = 0; fired && i < fired->list.count; i++)
        if (value_equal(fired->list.items[i], rule))
            return true;
    return false;
}

// "  * rule 2:  [10..20)   "eu" x" - a star fired, a plus matched only; a cross is not met.
static void write_rule(Ctx *cx, Buffer *out, Value rule, const Value *fired, int depth)
{
    const Value *number = value_get(rule, "rule"), *entries = value_get(rule, "entries");
    bool star = number && has_fired(fired, *number);
    line_start(out, depth);
    buffer_format(out, "%s rule %s:",
                  star                                  ? "*"
                  : is_true(value_get(rule, "matched")) ? "+"
                                                        : " ",
                  number ? feel_text(cx->arena, *number) : "");
    for (size_t i = 0; entries && i < entries->list.count; i++) {
        Value entry = entries->list.items[i];
        buffer_format(out, "  %s%s", value_get_text(entry, "test"),
                      is_true(value_get(entry, "met")) ? "" : " ✗");
    }
    buffer_byte(out, '\n');
}

static void write_table(Ctx *cx, Buffer *out, Value frame, int depth)
{
    const Value *rules = value_get(frame, "rules"), *left = value_get(frame, "rulesLeftOut");
    for (size_t i = 0; rules && i < rules->list.count; i++)
        write_rule(cx, out, rules->list.items[i], value_get(frame, "fired"), depth);
    if (left) {
        line_start(out, depth);
        buffer_format(out, "(%s rules that do not match)\n", feel_text(cx->arena, *left));
    }
    if (rules) {
        line_start(out, depth);
        buffer_format(out, "%s: %s\n", value_get_text(frame, "hitPolicy"),
                      value_get_text(frame, "why"));
    }
}

static void write_frames(Ctx *cx, Buffer *out, const Value *frames, int depth)
{
    for (size_t i = 0; frames && i < frames->list.count; i++)
        decide_trace(cx, out, frames->list.items[i], depth);
}

void decide_trace(Ctx *cx, Buffer *out, Value frame, int depth)
{
    const Value *result = value_get(frame, "result");
    const ValueEntry *head = &frame.context->entries[0];
    if (value_get(frame, "decision")) // those that it required come before it
        write_frames(cx, out, value_get(frame, "required"), depth);
    line_start(out, depth);
    buffer_format(out, "%s %s\n", head->key, head->value.text.bytes);
    if (!value_get(frame, "decision"))
        write_frames(cx, out, value_get(frame, "required"), depth + 1);
    write_values(cx, out, value_get(frame, "inputs"), depth + 1);
    write_frames(cx, out, value_get(frame, "calls"), depth + 1);
    write_table(cx, out, frame, depth + 1);
    if (is_true(value_get(frame, "leftOut"))) {
        line_start(out, depth + 1);
        buffer_text(out, "(the trace is too long: more was called)\n");
    }
    line_start(out, depth + 1);
    buffer_format(out, "=> %s\n", result ? feel_text(cx->arena, *result) : "null");
}
