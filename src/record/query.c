// SPDX-License-Identifier: Apache-2.0
#include "record/query.h"

#include "base/ids.h"
#include "record/field.h"
#include "record/links.h"
#include "record/live.h"
#include "record/search_index.h"

#include <string.h>

void query_condition(Ctx *cx, Querying *querying, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (querying->where->length)
        buffer_text(querying->where, " AND ");
    buffer_text(querying->where, text_format_list(cx->arena, format, arguments));
    va_end(arguments);
}

size_t query_parameter(Ctx *cx, Querying *querying, Cell cell)
{
    querying->cells = array_grow(cx->arena, querying->cells, &querying->capacity, querying->count,
                                 sizeof *querying->cells);
    querying->cells[querying->count++] = cell;
    return querying->count;
}

const char *query_where(Ctx *cx, const Querying *querying)
{
    return querying->where->length ? text_format(cx->arena, " WHERE %s", querying->where->bytes)
                                   : "";
}

Querying query_branch(Ctx *cx, const Querying *querying)
{
    Querying branch = *querying;
    branch.where = buffer_new(cx->arena);
    buffer_text(branch.where, querying->where->bytes);
    branch.capacity = branch.count + 8;
    branch.cells = NEW_ARRAY(cx->arena, Cell, branch.capacity);
    if (branch.count)
        memcpy(branch.cells, querying->cells, branch.count * sizeof(Cell));
    return branch;
}

FALLIBLE query_field(Ctx *cx, const Entity *entity, const char *name, const Field **out)
{
    const Field *field = entity_field(entity, name);
    if (!field || !field_readable(cx->actor, field))
        return error_field(
            FAIL(cx, ERR_INVALID, "'%s' has no field '%.80s'", entity->name, name ? name : ""),
            name);
    *out = field;
    return NULL;
}

// The words between % signs, with the signs of LIKE in them as plain letters.
static char *like_pattern(Ctx *cx, const char *text, size_t length)
{
    Buffer *pattern = buffer_new(cx->arena);
    buffer_byte(pattern, '%');
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
        if (byte == '%' || byte == '_' || byte == '\\')
            buffer_byte(pattern, '\\');
        buffer_byte(pattern, byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte);
    }
    buffer_byte(pattern, '%');
    return pattern->bytes;
}

// Where the field is searched, the index tells where the letters of the text may stand.
static FALLIBLE narrow_contains(Ctx *cx, Querying *querying, const Field *field, const char *text)
{
    bool searched = false;
    SearchWords words = words_read(cx->arena, text);
    words = words_within(&words);
    for (size_t i = 0; i < querying->entity->search_count; i++)
        searched = searched || querying->entity->search[i] == field;
    if (!searched || !words.count || field->length > SEARCH_LETTERS)
        return NULL;
    return search_narrow(cx, querying, &words);
}

// One word among those of the field: they stand quoted in its column.
static FALLIBLE filter_word(Ctx *cx, Querying *querying, const Field *field,
                            const ListFilter *filter)
{
    if (filter->value.kind != VALUE_TEXT || !field_choice(field, filter->value.text.bytes))
        return error_field(FAIL(cx, ERR_INVALID, "'%s' has no such choice", field->name),
                           field->name);
    const char *word = text_format(cx->arena, "\"%s\"", filter->value.text.bytes);
    size_t number = query_parameter(cx, querying, cell_text(word));
    bool sqlite = db_driver(cx) == DRIVER_SQLITE;
    query_condition(cx, querying, "%s(\"%s\", $%zu) > 0", sqlite ? "instr" : "strpos", field->name,
                    number);
    return NULL;
}

// Of a part of a number what is kept of one.
static Text dialled(Ctx *cx, Text text)
{
    Buffer *digits = buffer_new(cx->arena);
    for (size_t i = 0; i < text.length; i++)
        if (!strchr(" -./()", text.bytes[i]))
            buffer_byte(digits, text.bytes[i]);
    buffer_text(digits, "");
    return (Text){digits->bytes, digits->length};
}

static FALLIBLE filter_value(Ctx *cx, const Field *field, Value given, Cell *out)
{
    if (field->type == FIELD_JSON)
        return error_field(FAIL(cx, ERR_INVALID, "'%s' cannot be filtered", field->name),
                           field->name);
    if (field->type == FIELD_ADDRESS)
        return error_hint(
            error_field(FAIL(cx, ERR_INVALID, "'%s' cannot be compared", field->name), field->name),
            "Filter it with 'contains', or by where, such as %s.city = \"Bremen\".", field->name);
    if (field->type == FIELD_MULTI_REFERENCE)
        return error_hint(
            error_field(FAIL(cx, ERR_INVALID, "'%s' leads to several records", field->name),
                        field->name),
            "Filter it with 'contains'.");
    if (field->type == FIELD_REFERENCE && text_equal(field->to, "user") &&
        given.kind == VALUE_TEXT && text_equal(given.text.bytes, "$me")) {
        *out = cell_integer(cx->actor->user);
        return NULL;
    }
    Value value;
    TRY(field_coerce(cx, field, given, &value));
    *out = field_cell(cx, field, value);
    return NULL;
}

static FALLIBLE filter_target(Ctx *cx, Querying *querying, const Field *field,
                              const ListFilter *filter)
{
    Cell cell;
    Field one = *field;
    one.type = FIELD_REFERENCE;
    TRY(filter_value(cx, &one, filter->value, &cell));
    links_condition(cx, querying, field, cell.kind == CELL_NULL ? 0 : cell.integer);
    return NULL;
}

static FALLIBLE filter_text(Ctx *cx, Querying *querying, const Field *field,
                            const ListFilter *filter)
{
    bool within = text_equal(filter->operator, "contains");
    if (!(within ? field_is_searchable(field) : field_is_text(field)) ||
        filter->value.kind != VALUE_TEXT)
        return error_field(FAIL(cx, ERR_INVALID,
                                "'%s' is for texts, which '%s' or its value is not",
                                filter->operator, field->name),
                           field->name);
    Text text = filter->value.text;
    if (field->type == FIELD_PHONE)
        text = dialled(cx, text);
    if (within) {
        size_t pattern =
            query_parameter(cx, querying, cell_text(like_pattern(cx, text.bytes, text.length)));
        query_condition(cx, querying, "lower(\"%s\") LIKE $%zu ESCAPE '\\'", field->name, pattern);
        return narrow_contains(cx, querying, field, text.bytes);
    }
    // Bytewise from the text itself to the same with the greatest code point behind it, so that an
    // index serves.
    size_t low = query_parameter(cx, querying, cell_text(text.bytes));
    size_t high = query_parameter(
        cx, querying, cell_text(text_format(cx->arena, "%s\xf4\x8f\xbf\xbf", text.bytes)));
    query_condition(cx, querying, "\"%s\" >= $%zu AND \"%s\" < $%zu", field->name, low, field->name,
                    high);
    return NULL;
}

static FALLIBLE filter_in(Ctx *cx, Querying *querying, const Field *field, Value value)
{
    if (value.kind != VALUE_LIST || value.list.count > LIST_IN_VALUES)
        return error_field(FAIL(cx, ERR_INVALID, "'in' on '%s' needs a list of at most %d values",
                                field->name, LIST_IN_VALUES),
                           field->name);
    Buffer *numbers = buffer_new(cx->arena);
    for (size_t i = 0; i < value.list.count; i++) {
        Cell cell;
        TRY(filter_value(cx, field, value.list.items[i], &cell));
        buffer_format(numbers, "%s$%zu", i ? ", " : "", query_parameter(cx, querying, cell));
    }
    if (!value.list.count)
        query_condition(cx, querying, "1 = 0");
    else
        query_condition(cx, querying, "\"%s\" IN (%s)", field->name, numbers->bytes);
    return NULL;
}

static FALLIBLE filter_compare(Ctx *cx, Querying *querying, const Field *field,
                               const ListFilter *filter)
{
    Cell cell;
    bool equal = text_equal(filter->operator, "="), differs = text_equal(filter->operator, "!=");
    TRY(filter_value(cx, field, filter->value, &cell));
    if (cell.kind == CELL_NULL) {
        if (!equal && !differs)
            return error_field(
                FAIL(cx, ERR_INVALID, "'%s' on '%s' needs a value", filter->operator, field->name),
                field->name);
        query_condition(cx, querying, "\"%s\" IS %sNULL", field->name, equal ? "" : "NOT ");
        return NULL;
    }
    size_t number = query_parameter(cx, querying, cell);
    if (differs) // what has no value differs too
        query_condition(cx, querying, "(\"%s\" <> $%zu OR \"%s\" IS NULL)", field->name, number,
                        field->name);
    else
        query_condition(cx, querying, "\"%s\" %s $%zu", field->name, filter->operator, number);
    return NULL;
}

FALLIBLE query_filter(Ctx *cx, Querying *querying, const ListFilter *filter)
{
    static const char *const comparisons[] = {"=", "!=", "<", "<=", ">", ">="};
    const char *operator= filter->operator;
    const Field *field = NULL;
    TRY(query_field(cx, querying->entity, filter->field, &field));
    TRY(live_refuse(cx, field));
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (text_equal(operator, comparisons[i]))
            return filter_compare(cx, querying, field, filter);
    if (text_equal(operator, "in"))
        return filter_in(cx, querying, field, filter->value);
    if (text_equal(operator, "contains") && field->type == FIELD_MULTI_CHOICE)
        return filter_word(cx, querying, field, filter);
    if (text_equal(operator, "contains") && field->type == FIELD_MULTI_REFERENCE)
        return filter_target(cx, querying, field, filter);
    if (text_equal(operator, "contains") || text_equal(operator, "starts"))
        return filter_text(cx, querying, field, filter);
    if (text_equal(operator, "is null") || text_equal(operator, "is not null")) {
        query_condition(cx, querying, "\"%s\" IS %sNULL", field->name,
                        text_equal(operator, "is null") ? "" : "NOT ");
        return NULL;
    }
    return error_hint(error_field(FAIL(cx, ERR_INVALID, "unknown operator '%.20s'",
                                       operator? operator: ""),
                                  field->name),
                      "Known: = != < <= > >= in contains starts 'is null' 'is not null'.");
}

FALLIBLE query_search(Ctx *cx, Querying *querying, const char *text)
{
    const Entity *entity = querying->entity;
    bool readable = false;
    for (size_t i = 0; i < entity->search_count; i++)
        readable = readable || field_readable(cx->actor, entity->search[i]);
    if (!readable)
        return FAIL(cx, ERR_INVALID, "'%s' has no field to search in", entity->name);
    SearchWords *words = NEW(cx->arena, SearchWords);
    *words = words_read(cx->arena, text);
    if (!words->count) {
        if (text[strspn(text, " \t\r\n")]) // nothing that could be found
            query_condition(cx, querying, "1 = 0");
        return NULL;
    }
    querying->searched = words;
    return search_narrow(cx, querying, words);
}
