// SPDX-License-Identifier: Apache-2.0
// Writes a model as DMN 1.5, whatever version it was read in: a copy of its document in which only
// what the versions name differently has changed. What is not DMN's stays as it was.
#include "dmn/write.h"

#include <string.h>

#define MODEL_15 "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define FEEL_15 "https://www.omg.org/spec/DMN/20230324/FEEL/"
#define DIAGRAM_15 "https://www.omg.org/spec/DMN/20230324/DMNDI/"
#define MODEL_11 "http://www.omg.org/spec/DMN/20151101/dmn.xsd"

// DI and DC have kept theirs since 1.2.
static const struct {
    const char *old;
    const char *now;
} spaces[] = {
    {MODEL_11, MODEL_15},
    {"http://www.omg.org/spec/DMN/20180521/MODEL/", MODEL_15},
    {"https://www.omg.org/spec/DMN/20191111/MODEL/", MODEL_15},
    {"https://www.omg.org/spec/DMN/20211108/MODEL/", MODEL_15},
    {"http://www.omg.org/spec/FEEL/20140401", FEEL_15},
    {"http://www.omg.org/spec/DMN/20180521/FEEL/", FEEL_15},
    {"https://www.omg.org/spec/DMN/20191111/FEEL/", FEEL_15},
    {"https://www.omg.org/spec/DMN/20211108/FEEL/", FEEL_15},
    {"http://www.omg.org/spec/DMN/20180521/DMNDI/", DIAGRAM_15},
    {"https://www.omg.org/spec/DMN/20191111/DMNDI/", DIAGRAM_15},
    {"https://www.omg.org/spec/DMN/20211108/DMNDI/", DIAGRAM_15},
};

typedef struct Writer {
    Arena *arena;
    const XmlNode *root; // as it was read
    bool first_version;  // 1.1 has qualified names as types, and its own order of elements
    const TreeEdit *edit;
} Writer;

static const char *space_now(const char *space)
{
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (strcmp(spaces[i].old, space) == 0)
            return spaces[i].now;
    return space;
}

static bool is_model_node(const Writer *writer, const XmlNode *node)
{
    return node && node->kind == XML_ELEMENT && strcmp(node->space, writer->root->space) == 0;
}

// The name of an import of that namespace, "" when it has none.
static const char *import_name(const Writer *writer, const char *space)
{
    for (const XmlNode *at = xml_child(writer->root, writer->root->space, "import"); at;
         at = xml_next(at, writer->root->space, "import"))
        if (text_equal(xml_attribute(at, "namespace"), space) && xml_attribute(at, "name"))
            return xml_attribute(at, "name");
    return "";
}

// "feel:string" of 1.1 -> "string", "inc:tLoan" -> "loans.tLoan" with the name of the import.
static const char *type_name(const Writer *writer, const XmlNode *at, const char *value)
{
    static const struct {
        const char *old;
        const char *now;
    } renamed[] = {
        {"dateTime", "date and time"},
        {"dayTimeDuration", "days and time duration"},
        {"yearMonthDuration", "years and months duration"},
    };
    const char *space, *local, *name = text_trim(writer->arena, text_copy(writer->arena, value));
    if (!strchr(name, ':') || !xml_qname(writer->arena, at, name, &space, &local))
        return value;
    if (strcmp(space_now(space), FEEL_15) != 0) {
        const char *import = import_name(writer, space);
        return *import ? text_format(writer->arena, "%s.%s", import, local) : local;
    }
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(renamed[i].old, local) == 0)
            return renamed[i].now;
    return local;
}

static bool holds_type(const char *name)
{
    return strcmp(name, "typeRef") == 0 || strcmp(name, "outputTypeRef") == 0;
}

static const char *attribute_value(const Writer *writer, const XmlNode *node,
                                   const XmlAttribute *attribute)
{
    static const char *const holders[] = {"expressionLanguage", "typeLanguage", "importType"};
    if (!is_model_node(writer, node) || *attribute->space)
        return attribute->value;
    if (writer->first_version && holds_type(attribute->name))
        return type_name(writer, node, attribute->value);
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++)
        if (strcmp(attribute->name, holders[i]) == 0)
            return space_now(attribute->value);
    return attribute->value;
}

static void copy_head(const Writer *writer, const XmlNode *node, XmlNode *copy)
{
    // Since 1.2 an import has a name; an empty one imports into the model's own namespace.
    bool nameless = is_model_node(writer, node) && strcmp(node->name, "import") == 0 &&
                    !xml_attribute(node, "name");
    size_t count = node->attribute_count;
    copy->space = space_now(node->space);
    copy->declarations = NEW_ARRAY(writer->arena, XmlDeclaration, node->declaration_count);
    for (size_t i = 0; i < node->declaration_count; i++)
        copy->declarations[i] =
            (XmlDeclaration){node->declarations[i].prefix, space_now(node->declarations[i].space)};
    copy->attributes = NEW_ARRAY(writer->arena, XmlAttribute, count + 1);
    for (size_t i = 0; i < count; i++) {
        copy->attributes[i] = node->attributes[i];
        copy->attributes[i].space = space_now(node->attributes[i].space);
        copy->attributes[i].value = attribute_value(writer, node, &node->attributes[i]);
    }
    if (nameless) {
        copy->attributes[count] = (XmlAttribute){"", "", "name", ""};
        copy->attribute_count++;
    }
}

static XmlNode *copy_node(const Writer *writer, const XmlNode *node);

static void copy_children(const Writer *writer, const XmlNode *node, XmlNode *copy)
{
    for (const XmlNode *child = node->first; child; child = child->next)
        tree_append(copy, copy_node(writer, child));
    if (writer->edit && writer->edit->parent == node)
        tree_append(copy, writer->edit->replacement);
}

// 1.1 had the logic of knowledge before its variable; since 1.2 the variable comes first.
static void variable_first(XmlNode *knowledge)
{
    XmlNode *logic = NULL, *before = NULL, *before_logic = NULL, *before_variable = NULL;
    for (XmlNode *at = knowledge->first; at; before = at, at = at->next) {
        if (at->kind != XML_ELEMENT)
            continue;
        if (strcmp(at->name, "encapsulatedLogic") == 0 && !logic) {
            logic = at;
            before_logic = before;
        }
        if (strcmp(at->name, "variable") == 0 && logic)
            before_variable = before;
    }
    if (!before_variable)
        return;
    XmlNode *variable = before_variable->next;
    before_variable->next = variable->next;
    if (knowledge->last == variable)
        knowledge->last = before_variable;
    variable->next = logic;
    if (before_logic)
        before_logic->next = variable;
    else
        knowledge->first = variable;
}

static XmlNode *copy_node(const Writer *writer, const XmlNode *node)
{
    if (writer->edit && node == writer->edit->replaced)
        return writer->edit->replacement;
    XmlNode *copy = NEW(writer->arena, XmlNode);
    *copy = *node;
    copy->first = copy->last = copy->next = copy->parent = NULL;
    bool first = writer->first_version && node->kind == XML_TEXT &&
                 is_model_node(writer, node->parent) && holds_type(node->parent->name);
    if (first)
        copy->text = type_name(writer, node->parent, node->text);
    if (node->kind != XML_ELEMENT)
        return copy;
    copy_head(writer, node, copy);
    copy_children(writer, node, copy);
    if (writer->first_version && is_model_node(writer, node) &&
        strcmp(node->name, "businessKnowledgeModel") == 0)
        variable_first(copy);
    return copy;
}

static Writer writer_of(Ctx *cx, const Dmn *model, const TreeEdit *edit)
{
    return (Writer){cx->arena, model->root, strcmp(model->root->space, MODEL_11) == 0, edit};
}

XmlNode *tree_copy(Ctx *cx, const Dmn *model, const XmlNode *node)
{
    Writer writer = writer_of(cx, model, NULL);
    return copy_node(&writer, node);
}

XmlNode *tree_copy_head(Ctx *cx, const Dmn *model, const XmlNode *node)
{
    Writer writer = writer_of(cx, model, NULL);
    XmlNode *copy = NEW(cx->arena, XmlNode);
    *copy = *node;
    copy->first = copy->last = copy->next = copy->parent = NULL;
    copy_head(&writer, node, copy);
    return copy;
}

char *dmn_write_edited(Ctx *cx, const Dmn *model, const TreeEdit *edit)
{
    Writer writer = writer_of(cx, model, edit);
    Buffer *out = buffer_new(cx->arena);
    buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    buffer_text(out, model->prologue);
    xml_write(out, copy_node(&writer, model->root));
    buffer_byte(out, '\n');
    return out->bytes;
}

char *dmn_write(Ctx *cx, const Dmn *model)
{
    return dmn_write_edited(cx, model, NULL);
}

// --- Building ------------------------------------------------------------------------------------

void tree_append(XmlNode *parent, XmlNode *child)
{
    child->parent = parent;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
}

XmlNode *tree_element(Arena *arena, const Dmn *model, const char *name)
{
    XmlNode *node = NEW(arena, XmlNode);
    node->space = MODEL_15;
    node->prefix = model->root->prefix;
    node->name = name;
    return node;
}

void tree_set(Arena *arena, XmlNode *node, const char *name, const char *value)
{
    size_t count = 0;
    XmlAttribute *attributes = NEW_ARRAY(arena, XmlAttribute, node->attribute_count + 1);
    for (size_t i = 0; i < node->attribute_count; i++)
        if (*node->attributes[i].space || strcmp(node->attributes[i].name, name) != 0)
            attributes[count++] = node->attributes[i];
    if (value)
        attributes[count++] = (XmlAttribute){"", "", name, value};
    node->attributes = attributes;
    node->attribute_count = count;
}

void tree_text(Arena *arena, XmlNode *parent, const char *text)
{
    XmlNode *node = NEW(arena, XmlNode);
    node->kind = XML_TEXT;
    node->space = node->prefix = node->name = "";
    node->text = text;
    tree_append(parent, node);
}
