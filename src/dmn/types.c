// SPDX-License-Identifier: Apache-2.0
// Item definitions (DMN 1.5, 7.3.3) to FEEL types.
#include "dmn/model.h"

#include "base/messages.h"

#include <string.h>

static const FeelType *find_type(const Dmn *model, const char *name)
{
    return map_get(model->types_by_name, name);
}

static const FeelType *imported_type(const Dmn *model, const char *reference)
{
    for (size_t i = 0; i < model->imports.count; i++) {
        const Import *import = &model->imports.items[i];
        size_t length = strlen(import->name);
        const FeelType *found = NULL;
        if (length == 0)
            found = find_type(import->model, reference);
        else if (strncmp(reference, import->name, length) == 0 && reference[length] == '.')
            found = find_type(import->model, reference + length + 1);
        if (found)
            return found;
    }
    return NULL;
}

const FeelType *types_find(const Dmn *model, const char *reference)
{
    const FeelType *found = find_type(model, reference);
    if (!found)
        found = imported_type(model, reference);
    return found ? found : feel_type_named(reference);
}

const FeelType *types_resolve(Reader *reader, const XmlNode *at, const char *reference)
{
    const char *name = feel_normal_name(reader->arena, reference, strlen(reference));
    const FeelType *found = types_find(reader->model, name);
    const char *colon = strrchr(name, ':'); // DMN 1.1 wrote qualified names: feel:string
    if (!found && colon)
        found = types_find(reader->model, colon + 1);
    if (!found && strcmp(name, "undefined") != 0 && *name) {
        TypeScope types = {reader->model->type_names.items, reader->model->types.items,
                           reader->model->types.count};
        if (feel_parse_type(reader->cx, name, &types, &found)) {
            dmn_note(reader, at,
                     text_format(reader->arena,
                                 message_in(reader->cx->language, "the type \"%s\" is not known"),
                                 name));
            return NULL;
        }
    }
    return found && !found->name && found->kind == TYPE_ANY ? NULL : found;
}

const FeelType *types_of(Reader *reader, const XmlNode *node)
{
    const char *reference = xml_attribute(node, "typeRef");
    if (!reference)
        reference = dmn_child_text(reader->arena, node, "typeRef");
    return reference ? types_resolve(reader, node, reference) : NULL;
}

static Error *read_tests(Reader *reader, const XmlNode *node, const char *name, const Feel **out)
{
    const XmlNode *child = dmn_child(node, name);
    const char *text = child ? dmn_child_text(reader->arena, child, "text") : NULL;
    Node *tree;
    if (!text || !*text)
        return NULL;
    ParserSetting setting = {0};
    Error *error = feel_parse_tests(reader->cx, text, &setting, &tree);
    if (error) {
        dmn_note(reader, child, error->message);
        return NULL;
    }
    CompileSetting compile = {.source = text};
    return feel_compile_tree(reader->cx, tree, &compile, out);
}

static Error *fill_type(Reader *reader, const XmlNode *node, FeelType *type, int depth);

static Error *read_components(Reader *reader, const XmlNode *node, FeelType *type, int depth)
{
    ARRAY(FeelField) fields = {0};
    for (const XmlNode *at = dmn_child(node, "itemComponent"); at;
         at = dmn_next(at, "itemComponent")) {
        const char *name = xml_attribute(at, "name");
        FeelType *inner = NEW(reader->arena, FeelType);
        TRY(fill_type(reader, at, inner, depth + 1));
        array_push(reader->arena, fields) = (FeelField){
            feel_normal_name(reader->arena, name ? name : "", name ? strlen(name) : 0), inner};
    }
    type->kind = TYPE_CONTEXT;
    type->fields = fields.items;
    type->field_count = fields.count;
    return NULL;
}

static void read_function_item(Reader *reader, const XmlNode *node, FeelType *type)
{
    static const FeelType any = {.kind = TYPE_ANY};
    ARRAY(FeelField) fields = {0};
    const char *output = xml_attribute(node, "outputTypeRef");
    for (const XmlNode *at = dmn_child(node, "parameters"); at; at = dmn_next(at, "parameters")) {
        const char *name = xml_attribute(at, "name");
        const FeelType *inner = types_of(reader, at);
        array_push(reader->arena, fields) = (FeelField){name ? name : "", inner ? inner : &any};
    }
    type->kind = TYPE_FUNCTION;
    type->fields = fields.items;
    type->field_count = fields.count;
    type->element = output ? types_resolve(reader, node, output) : NULL;
    if (!type->element)
        type->element = &any;
}

// The base type: of components, a function, or a reference to another type. A reference to a type
// that is still being read (a later definition) is filled by then: types are compared when used.
static Error *read_base(Reader *reader, const XmlNode *node, FeelType *type, int depth)
{
    const XmlNode *function = dmn_child(node, "functionItem");
    if (dmn_child(node, "itemComponent"))
        return read_components(reader, node, type, depth);
    if (function) {
        read_function_item(reader, function, type);
        return NULL;
    }
    const FeelType *base = types_of(reader, node);
    if (base) {
        type->kind = TYPE_ANY;
        type->base = base;
    }
    return NULL;
}

static Error *fill_type(Reader *reader, const XmlNode *node, FeelType *type, int depth)
{
    Ctx *cx = reader->cx;
    const char *collection = xml_attribute(node, "isCollection");
    FeelType *single = type;
    if (depth > LIMIT_DMN_DEPTH)
        return FAIL(cx, ERR_LIMIT, "item definitions nest deeper than %d", LIMIT_DMN_DEPTH);
    if (text_equal(collection, "true")) {
        single = NEW(reader->arena, FeelType);
        type->kind = TYPE_LIST;
        type->element = single;
    }
    TRY(read_base(reader, node, single, depth));
    TRY(read_tests(reader, node, "allowedValues", &single->allowed));
    return read_tests(reader, node, "typeConstraint", &type->constraint);
}

// A type named by another one takes its shape; chains of names end, circles mean any.
static void settle(FeelType *type, int depth)
{
    const FeelType *base = type->base;
    if (!base || type->kind != TYPE_ANY)
        return;
    if (depth > LIMIT_DMN_DEPTH) {
        type->base = NULL;
        return;
    }
    settle((FeelType *)base, depth + 1);
    type->kind = base->kind;
    type->element = base->element;
    type->fields = base->fields;
    type->field_count = base->field_count;
    if (!base->allowed && !base->constraint && !base->base)
        type->base = NULL;
}

static void settle_all(FeelType *type, int depth)
{
    if (depth > LIMIT_DMN_DEPTH)
        return;
    bool named = type->base != NULL;
    settle(type, 0);
    if (named)
        return; // what it took is settled where it is defined
    if (type->element)
        settle_all((FeelType *)type->element, depth + 1);
    for (size_t i = 0; i < type->field_count; i++)
        settle_all((FeelType *)type->fields[i].type, depth + 1);
}

FALLIBLE types_read(Reader *reader)
{
    Dmn *model = reader->model;
    ARRAY(const XmlNode *) nodes = {0};
    for (const XmlNode *at = dmn_child(model->root, "itemDefinition"); at;
         at = dmn_next(at, "itemDefinition")) {
        const char *name = xml_attribute(at, "name");
        FeelType *type = NEW(reader->arena, FeelType);
        type->name = feel_normal_name(reader->arena, name ? name : "", name ? strlen(name) : 0);
        array_push(reader->arena, model->type_names) = type->name;
        array_push(reader->arena, model->types) = type;
        if (!map_get(model->types_by_name, type->name))
            map_put(model->types_by_name, type->name, type);
        array_push(reader->arena, nodes) = at;
    }
    for (size_t i = 0; i < nodes.count; i++)
        TRY(fill_type(reader, nodes.items[i], (FeelType *)model->types.items[i], 0));
    for (size_t i = 0; i < nodes.count; i++)
        settle_all((FeelType *)model->types.items[i], 0);
    return NULL;
}
