// SPDX-License-Identifier: Apache-2.0
#include "record/number.h"

#include "db/database.h"
#include "record/row.h"

#include <stdlib.h>
#include <string.h>

MIGRATION(record_0002_number, 20,
          "CREATE TABLE number_counter (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)");

QUERY(counter_next, "INSERT INTO number_counter (name, value) VALUES ($1, 1)"
                    " ON CONFLICT (name) DO UPDATE SET value = number_counter.value + 1"
                    " RETURNING value");

QUERY(counter_raise, "INSERT INTO number_counter (name, value) VALUES ($1, $2)"
                     " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
                     " WHERE number_counter.value < excluded.value");

// A pattern in its year: what stands before and after the counter, and its digits.
typedef struct Shape {
    char *before;
    char *after;
    int digits;
} Shape;

static Shape shape_of(Ctx *cx, const char *pattern)
{
    Shape shape = {0};
    Buffer *text = buffer_new(cx->arena);
    for (const char *at = pattern; *at;) {
        if (text_starts(at, "{year}")) {
            buffer_format(text, "%04d", (int)instant_in(cx->now, zone_utc()).date.year);
            at += strlen("{year}");
        } else if (text_starts(at, "{counter:")) {
            shape.digits = at[9] - '0';
            shape.before = text->bytes;
            text = buffer_new(cx->arena);
            at += strlen("{counter:N}");
        } else {
            buffer_byte(text, *at++);
        }
    }
    shape.after = text->bytes;
    return shape;
}

// The counter within a number that came from outside, 0 when it is of another shape.
static int64_t counter_in(const Shape *shape, const char *number)
{
    size_t before = strlen(shape->before), after = strlen(shape->after), length = strlen(number);
    if (length <= before + after || !text_starts(number, shape->before) ||
        !text_ends(number, shape->after))
        return 0;
    size_t digits = length - before - after;
    if (digits > 15 || strspn(number + before, "0123456789") < digits)
        return 0;
    return strtoll(number + before, NULL, 10);
}

FALLIBLE number_give(Ctx *cx, Record *record)
{
    const Entity *entity = record->entity;
    if (!entity->number_pattern)
        return NULL;
    Value *number = row_at(record, entity_field(entity, "number"));
    Shape shape = shape_of(cx, entity->number_pattern);
    const char *name = text_format(cx->arena, "%s %s#%s", entity->name, shape.before, shape.after);
    if (number->kind == VALUE_TEXT) {
        int64_t given = counter_in(&shape, number->text.bytes);
        return given ? db_run(cx, NULL, counter_raise, name, given) : NULL;
    }
    Row *row;
    TRY(db_row(cx, &row, counter_next, name));
    *number = value_text(text_format(cx->arena, "%s%0*lld%s", shape.before, shape.digits,
                                     (long long)row_integer(row, "value"), shape.after));
    return NULL;
}
