// SPDX-License-Identifier: Apache-2.0
// Pages of 20 orders as the API answers them.
#include "micro.h"

#include "base/json.h"

#include <string.h>

static Value order(Ctx *cx, int number)
{
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "number",
              value_text(text_format(cx->arena, "SO-2026-%06d", number)));
    value_set(cx->arena, fields, "customer", value_text("0c4e7x5h2v1g0"));
    value_set(cx->arena, fields, "customer_reference",
              value_text("Bestellung 4711 für Köln, 溪湾"));
    value_set(cx->arena, fields, "total", value_number(decimal_scaled(1234567 + number, -2)));
    value_set(cx->arena, fields, "status", value_text("awaiting_prepayment"));
    value_set(cx->arena, fields, "order_date", value_text("2026-03-14"));
    value_set(cx->arena, fields, "shipped_date", value_null());
    value_set(cx->arena, fields, "urgent", value_boolean(number % 2));
    Value record = value_context(cx->arena);
    value_set(cx->arena, record, "id", value_text("0c4e7x5h2v1g0"));
    value_set(cx->arena, record, "version", value_integer(number));
    value_set(cx->arena, record, "fields", fields);
    return record;
}

static Value page(Ctx *cx)
{
    Value *items = NEW_ARRAY(cx->arena, Value, 20);
    for (int i = 0; i < 20; i++)
        items[i] = order(cx, i);
    Value page = value_context(cx->arena);
    value_set(cx->arena, page, "items", value_list(items, 20));
    value_set(cx->arena, page, "next", value_null());
    return page;
}

// Copies of one text, 100 KB.
static char *pages(Ctx *cx, size_t *length)
{
    Buffer *out = buffer_new(cx->arena);
    const char *text = json_text(cx->arena, page(cx));
    buffer_byte(out, '[');
    while (out->length < 100000) {
        buffer_text(out, out->length > 1 ? "," : "");
        buffer_text(out, text);
    }
    buffer_byte(out, ']');
    *length = out->length;
    return out->bytes;
}

MICRO(json_read_speed, "json-read")
{
    size_t length;
    const char *text = pages(cx, &length);
    ArenaMark mark = arena_mark(cx->arena);
    *bytes = (int64_t)length;
    for (int64_t i = 0; i < rounds; i++) {
        Value value;
        TRY(json_parse(cx, text, length, &value));
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

MICRO(json_write_speed, "json-write")
{
    Value value = page(cx);
    *bytes = (int64_t)strlen(json_text(cx->arena, value));
    ArenaMark mark = arena_mark(cx->arena);
    for (int64_t i = 0; i < rounds; i++) {
        char *text = json_text(cx->arena, value);
        MICRO_KEEP(text);
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}
