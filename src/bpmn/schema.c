// SPDX-License-Identifier: Apache-2.0
#include "bpmn/schema.h"

#include <stdlib.h>
#include <string.h>

#define XSI_SPACE "http://www.w3.org/2001/XMLSchema-instance"
#define DI_SPACE "http://www.omg.org/spec/BPMN/20100524/DI"

// One word of the table, taken apart.
typedef struct Field {
    const char *name;
    const char *what;   // of a value or child
    const char *refers; // kinds, NULL: no reference
    bool elsewhere;     // the reference may lead out of the model
    bool required;
    int least;
    int most; // -1: any number
} Field;

// What a type and those it is derived from say, taken apart once for each walk.
typedef struct Shape {
    ARRAY(Field) attributes;
    ARRAY(Field) children;
} Shape;

typedef struct Walk {
    Ctx *cx;
    const BpmnModel *model;
    BpmnProblems *problems;
    Map *shapes; // by the type's name
} Walk;

#define BROKEN_XSD(walk, element, hint, ...)                                                       \
    bpmn_problem((walk)->cx, (walk)->problems, (element), "XSD", (hint), __VA_ARGS__)

// --- The table's words ---------------------------------------------------------------------------

static void how_often(Field *field, char *word)
{
    static const struct {
        const char *sign;
        int least, most;
    } signs[] = {{"!2", 1, 2}, {"++", 2, -1}, {"?", 0, 1}, {"*", 0, -1}, {"+", 1, -1}, {"!", 1, 1}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (text_ends(word, signs[i].sign)) {
            field->least = signs[i].least;
            field->most = signs[i].most;
            word[strlen(word) - strlen(signs[i].sign)] = '\0';
            return;
        }
}

static Field field_read(Arena *arena, const char *word, size_t length, bool is_child)
{
    char *own = text_slice(arena, word, length);
    Field field = {.name = own};
    if (is_child)
        how_often(&field, own);
    size_t name = strcspn(own, ":=~!");
    char *at = own + name;
    if (*at == '!') {
        field.required = true;
        *at++ = '\0';
    }
    char kind = *at;
    if (kind) {
        *at = '\0';
        field.what = at + 1;
        if (kind != ':') {
            field.refers = at + 1;
            field.elsewhere = kind == '~';
        }
    } else if (is_child) {
        field.what = own;
    }
    return field;
}

// The next word from *at on; false at the end.
static bool field_next(Arena *arena, const char **at, bool is_child, Field *out)
{
    const char *word = *at + strspn(*at, " ");
    size_t length = strcspn(word, " ");
    if (!length)
        return false;
    *out = field_read(arena, word, length, is_child);
    *at = word + length;
    return true;
}

static const Shape *shape_of(Walk *walk, const SchemaType *type)
{
    Shape *shape = map_get(walk->shapes, type->name);
    if (shape)
        return shape;
    Arena *arena = walk->cx->arena;
    Field field;
    shape = NEW(arena, Shape);
    for (const SchemaType *at = type; at; at = schema_type(at->base)) {
        const char *attributes = at->attributes, *children = at->children;
        while (field_next(arena, &attributes, false, &field))
            array_push(arena, shape->attributes) = field;
        while (field_next(arena, &children, true, &field))
            array_push(arena, shape->children) = field;
    }
    map_put(walk->shapes, type->name, shape);
    return shape;
}

static const Field *attribute_find(const Shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->attributes.count; i++)
        if (strcmp(shape->attributes.items[i].name, name) == 0)
            return &shape->attributes.items[i];
    return NULL;
}

// The type of the element where that child is asked for; NULL when it may not stand there.
static const SchemaType *child_fits(const Field *field, const XmlNode *child)
{
    if (strcmp(field->name, child->name) == 0) {
        bool renamed =
            strcmp(field->name, "ioBinding") == 0 || strcmp(field->name, "ioSpecification") == 0;
        const char *type = !renamed                ? field->what
                           : field->name[2] == 'B' ? "inputOutputBinding"
                                                   : "inputOutputSpecification";
        return schema_type(type);
    }
    if (strcmp(field->name, field->what ? field->what : "") != 0)
        return NULL;
    const SchemaType *type = schema_type(child->name);
    return type && !type->abstract && schema_derives(child->name, field->name) ? type : NULL;
}

// --- Values --------------------------------------------------------------------------------------

static bool is_boolean(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || strcmp(text, "1") == 0 ||
           strcmp(text, "0") == 0;
}

static bool is_integer(const char *text)
{
    if (*text == '-' || *text == '+')
        text++;
    return *text && strspn(text, "0123456789") == strlen(text);
}

// A name without a colon. What is not ASCII is taken as a letter.
static bool is_identifier(const char *text)
{
    if (!*text || strchr("0123456789-.", *text))
        return false;
    for (; *text; text++)
        if (!((*text & 0x80) || (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
              strchr("0123456789-._", *text)))
            return false;
    return true;
}

static bool is_one_of(const char *text, const char *words)
{
    size_t length = strlen(text);
    for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (length && strcspn(at, "|") == length && strncmp(at, text, length) == 0)
            return true;
    return false;
}

static void value_check(Walk *walk, const XmlNode *element, const Field *field, const char *text)
{
    const char *what = field->what;
    if (strcmp(what, "boolean") == 0 && !is_boolean(text))
        BROKEN_XSD(walk, element, "Write true or false.", "%s of <%s> is '%s', not true or false",
                   field->name, element->name, text);
    else if (strcmp(what, "integer") == 0 && !is_integer(text))
        BROKEN_XSD(walk, element, "Write a whole number.", "%s of <%s> is '%s', not a whole number",
                   field->name, element->name, text);
    else if (strcmp(what, "id") == 0 && !is_identifier(text))
        BROKEN_XSD(walk, element,
                   "An id begins with a letter or _ and holds letters, digits, '-', '.' and '_'.",
                   "'%s' is no id", text);
    else if (strchr(what, '|') && !is_one_of(text, what))
        BROKEN_XSD(walk, element, NULL, "%s of <%s> is '%s', not one of %s", field->name,
                   element->name, text, what);
}

// --- References ----------------------------------------------------------------------------------

static const char *kinds_of(const char *refers)
{
    if (strcmp(refers, "@data") == 0)
        return "dataObject,dataObjectReference,dataStore,dataStoreReference,property,dataInput,"
               "dataOutput";
    if (strcmp(refers, "@talks") == 0)
        return "participant,activity,event,choreographyActivity,conversationNode";
    return refers;
}

static bool kind_fits(Arena *arena, const XmlNode *target, const char *kinds)
{
    if (strcmp(kinds, "*") == 0)
        return true;
    for (const char *at = kinds; *at;) {
        size_t length = strcspn(at, ",");
        if (schema_is(target, text_slice(arena, at, length)))
            return true;
        at += length + (at[length] == ',');
    }
    return false;
}

// Is the name of another namespace than the model's own? Then it may stand in an imported document,
// or name something that only the tool knows.
static bool is_foreign(Walk *walk, const XmlNode *element, const char *name)
{
    const char *space, *local;
    return strchr(name, ':') && xml_qname(walk->cx->arena, element, name, &space, &local) &&
           strcmp(space, BPMN_SPACE) != 0 && !text_equal(space, walk->model->target_namespace);
}

static void reference_check(Walk *walk, const XmlNode *element, const Field *field,
                            const char *name)
{
    const XmlNode *target = bpmn_refer(walk->model, element, name);
    bool is_there = target || bpmn_imported(walk->model, element, name); // to be looked into
    if (!is_there && (field->elsewhere || is_foreign(walk, element, name)))
        return;
    if (!target)
        bpmn_problem(walk->cx, walk->problems, element, "REF",
                     "A reference leads to the id of an element of the model.",
                     "%s leads to '%s', which is not in the model", field->name, name);
    else if (!kind_fits(walk->cx->arena, target, kinds_of(field->refers)))
        bpmn_problem(walk->cx, walk->problems, element, "REF",
                     "A reference leads to the kind of element that the standard names.",
                     "%s leads to '%s', which is a <%s>", field->name, name, target->name);
}

// --- The walk ------------------------------------------------------------------------------------

static void attributes_check(Walk *walk, const XmlNode *element, const Shape *shape)
{
    for (size_t i = 0; i < element->attribute_count; i++) {
        const XmlAttribute *attribute = &element->attributes[i];
        if (*attribute->space)
            continue;
        const Field *field = attribute_find(shape, attribute->name);
        const char *value = text_trim(walk->cx->arena, attribute->value);
        if (!field)
            BROKEN_XSD(walk, element, "Attributes of others need a namespace of their own.",
                       "<%s> has no attribute %s", element->name, attribute->name);
        else if (field->refers)
            reference_check(walk, element, field, value);
        else
            value_check(walk, element, field, value);
    }
    for (size_t i = 0; i < shape->attributes.count; i++) {
        const Field *field = &shape->attributes.items[i];
        if (field->required && !xml_attribute(element, field->name))
            BROKEN_XSD(walk, element, NULL, "<%s> needs the attribute %s", element->name,
                       field->name);
    }
}

static bool holds_anything(const SchemaType *type)
{
    return strcmp(type->children, "any*") == 0;
}

static void element_check(Walk *walk, const XmlNode *element, const SchemaType *type);

static void child_check(Walk *walk, const XmlNode *child, const Shape *shape)
{
    for (size_t i = 0; i < shape->children.count; i++) {
        const Field *field = &shape->children.items[i];
        if ((field->refers || text_equal(field->what, "qname")) &&
            strcmp(field->name, child->name) == 0) {
            const char *text = text_trim(walk->cx->arena, xml_text(walk->cx->arena, child));
            if (field->refers)
                reference_check(walk, child, field, text);
            return;
        }
        const SchemaType *own = field->refers ? NULL : child_fits(field, child);
        if (own) {
            element_check(walk, child, own);
            return;
        }
    }
    BROKEN_XSD(walk, child, "See what BPMN 2.0 allows there.", "<%s> cannot stand in a <%s>",
               child->name, child->parent->name);
}

static int children_count(const XmlNode *element, const Field *field)
{
    int count = 0;
    for (const XmlNode *child = xml_child(element, BPMN_SPACE, NULL); child;
         child = xml_next(child, BPMN_SPACE, NULL))
        count +=
            strcmp(child->name, field->name) == 0 || (!field->refers && child_fits(field, child));
    return count;
}

static void counts_check(Walk *walk, const XmlNode *element, const Shape *shape)
{
    for (size_t i = 0; i < shape->children.count; i++) {
        const Field *field = &shape->children.items[i];
        if (!field->least && field->most < 0)
            continue;
        int count = children_count(element, field);
        if (count < field->least)
            BROKEN_XSD(walk, element, NULL, "<%s> needs a <%s>", element->name, field->name);
        // Two loops have a rule of their own.
        else if (field->most >= 0 && count > field->most &&
                 strcmp(field->name, "loopCharacteristics") != 0)
            BROKEN_XSD(walk, element, NULL, "<%s> holds %d <%s>, at most %d are allowed",
                       element->name, count, field->name, field->most);
    }
}

// `xsi:type` says that it is more than it had to be.
static const SchemaType *type_said(const XmlNode *element, const SchemaType *type)
{
    const char *said = xml_attribute_in(element, XSI_SPACE, "type");
    const char *colon = said ? strrchr(said, ':') : NULL;
    const char *local = colon ? colon + 1 : said;
    if (!local || local[0] != 't' || !local[1])
        return type;
    const SchemaType *own =
        strcmp(local, "tFormalExpression") == 0 ? schema_type("formalExpression") : NULL;
    return own && schema_derives(own->name, type->name) ? own : type;
}

// The depth is limited by the XML reader.
static void element_check(Walk *walk, const XmlNode *element, const SchemaType *type)
{
    type = type_said(element, type);
    const Shape *shape = shape_of(walk, type);
    attributes_check(walk, element, shape);
    if (holds_anything(type))
        return;
    counts_check(walk, element, shape);
    for (const XmlNode *child = xml_child(element, NULL, NULL); child;
         child = xml_next(child, NULL, NULL))
        if (strcmp(child->space, BPMN_SPACE) == 0)
            child_check(walk, child, shape);
        else if (strcmp(child->space, DI_SPACE) != 0 || element != walk->model->root)
            BROKEN_XSD(walk, child, "Foreign elements belong inside <extensionElements>.",
                       "<%s> of the namespace '%s' cannot stand here", child->name, child->space);
}

void schema_check(Ctx *cx, const BpmnModel *model, BpmnProblems *problems)
{
    Walk walk = {cx, model, problems, map_new(cx->arena)};
    element_check(&walk, model->root, schema_type("definitions"));
}
