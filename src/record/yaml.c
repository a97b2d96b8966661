// SPDX-License-Identifier: Apache-2.0
#include "record/yaml.h"

#include "base/map.h"
#include "base/messages.h"

#include <string.h>
#include <yaml.h>

typedef struct Reader {
    Ctx *cx;
    const char *file;
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
    size_t nodes;
} Reader;

static void reader_close(void *handle)
{
    Reader *reader = handle;
    if (reader->has_event)
        yaml_event_delete(&reader->event);
    reader->has_event = false;
    yaml_parser_delete(&reader->parser);
}

static Error *refuse_at(Reader *reader, yaml_mark_t mark, const char *message)
{
    Ctx *cx = reader->cx;
    Error *error = FAIL(cx, ERR_INVALID, "%s", message_in(cx->language, message));
    error->line = (int)mark.line + 1;
    error->column = (int)mark.column + 1;
    return error_detail(error, "%s", reader->file);
}

static FALLIBLE reader_next(Reader *reader)
{
    if (reader->has_event)
        yaml_event_delete(&reader->event);
    reader->has_event = false;
    if (!yaml_parser_parse(&reader->parser, &reader->event)) {
        const char *problem = reader->parser.problem ? reader->parser.problem : "not YAML";
        yaml_mark_t mark = reader->parser.problem_mark;
        if (reader->parser.error == YAML_READER_ERROR) // it counts bytes then, not lines
            mark = reader->parser.mark;
        return refuse_at(reader, mark, problem);
    }
    reader->has_event = true;
    return NULL;
}

// A number as JSON writes it; 007 and +1 are texts, so that no postcode loses its zeros.
static bool json_number(const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    if (at < end && *at == '-')
        at++;
    if (at == end || *at < '0' || *at > '9')
        return false;
    if (*at == '0' && at + 1 < end && at[1] >= '0' && at[1] <= '9')
        return false;
    const char *digits = "0123456789";
    at += strspn(at, digits);
    if (at < end && *at == '.') {
        size_t fraction = strspn(++at, digits);
        if (!fraction)
            return false;
        at += fraction;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        size_t exponent = strspn(at, digits);
        if (!exponent)
            return false;
        at += exponent;
    }
    return at == end;
}

static Value plain_value(const char *text, size_t length)
{
    Decimal number;
    if (!length || text_equal(text, "null") || text_equal(text, "~"))
        return value_null();
    if (text_equal(text, "true") || text_equal(text, "false"))
        return value_boolean(*text == 't');
    if (json_number(text, length) && decimal_parse(text, length, &number))
        return value_number(number);
    return value_text_of(text, length);
}

static FALLIBLE read_scalar(Reader *reader, YamlNode *node)
{
    const yaml_event_t *event = &reader->event;
    size_t length = event->data.scalar.length;
    const char *bytes = (const char *)event->data.scalar.value;
    if (memchr(bytes, 0, length))
        return refuse_at(reader, event->start_mark, "a text holds a NUL");
    if (event->data.scalar.anchor)
        return refuse_at(reader, event->start_mark, "anchors are not taken in packs");
    if (event->data.scalar.tag)
        return refuse_at(reader, event->start_mark, "tags are not taken in packs");
    node->kind = YAML_SCALAR;
    node->text = text_slice(reader->cx->arena, bytes, length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->value =
        node->quoted ? value_text_of(node->text, length) : plain_value(node->text, length);
    return NULL;
}

static FALLIBLE read_node(Reader *reader, int depth, YamlNode **out);

static FALLIBLE read_list(Reader *reader, int depth, YamlNode *node)
{
    ARRAY(YamlNode *) items = {0};
    node->kind = YAML_LIST;
    for (;;) {
        TRY(reader_next(reader));
        if (reader->event.type == YAML_SEQUENCE_END_EVENT)
            break;
        YamlNode *item;
        TRY(read_node(reader, depth + 1, &item));
        array_push(reader->cx->arena, items) = item;
    }
    node->items = items.items;
    node->count = items.count;
    return NULL;
}

static FALLIBLE read_map(Reader *reader, int depth, YamlNode *node)
{
    ARRAY(YamlNode *) items = {0};
    ARRAY(const char *) keys = {0};
    Map *seen = map_new(reader->cx->arena);
    node->kind = YAML_MAP;
    for (;;) {
        TRY(reader_next(reader));
        if (reader->event.type == YAML_MAPPING_END_EVENT)
            break;
        YamlNode *key, *item;
        yaml_mark_t mark = reader->event.start_mark;
        TRY(read_node(reader, depth + 1, &key));
        if (key->kind != YAML_SCALAR)
            return refuse_at(reader, mark, "a key must be a word");
        if (!key->quoted && text_equal(key->text, "<<"))
            return refuse_at(reader, mark, "merge keys are not taken in packs");
        if (map_get(seen, key->text))
            return refuse_at(
                reader, mark,
                text_format(reader->cx->arena,
                            message_in(reader->cx->language, "the key '%s' stands twice"),
                            key->text));
        map_put(seen, key->text, key);
        TRY(reader_next(reader));
        TRY(read_node(reader, depth + 1, &item));
        array_push(reader->cx->arena, keys) = key->text;
        array_push(reader->cx->arena, items) = item;
    }
    node->keys = keys.items;
    node->items = items.items;
    node->count = items.count;
    return NULL;
}

// Reads the node whose first event is the current one.
static FALLIBLE read_node(Reader *reader, int depth, YamlNode **out)
{
    const yaml_event_t *event = &reader->event;
    if (depth > YAML_DEPTH)
        return refuse_at(reader, event->start_mark, "nested too deeply");
    if (++reader->nodes > YAML_NODES)
        return refuse_at(reader, event->start_mark, "too many entries in one file");
    YamlNode *node = NEW(reader->cx->arena, YamlNode);
    node->file = reader->file;
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    *out = node;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, node);
    case YAML_SEQUENCE_START_EVENT:
        if (event->data.sequence_start.anchor)
            return refuse_at(reader, event->start_mark, "anchors are not taken in packs");
        if (event->data.sequence_start.tag)
            return refuse_at(reader, event->start_mark, "tags are not taken in packs");
        return read_list(reader, depth, node);
    case YAML_MAPPING_START_EVENT:
        if (event->data.mapping_start.anchor)
            return refuse_at(reader, event->start_mark, "anchors are not taken in packs");
        if (event->data.mapping_start.tag)
            return refuse_at(reader, event->start_mark, "tags are not taken in packs");
        return read_map(reader, depth, node);
    case YAML_ALIAS_EVENT:
        return refuse_at(reader, event->start_mark, "aliases are not taken in packs");
    default:
        return refuse_at(reader, event->start_mark, "unexpected end");
    }
}

FALLIBLE yaml_read(Ctx *cx, const char *file, const char *bytes, size_t length, YamlNode **out)
{
    Reader *reader = NEW(cx->arena, Reader);
    reader->cx = cx;
    reader->file = file;
    if (!yaml_parser_initialize(&reader->parser))
        return FAIL(cx, ERR_LIMIT, "no memory to read a file");
    arena_defer(cx->arena, reader_close, reader);
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)bytes, length);
    TRY(reader_next(reader)); // stream start
    TRY(reader_next(reader));
    if (reader->event.type == YAML_STREAM_END_EVENT)
        return refuse_at(reader, reader->event.start_mark, "the file is empty");
    if (reader->event.data.document_start.tag_directives.start !=
        reader->event.data.document_start.tag_directives.end)
        return refuse_at(reader, reader->event.start_mark, "tags are not taken in packs");
    YamlNode *root;
    TRY(reader_next(reader));
    TRY(read_node(reader, 1, &root));
    TRY(reader_next(reader)); // document end
    TRY(reader_next(reader));
    if (reader->event.type != YAML_STREAM_END_EVENT)
        return refuse_at(reader, reader->event.start_mark, "a file holds one document");
    *out = root;
    return NULL;
}

Error *yaml_error(Ctx *cx, const YamlNode *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = text_format_list(cx->arena, message_in(cx->language, format), arguments);
    va_end(arguments);
    Error *error = FAIL(cx, ERR_INVALID, "%s", message);
    error->line = node->line;
    error->column = node->column;
    return error_detail(error, "%s", node->file);
}

const YamlNode *yaml_get(const YamlNode *map, const char *key)
{
    if (map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (text_equal(map->keys[i], key))
            return map->items[i];
    return NULL;
}

FALLIBLE yaml_map(Ctx *cx, const YamlNode *node, const char *what)
{
    if (node->kind != YAML_MAP)
        return yaml_error(cx, node, "%s must be entries of key and value", what);
    return NULL;
}

static bool is_null(const YamlNode *node)
{
    return !node || (node->kind == YAML_SCALAR && node->value.kind == VALUE_NULL);
}

FALLIBLE yaml_get_text(Ctx *cx, const YamlNode *map, const char *key, bool needed, const char **out)
{
    const YamlNode *node = yaml_get(map, key);
    if (is_null(node)) {
        if (needed)
            return error_field(yaml_error(cx, node ? node : map, "'%s' is missing", key), key);
        return NULL;
    }
    if (node->kind != YAML_SCALAR)
        return error_field(yaml_error(cx, node, "'%s' must be a text", key), key);
    *out = node->text;
    return NULL;
}

FALLIBLE yaml_get_boolean(Ctx *cx, const YamlNode *map, const char *key, bool *out)
{
    const YamlNode *node = yaml_get(map, key);
    if (is_null(node))
        return NULL;
    if (node->kind != YAML_SCALAR || node->value.kind != VALUE_BOOLEAN)
        return error_field(yaml_error(cx, node, "'%s' must be true or false", key), key);
    *out = node->value.boolean;
    return NULL;
}

FALLIBLE yaml_get_integer(Ctx *cx, const YamlNode *map, const char *key, int low, int high,
                          int *out)
{
    const YamlNode *node = yaml_get(map, key);
    int64_t integer;
    if (is_null(node))
        return NULL;
    if (node->kind != YAML_SCALAR || node->value.kind != VALUE_NUMBER ||
        !decimal_to_integer(node->value.number, &integer) || integer < low || integer > high)
        return error_field(
            yaml_error(cx, node, "'%s' must be a whole number from %d to %d", key, low, high), key);
    *out = (int)integer;
    return NULL;
}

FALLIBLE yaml_get_list(Ctx *cx, const YamlNode *map, const char *key, const YamlNode **out)
{
    const YamlNode *node = yaml_get(map, key);
    if (is_null(node))
        return NULL;
    if (node->kind != YAML_LIST)
        return error_field(yaml_error(cx, node, "'%s' must be a list", key), key);
    *out = node;
    return NULL;
}

FALLIBLE yaml_get_texts(Ctx *cx, const YamlNode *map, const char *key, const char ***out,
                        size_t *count)
{
    const YamlNode *list = NULL;
    TRY(yaml_get_list(cx, map, key, &list));
    if (!list)
        return NULL;
    const char **texts = NEW_ARRAY(cx->arena, const char *, list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (is_null(list->items[i]) || list->items[i]->kind != YAML_SCALAR)
            return error_field(yaml_error(cx, list->items[i], "'%s' must list texts", key), key);
        texts[i] = list->items[i]->text;
    }
    *out = texts;
    *count = list->count;
    return NULL;
}

FALLIBLE yaml_known(Ctx *cx, const YamlNode *map, const char *known)
{
    for (size_t i = 0; i < map->count; i++) {
        const char *key = map->keys[i];
        size_t length = strlen(key);
        bool found = false;
        for (const char *word = known; word && length && !found;
             word = strchr(word, ' ') ? strchr(word, ' ') + 1 : NULL)
            found = strncmp(word, key, length) == 0 && (word[length] == ' ' || !word[length]);
        if (!found) {
            Error *error = yaml_error(cx, map->items[i], "unknown key '%s'", key);
            return error_hint(error_field(error, key), "Known here: %s.", known);
        }
    }
    return NULL;
}

Value yaml_value(Arena *arena, const YamlNode *node)
{
    if (node->kind == YAML_SCALAR)
        return node->value;
    if (node->kind == YAML_LIST) {
        Value *items = NEW_ARRAY(arena, Value, node->count);
        for (size_t i = 0; i < node->count; i++)
            items[i] = yaml_value(arena, node->items[i]);
        return value_list(items, node->count);
    }
    Value context = value_context(arena);
    for (size_t i = 0; i < node->count; i++)
        value_set(arena, context, node->keys[i], yaml_value(arena, node->items[i]));
    return context;
}
