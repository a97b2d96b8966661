// SPDX-License-Identifier: Apache-2.0
// Files, models and values of the kit.
#include "dmn/kit_internal.h"
#include "feel/conversion.h"

#include "base/limits.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

static void close_file(void *handle)
{
    fclose(handle);
}

FALLIBLE kit_read_file(Ctx *cx, const char *path, char **bytes, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return FAIL(cx, ERR_NOT_FOUND, "%s cannot be read: %s", path, strerror(errno));
    arena_defer(cx->arena, close_file, file);
    Buffer *buffer = buffer_new(cx->arena);
    char piece[8192];
    size_t count;
    while ((count = fread(piece, 1, sizeof piece, file)) > 0) {
        buffer_add(buffer, piece, count);
        if (buffer->length > LIMIT_MODEL_BYTES)
            return FAIL(cx, ERR_LIMIT, "%s is longer than %lu bytes", path, LIMIT_MODEL_BYTES);
    }
    *bytes = buffer->bytes;
    *length = buffer->length;
    return NULL;
}

static int only_models(const struct dirent *entry)
{
    return text_ends(entry->d_name, ".dmn");
}

static bool find_import(Ctx *cx, void *data, const char *name_space, const char **xml,
                        size_t *length)
{
    const char *folder = data;
    struct dirent **entries;
    int count = scandir(folder, &entries, only_models, alphasort);
    bool found = false;
    for (int i = 0; i < count; i++) {
        char *bytes;
        size_t size;
        const XmlNode *root;
        char *path = text_format(cx->arena, "%s/%s", folder, entries[i]->d_name);
        free(entries[i]);
        if (found || kit_read_file(cx, path, &bytes, &size) || xml_read(cx, bytes, size, &root) ||
            !text_equal(xml_attribute(root, "namespace"), name_space))
            continue;
        *xml = bytes;
        *length = size;
        found = true;
    }
    if (count >= 0)
        free(entries);
    return found;
}

DmnLibrary kit_library(const char *folder)
{
    return (DmnLibrary){find_import, (void *)folder};
}

FALLIBLE kit_read_model(Ctx *cx, const char *folder, const char *name, const KitOptions *options,
                        const Dmn **out)
{
    char *bytes;
    size_t length;
    DmnLibrary library = kit_library(folder);
    TRY(kit_read_file(cx, text_format(cx->arena, "%s/%s", folder, name), &bytes, &length));
    TRY(dmn_read_with(cx, bytes, length, &library, out));
    if (!options->rewrite)
        return NULL;
    const char *again = options->rewrite(cx, *out);
    return dmn_read_with(cx, again, strlen(again), &library, out);
}

static Value typed_value(Arena *arena, const char *type, const char *text)
{
    Value value = value_null();
    size_t length = strlen(text);
    Decimal number;
    const char *colon = strchr(type, ':');
    type = colon ? colon + 1 : type;
    if (strcmp(type, "boolean") == 0)
        return value_boolean(strcmp(text, "true") == 0);
    if (strcmp(type, "decimal") == 0 || strcmp(type, "double") == 0 ||
        strcmp(type, "integer") == 0 || strcmp(type, "int") == 0)
        return decimal_parse(text, length, &number) ? value_number(number) : value_text(text);
    if (strcmp(type, "date") == 0 || strcmp(type, "time") == 0 || strcmp(type, "dateTime") == 0 ||
        strcmp(type, "duration") == 0)
        return feel_temporal_parse(arena, text, length, &value) ? value : value_text(text);
    return value_text(text);
}

static Value list_value(Arena *arena, const XmlNode *node)
{
    ARRAY(Value) items = {0};
    for (const XmlNode *at = dmn_child(node, "item"); at; at = dmn_next(at, "item"))
        array_push(arena, items) = kit_value(arena, at);
    return value_list(items.items, items.count);
}

Value kit_value(Arena *arena, const XmlNode *node)
{
    const XmlNode *value = dmn_child(node, "value");
    const XmlNode *list = dmn_child(node, "list");
    const XmlNode *component = dmn_child(node, "component");
    const XmlNode *first = value ? value : list ? list : component ? component : node;
    if (text_equal(xml_attribute_in(node, XSI, "nil"), "true") ||
        text_equal(xml_attribute_in(first, XSI, "nil"), "true"))
        return value_null();
    if (list)
        return list_value(arena, list);
    if (component) {
        Value context = value_context(arena);
        for (; component; component = dmn_next(component, "component")) {
            const char *name = xml_attribute(component, "name");
            value_set(arena, context, name ? name : "", kit_value(arena, component));
        }
        return context;
    }
    if (!value)
        return value_null();
    const char *type = xml_attribute_in(value, XSI, "type");
    const char *text = xml_text(arena, value);
    return typed_value(arena, type ? type : "string", type ? text : text_trim(arena, text));
}

static bool close_numbers(Decimal expected, Decimal actual)
{
    Decimal difference;
    if (!decimal_subtract(expected, actual, &difference))
        return false;
    return decimal_compare(decimal_absolute(difference), decimal_scaled(1, -8)) <= 0;
}

static bool same_text(Decimal expected, Decimal actual)
{
    char wanted[DECIMAL_TEXT_SIZE], got[DECIMAL_TEXT_SIZE];
    decimal_print(expected, wanted);
    decimal_print(actual, got);
    return strcmp(wanted, got) == 0;
}

static bool same_contexts(Arena *arena, Value expected, Value actual, bool *otherwise)
{
    if (expected.context->count != actual.context->count)
        return false;
    for (size_t i = 0; i < expected.context->count; i++) {
        const Value *entry = value_get(actual, expected.context->entries[i].key);
        if (!entry || !kit_same(arena, expected.context->entries[i].value, *entry, otherwise))
            return false;
    }
    return true;
}

bool kit_same(Arena *arena, Value expected, Value actual, bool *otherwise)
{
    if (expected.kind != actual.kind)
        return false;
    switch (expected.kind) {
    case VALUE_NUMBER:
        *otherwise |= !same_text(expected.number, actual.number);
        return close_numbers(expected.number, actual.number);
    case VALUE_LIST:
        if (expected.list.count != actual.list.count)
            return false;
        for (size_t i = 0; i < expected.list.count; i++)
            if (!kit_same(arena, expected.list.items[i], actual.list.items[i], otherwise))
                return false;
        return true;
    case VALUE_CONTEXT:
        return same_contexts(arena, expected, actual, otherwise);
    default:
        return value_same(expected, actual) ||
               strcmp(feel_text(arena, expected), feel_text(arena, actual)) == 0;
    }
}
