// SPDX-License-Identifier: Apache-2.0
#include "record/cursor.h"

#include "base/json.h"
#include "record/field.h"
#include "record/live.h"

#include <string.h>

#define CURSOR_BYTES 16384

FALLIBLE sort_keys(Ctx *cx, const Entity *entity, const ListSort *sorts, size_t count,
                   SortKeys *out)
{
    SortKeys keys = {0};
    if (count > LIST_SORTS)
        return FAIL(cx, ERR_INVALID, "a list is sorted by at most %d fields", LIST_SORTS);
    for (size_t i = 0; i < count; i++) {
        const Field *field = NULL;
        TRY(query_field(cx, entity, sorts[i].field, &field));
        TRY(live_refuse(cx, field));
        if (field_is_tree(field) || field->type == FIELD_LONG_TEXT)
            return error_field(FAIL(cx, ERR_INVALID, "'%s' cannot be sorted by", field->name),
                               field->name);
        for (size_t k = 0; k < keys.count; k++)
            if (keys.items[k].field == field)
                return error_field(FAIL(cx, ERR_INVALID, "'%s' is sorted by twice", field->name),
                                   field->name);
        keys.items[keys.count++] = (SortKey){field, sorts[i].descending};
        if (field->position == 0) { // nothing sorts behind the id
            *out = keys;
            return NULL;
        }
    }
    bool last = count ? keys.items[keys.count - 1].descending : true;
    keys.items[keys.count++] = (SortKey){entity_field(entity, "id"), last};
    *out = keys;
    return NULL;
}

static bool never_null(const Field *field)
{
    return field->system && (field->position <= 1 || text_equal(field->name, "created_at") ||
                             text_equal(field->name, "modified_at"));
}

const char *sort_order(Ctx *cx, const SortKeys *keys)
{
    Buffer *order = buffer_new(cx->arena);
    for (size_t i = 0; i < keys->count; i++) {
        const SortKey *key = &keys->items[i];
        const char *nulls = key->field->position == 0 ? ""
                            : key->descending         ? " NULLS LAST"
                                                      : " NULLS FIRST";
        buffer_format(order, "%s\"%s\"%s%s", i ? ", " : "", key->field->name,
                      key->descending ? " DESC" : "", nulls);
    }
    return order->bytes;
}

char *cursor_text(Ctx *cx, const SortKeys *keys, const Cell *cells)
{
    Value *items = NEW_ARRAY(cx->arena, Value, keys->count + 1);
    items[0] = value_text(sort_order(cx, keys));
    for (size_t i = 0; i < keys->count; i++)
        items[i + 1] = cells[i].kind == CELL_NULL      ? value_null()
                       : cells[i].kind == CELL_INTEGER ? value_integer(cells[i].integer)
                                                       : value_text(cells[i].text.bytes);
    const char *json = json_text(cx->arena, value_list(items, keys->count + 1));
    Buffer *text = buffer_new(cx->arena);
    for (; *json; json++)
        buffer_format(text, "%02x", (unsigned char)*json);
    return text->bytes;
}

static int hex_digit(char digit)
{
    const char *digits = "0123456789abcdef", *found = digit ? strchr(digits, digit) : NULL;
    return found ? (int)(found - digits) : -1;
}

static bool unhex(const char *text, size_t length, char *out)
{
    for (size_t i = 0; i < length; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0 || !(high | low))
            return false;
        out[i / 2] = (char)(high << 4 | low);
    }
    return true;
}

FALLIBLE cursor_read(Ctx *cx, const SortKeys *keys, const char *text, Cell *cells)
{
    size_t length = strlen(text);
    char *json = arena_alloc(cx->arena, length / 2 + 1);
    Value value = value_null();
    Error *broken =
        error_field(FAIL(cx, ERR_INVALID, "the cursor is not one of this list"), "after");
    if (length % 2 || length > CURSOR_BYTES || !unhex(text, length, json) ||
        json_parse(cx, json, length / 2, &value) != NULL)
        return broken;
    if (value.kind != VALUE_LIST || value.list.count != keys->count + 1 ||
        value.list.items[0].kind != VALUE_TEXT ||
        !text_equal(value.list.items[0].text.bytes, sort_order(cx, keys)))
        return broken;
    for (size_t i = 0; i < keys->count; i++) {
        const Value *item = &value.list.items[i + 1];
        bool text_column = field_in_text_column(keys->items[i].field);
        int64_t integer;
        if (item->kind == VALUE_NULL && i + 1 < keys->count)
            cells[i] = cell_null();
        else if (text_column && item->kind == VALUE_TEXT)
            cells[i] = cell_text(item->text.bytes);
        else if (!text_column && item->kind == VALUE_NUMBER &&
                 decimal_to_integer(item->number, &integer))
            cells[i] = cell_integer(integer);
        else
            return broken;
    }
    return NULL;
}

// (a, b, id) > (v, w, i): right when all keys run one way and no null can lie ahead.
static bool row_comparison_fits(const SortKeys *keys, const Cell *cells)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->items[i].descending != keys->items[0].descending || cells[i].kind == CELL_NULL)
            return false;
        if (keys->items[i].descending && !never_null(keys->items[i].field))
            return false;
    }
    return true;
}

static void after_row(Ctx *cx, Querying *querying, const SortKeys *keys, const Cell *cells)
{
    Buffer *fields = buffer_new(cx->arena), *numbers = buffer_new(cx->arena);
    for (size_t i = 0; i < keys->count; i++) {
        buffer_format(fields, "%s\"%s\"", i ? ", " : "", keys->items[i].field->name);
        buffer_format(numbers, "%s$%zu", i ? ", " : "", query_parameter(cx, querying, cells[i]));
    }
    query_condition(cx, querying, "(%s) %s (%s)", fields->bytes,
                    keys->items[0].descending ? "<" : ">", numbers->bytes);
}

// One nullable key and the id: the rows with a value and those without, in the sort's order.
static size_t after_nullable(Ctx *cx, const Querying *querying, const SortKeys *keys,
                             const Cell *cells, Querying out[static 2])
{
    const char *name = keys->items[0].field->name;
    bool descending = keys->items[0].descending, null = cells[0].kind == CELL_NULL;
    out[0] = query_branch(cx, querying);
    if (null) {
        size_t id = query_parameter(cx, &out[0], cells[1]);
        query_condition(cx, &out[0], "\"%s\" IS NULL AND \"id\" %s $%zu", name,
                        descending ? "<" : ">", id);
    } else {
        after_row(cx, &out[0], keys, cells);
    }
    if (null == descending) // nothing lies behind: the nulls last, or the values last
        return 1;
    out[1] = query_branch(cx, querying);
    query_condition(cx, &out[1], "\"%s\" IS %sNULL", name, descending ? "" : "NOT ");
    return 2;
}

// "this key lies after, and all before it are equal", for each key; false for a null that is last.
static bool after_key(Ctx *cx, Querying *querying, Buffer *any, const SortKeys *keys,
                      const Cell *cells, size_t at)
{
    const SortKey *key = &keys->items[at];
    const char *name = key->field->name;
    if (cells[at].kind == CELL_NULL && key->descending)
        return false;
    buffer_text(any, any->length ? " OR (" : "(");
    for (size_t i = 0; i < at; i++) {
        const char *equal = keys->items[i].field->name;
        if (cells[i].kind == CELL_NULL)
            buffer_format(any, "\"%s\" IS NULL AND ", equal);
        else
            buffer_format(any, "\"%s\" = $%zu AND ", equal,
                          query_parameter(cx, querying, cells[i]));
    }
    if (cells[at].kind == CELL_NULL)
        buffer_format(any, "\"%s\" IS NOT NULL)", name);
    else if (!key->descending)
        buffer_format(any, "\"%s\" > $%zu)", name, query_parameter(cx, querying, cells[at]));
    else
        buffer_format(any, "(\"%s\" < $%zu OR \"%s\" IS NULL))", name,
                      query_parameter(cx, querying, cells[at]), name);
    return true;
}

size_t cursor_after(Ctx *cx, const Querying *querying, const SortKeys *keys, const Cell *cells,
                    Querying out[static 2])
{
    if (!row_comparison_fits(keys, cells) && keys->count == 2 &&
        keys->items[0].descending == keys->items[1].descending)
        return after_nullable(cx, querying, keys, cells, out);
    out[0] = query_branch(cx, querying);
    if (row_comparison_fits(keys, cells)) {
        after_row(cx, &out[0], keys, cells);
        return 1;
    }
    Buffer *any = buffer_new(cx->arena);
    for (size_t i = 0; i < keys->count; i++)
        after_key(cx, &out[0], any, keys, cells, i);
    query_condition(cx, &out[0], "(%s)", any->bytes);
    return 1;
}
