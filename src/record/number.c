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
    const char *before;
    const char *after;
    int digits;
} Shape;

// What a part of the date says, or NULL: no such part stands there. *length is its own.
static const char *date_part(Ctx *cx, const char *at, size_t *length)
{
    Date today = instant_in(cx->now, zone_utc()).date;
    const struct {
        const char *word, *text;
    } parts[] = {
        {"{year}", text_format(cx->arena, "%04d", (int)today.year)},
        {"{month}", text_format(cx->arena, "%02d", (int)today.month)},
        {"{day}", text_format(cx->arena, "%02d", (int)today.day)},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (text_starts(at, parts[i].word)) {
            *length = strlen(parts[i].word);
            return parts[i].text;
        }
    return NULL;
}

static Shape shape_of(Ctx *cx, const char *pattern)
{
    Shape shape = {0};
    Buffer *text = buffer_new(cx->arena);
    for (const char *at = pattern; *at;) {
        size_t length = 0;
        const char *part = *at == '{' ? date_part(cx, at, &length) : NULL;
        if (part) {
            buffer_text(text, part);
            at += length;
        } else if (text_starts(at, "{counter:")) {
            shape.digits = at[9] - '0';
            shape.before = text->length ? text->bytes : "";
            text = buffer_new(cx->arena);
            at += strlen("{counter:N}");
        } else {
            buffer_byte(text, *at++);
        }
    }
    shape.after = text->length ? text->bytes : "";
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

// Which counter draws: one for all that the pattern says otherwise, or for the period.
static const char *counter_name(Ctx *cx, const Field *field, const Shape *shape)
{
    const char *entity = field->entity->name;
    if (field->type != FIELD_AUTO_NUMBER)
        return text_format(cx->arena, "%s %s#%s", entity, shape->before, shape->after);
    if (!field->restart)
        return text_format(cx->arena, "%s.%s %s#%s", entity, field->name, shape->before,
                           shape->after);
    const char *period = text_equal(field->restart, "never")   ? ""
                         : text_equal(field->restart, "year")  ? "{year}"
                         : text_equal(field->restart, "month") ? "{year}-{month}"
                                                               : "{year}-{month}-{day}";
    return text_format(cx->arena, "%s.%s %s", entity, field->name,
                       shape_of(cx, text_format(cx->arena, "%s{counter:1}", period)).before);
}

static FALLIBLE give(Ctx *cx, const Field *field, Value *number)
{
    Row *row;
    Shape shape = shape_of(cx, field->pattern);
    const char *name = counter_name(cx, field, &shape);
    if (number->kind == VALUE_TEXT) {
        int64_t given = counter_in(&shape, number->text.bytes);
        return given ? db_run(cx, NULL, counter_raise, name, given) : NULL;
    }
    TRY(db_row(cx, &row, counter_next, name));
    *number = value_text(text_format(cx->arena, "%s%0*lld%s", shape.before, shape.digits,
                                     (long long)row_integer(row, "value"), shape.after));
    return NULL;
}

FALLIBLE number_give(Ctx *cx, Record *record)
{
    const Entity *entity = record->entity;
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].number)
            TRY(give(cx, &entity->fields[i], row_at(record, &entity->fields[i])));
    return NULL;
}
