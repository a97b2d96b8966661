// SPDX-License-Identifier: Apache-2.0
#include "record/import_mapping.h"

#include "base/ids.h"
#include "base/json.h"
#include "record/field.h"
#include "record/list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool is_gap(char byte)
{
    return byte == ' ' || byte == '_' || byte == '-';
}

static bool same_words(const char *a, const char *b)
{
    while (a && b) {
        while (is_gap(*a))
            a++;
        while (is_gap(*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (!*a)
            return true;
        a++;
        b++;
    }
    return false;
}

const Field *mapping_field(Ctx *cx, const Entity *entity, const char *header)
{
    const Field *field = entity_field(entity, header);
    for (size_t i = 0; i < entity->field_count && !field; i++)
        if (same_words(entity->fields[i].title.en, header) ||
            same_words(entity->fields[i].title.zh, header) ||
            same_words(entity->fields[i].name, header))
            field = &entity->fields[i];
    return field && field_readable(cx->actor, field) ? field : NULL;
}

static Error *unknown_column(Ctx *cx, const Entity *entity, const char *header, int line)
{
    Buffer *known = buffer_new(cx->arena);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (!field->system && !field_is_computed(field) && field_readable(cx->actor, field))
            buffer_format(known, "%s%s", known->length ? ", " : "", field->name);
    }
    Error *error =
        FAIL(cx, ERR_INVALID, "'%s' has no field for the column '%.80s'", entity->name, header);
    error->line = line;
    return error_hint(error_field(error, header), "Columns are: %s.", known->bytes);
}

static FALLIBLE add_column(Ctx *cx, ImportMapping *mapping, const Field *field, const char *header)
{
    bool written_by_system = field && field->system && !text_equal(field->name, "owner") &&
                             !text_equal(field->name, "department") &&
                             !text_equal(field->name, "id");
    if (written_by_system)
        return error_field(
            FAIL(cx, ERR_INVALID, "the column '%.80s' is written by the system alone", header),
            field->name);
    for (size_t other = 0; other < mapping->count && field; other++)
        if (mapping->fields[other] == field)
            return error_field(FAIL(cx, ERR_INVALID, "the column '%.80s' stands twice", header),
                               field->name);
    mapping->fields[mapping->count++] = field;
    return NULL;
}

static FALLIBLE named_field(Ctx *cx, const Entity *entity, const char *name, const Field **out)
{
    *out = name && *name ? entity_field(entity, name) : NULL;
    if (name && *name && (!*out || !field_readable(cx->actor, *out)))
        return error_field(FAIL(cx, ERR_INVALID, "'%s' has no field '%.80s'", entity->name, name),
                           name);
    return NULL;
}

FALLIBLE mapping_make(Ctx *cx, const Entity *entity, const CsvRow *header,
                      const char *const *columns, size_t column_count, ImportMapping *out)
{
    ImportMapping mapping = {.fields = NEW_ARRAY(cx->arena, const Field *, header->count)};
    if (columns && column_count != header->count)
        return FAIL(cx, ERR_INVALID, "the file has %zu columns, the mapping %zu", header->count,
                    column_count);
    for (size_t i = 0; i < header->count; i++) {
        const char *name = text_trim(cx->arena, header->fields[i].bytes);
        const Field *field = NULL;
        if (columns)
            TRY(named_field(cx, entity, columns[i], &field));
        else if (*name != IMPORT_REMARK && !(field = mapping_field(cx, entity, name)))
            return unknown_column(cx, entity, name, header->line);
        TRY(add_column(cx, &mapping, field, name));
    }
    *out = mapping;
    return NULL;
}

FALLIBLE mapping_complete(Ctx *cx, const Entity *entity, const ImportMapping *mapping)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        bool found = !field->required || field->default_value || field_is_computed(field);
        for (size_t c = 0; c < mapping->count && !found; c++)
            found = mapping->fields[c] == field;
        if (!found)
            return error_field(FAIL(cx, ERR_INVALID, "the column '%s' is missing", field->name),
                               field->name);
    }
    return NULL;
}

// ---- Cells

// 2026/1/5 and 2026-1-5, as spreadsheets write days; anything else is left to the field's own rule.
static Value day_of(Ctx *cx, const char *text)
{
    long parts[3] = {0};
    const char *at = text;
    for (int i = 0; i < 3; i++) {
        char *end;
        if (*at < '0' || *at > '9')
            return value_text(text);
        parts[i] = strtol(at, &end, 10);
        at = end;
        if (i < 2 && *at != '/' && *at != '-')
            return value_text(text);
        at += i < 2;
    }
    if (*at || parts[0] > 9999 || parts[1] > 12 || parts[2] > 31)
        return value_text(text);
    return value_text(text_format(cx->arena, "%04ld-%02ld-%02ld", parts[0], parts[1], parts[2]));
}

static Value choice_of(const Field *field, const char *text)
{
    for (size_t i = 0; i < field->choice_count; i++)
        if (text_equal(field->choices[i].value, text) ||
            same_words(field->choices[i].title.en, text) ||
            same_words(field->choices[i].title.zh, text) ||
            same_words(field->choices[i].value, text))
            return value_text(field->choices[i].value);
    return value_text(text);
}

// With ";" between them, or a list as JSON Lines hold it.
static Value words_of(Ctx *cx, const char *text)
{
    Value words;
    bool listed = *text == '[' && !json_parse(cx, text, strlen(text), &words) &&
                  words.kind == VALUE_LIST && field_words_text(cx, words);
    if (!listed)
        field_words(cx, text, &words);
    return words;
}

// Words or titles.
static Value choices_of(Ctx *cx, const Field *field, const char *text)
{
    Value words = words_of(cx, text);
    for (size_t i = 0; i < words.list.count; i++)
        words.list.items[i] = choice_of(field, words.list.items[i].text.bytes);
    return words.list.count ? words : value_null();
}

// By the name people see. Only where an index finds it: an import asks for each row.
static FALLIBLE id_by_label(Ctx *cx, const Entity *entity, const char *text, Id *out)
{
    const Field *label = entity->label;
    *out = 0;
    if (!(label->indexed || label->unique) || !field_readable(cx->actor, label))
        return NULL;
    ListFilter filter = {label->name, "=", value_text(text)};
    ListRequest request = {.entity = entity->name, .filters = &filter, .filter_count = 1};
    static const char *const columns[] = {"id"};
    request.columns = columns;
    request.column_count = 1;
    request.limit = 2;
    ListPage page;
    TRY(list_read(cx, &request, &page));
    if (page.count > 1)
        return FAIL(cx, ERR_INVALID, "more than one %s is named '%.80s'", entity->name, text);
    *out = page.count ? page.records[0]->id : 0;
    return NULL;
}

static FALLIBLE reference_of(Ctx *cx, const Field *field, const char *text, Value *out)
{
    Id id = 0;
    const Entity *target = field->target;
    Error *error = target && target->key ? record_key_find(cx, target, text, &id) : NULL;
    if (!id && target) {
        Error *ambiguous = id_by_label(cx, target, text, &id);
        if (ambiguous)
            return error_field(ambiguous, field->name);
    }
    if (!id && !id_parse(text, &id))
        return error_field(
            error ? error
                  : FAIL(cx, ERR_INVALID, "'%s' needs the id of a %s", field->name, field->to),
            field->name);
    *out = value_text(id_text(cx->arena, id));
    return NULL;
}

static FALLIBLE references_of(Ctx *cx, const Field *field, const char *text, Value *out)
{
    Value words = words_of(cx, text);
    for (size_t i = 0; i < words.list.count; i++)
        TRY(reference_of(cx, field, words.list.items[i].text.bytes, &words.list.items[i]));
    *out = words.list.count ? words : value_null();
    return NULL;
}

FALLIBLE mapping_value(Ctx *cx, const Field *field, const char *text, Value *out)
{
    switch (field->type) {
    case FIELD_REFERENCE:
        return reference_of(cx, field, text, out);
    case FIELD_MULTI_REFERENCE:
        return references_of(cx, field, text, out);
    case FIELD_CHOICE:
        *out = choice_of(field, text);
        return NULL;
    case FIELD_MULTI_CHOICE:
        *out = choices_of(cx, field, text);
        return NULL;
    case FIELD_DATE:
        *out = day_of(cx, text);
        return NULL;
    default:
        *out = value_text(field_is_text(field) ? csv_plain(text) : text);
        return NULL;
    }
}
