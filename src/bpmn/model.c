// SPDX-License-Identifier: Apache-2.0
#include "bpmn/model.h"

#include "base/messages.h"

#include <string.h>

static void problem_add(Ctx *cx, BpmnProblems *problems, const XmlNode *element, BpmnProblem said)
{
    if (problems->count >= LIMIT_BPMN_PROBLEMS)
        return;
    const char *id = element ? xml_attribute(element, "id") : NULL;
    // What has no id of its own (an extension, a condition) is found by the element around it.
    const XmlNode *owner = element;
    while (owner && !id) {
        owner = owner->parent;
        id = owner ? xml_attribute(owner, "id") : NULL;
    }
    said.element = id ? id : (element ? element->name : "definitions");
    said.line = element ? element->line : 0;
    said.hint = said.hint ? message_in(cx->language, said.hint) : NULL;
    said.node = element;
    array_push(cx->arena, *problems) = said;
}

#define SAID(is_warning)                                                                           \
    va_list arguments;                                                                             \
    va_start(arguments, format);                                                                   \
    BpmnProblem said = {                                                                           \
        .rule = rule,                                                                              \
        .hint = hint,                                                                              \
        .warning = (is_warning),                                                                   \
        .message = text_format_list(cx->arena, message_in(cx->language, format), arguments)};      \
    va_end(arguments);                                                                             \
    problem_add(cx, problems, element, said)

void bpmn_problem(Ctx *cx, BpmnProblems *problems, const XmlNode *element, const char *rule,
                  const char *hint, const char *format, ...)
{
    SAID(false);
}

void bpmn_warning(Ctx *cx, BpmnProblems *problems, const XmlNode *element, const char *rule,
                  const char *hint, const char *format, ...)
{
    SAID(true);
}

bool bpmn_problems_block(const BpmnProblems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (!problems->items[i].warning)
            return true;
    return false;
}

// Stable, and most come in order already.
static void problems_sort(BpmnProblems *problems)
{
    for (size_t i = 1; i < problems->count; i++) {
        BpmnProblem own = problems->items[i];
        size_t at = i;
        for (; at > 0 && problems->items[at - 1].line > own.line; at--)
            problems->items[at] = problems->items[at - 1];
        problems->items[at] = own;
    }
}

Value bpmn_problems_value(Ctx *cx, BpmnProblems *problems)
{
    problems_sort(problems);
    Value *items = NEW_ARRAY(cx->arena, Value, problems->count);
    for (size_t i = 0; i < problems->count; i++) {
        const BpmnProblem *problem = &problems->items[i];
        Value item = items[i] = value_context(cx->arena);
        value_set(cx->arena, item, "rule", value_text(problem->rule));
        value_set(cx->arena, item, "element", value_text(problem->element));
        value_set(cx->arena, item, "line", value_integer(problem->line));
        value_set(cx->arena, item, "message", value_text(problem->message));
        if (problem->hint)
            value_set(cx->arena, item, "hint", value_text(problem->hint));
        value_set(cx->arena, item, "warning", value_boolean(problem->warning));
    }
    return value_list(items, problems->count);
}

FALLIBLE bpmn_problems_error(Ctx *cx, BpmnProblems *problems)
{
    problems_sort(problems);
    const BpmnProblem *first = NULL;
    size_t blocking = 0;
    for (size_t i = 0; i < problems->count; i++)
        if (!problems->items[i].warning) {
            first = first ? first : &problems->items[i];
            blocking++;
        }
    if (!first)
        return NULL;
    Error *error = error_at(FAIL(cx, ERR_INVALID, "the model cannot be deployed: %s: %s",
                                 first->element, first->message),
                            first->line, 0);
    if (blocking > 1)
        error = error_detail(error, "%zu problems in all", blocking);
    if (first->hint)
        error = error_hint(error, "%s", first->hint);
    Value *about = NEW(cx->arena, Value);
    *about = value_context(cx->arena);
    value_set(cx->arena, *about, "problems", bpmn_problems_value(cx, problems));
    error->about = about;
    return error_field(error, first->element);
}

typedef struct Walk {
    Ctx *cx;
    BpmnModel *model;
    BpmnProblems *problems;
    ARRAY(const XmlNode *) processes;
} Walk;

// The depth is limited by the XML reader.
static void elements_index(Walk *walk, const XmlNode *element)
{
    const char *id = xml_attribute(element, "id");
    bool own = strcmp(element->space, BPMN_SPACE) == 0;
    if (id && own) {
        const XmlNode *other = map_get(walk->model->elements, id);
        if (other)
            bpmn_problem(walk->cx, walk->problems, element, "EXT002",
                         "Give each element its own id.", "the id '%s' stands already in line %d",
                         id, other->line);
        else
            map_put(walk->model->elements, id, (void *)(uintptr_t)element);
    }
    if (own && strcmp(element->name, "process") == 0)
        array_push(walk->cx->arena, walk->processes) = element;
    for (const XmlNode *child = element->first; child; child = child->next)
        if (child->kind == XML_ELEMENT)
            elements_index(walk, child);
}

static void imports_note(Ctx *cx, BpmnModel *model)
{
    ARRAY(BpmnImport) imports = {0};
    const XmlNode *child = xml_child(model->root, BPMN_SPACE, "import");
    for (; child; child = xml_next(child, BPMN_SPACE, "import")) {
        const char *type = xml_attribute(child, "importType");
        if (type && strstr(type, "/BPMN/"))
            array_push(cx->arena, imports) = (BpmnImport){.element = child};
    }
    model->imports = imports.items;
    model->import_count = imports.count;
}

static bool is_true(const char *text)
{
    return text && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

static void process_choose(BpmnModel *model)
{
    for (size_t i = 0; i < model->process_count && !model->process_id; i++)
        if (is_true(xml_attribute(model->processes[i], "isExecutable")))
            model->process_id = xml_attribute(model->processes[i], "id");
    if (!model->process_id && model->process_count)
        model->process_id = xml_attribute(model->processes[0], "id");
}

static FALLIBLE model_read(Ctx *cx, const BpmnFile *file, BpmnModel **out, BpmnProblems *problems)
{
    const XmlNode *root;
    TRY(xml_read(cx, file->bytes, file->length, &root));
    if (!xml_is(root, BPMN_SPACE, "definitions"))
        return error_hint(error_at(FAIL(cx, ERR_INVALID,
                                        "this is no BPMN 2.0 model: the root is <%s>", root->name),
                                   root->line, 0),
                          "Save the diagram as BPMN 2.0 XML; its root is <definitions> in the "
                          "namespace " BPMN_SPACE ".");
    BpmnModel *model = NEW(cx->arena, BpmnModel);
    model->file = file->name ? bpmn_file_name(file->name) : NULL;
    model->source = text_slice(cx->arena, file->bytes, file->length);
    model->source_length = file->length;
    model->root = root;
    model->target_namespace = xml_attribute(root, "targetNamespace");
    model->elements = map_new(cx->arena);
    Walk walk = {.cx = cx, .model = model, .problems = problems};
    elements_index(&walk, root);
    model->processes = walk.processes.items;
    model->process_count = walk.processes.count;
    process_choose(model);
    imports_note(cx, model);
    *out = model;
    return NULL;
}

// --- Several files -------------------------------------------------------------------------------

const char *bpmn_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const BpmnFile *file_of(const BpmnFile *files, size_t count, const char *location)
{
    for (size_t i = 0; location && i < count; i++)
        if (files[i].name && strcmp(bpmn_file_name(files[i].name), bpmn_file_name(location)) == 0)
            return &files[i];
    return NULL;
}

// Of a file that was read already its model.
static FALLIBLE file_join(Ctx *cx, BpmnBundle *bundle, const BpmnFile *file, const BpmnModel **out)
{
    BpmnModel *model;
    BpmnProblems unheard = {0}; // it is checked where it is itself deployed
    for (size_t i = 0; i < bundle->count; i++)
        if (text_equal(bundle->models[i]->file, bpmn_file_name(file->name))) {
            *out = bundle->models[i];
            return NULL;
        }
    Error *error = model_read(cx, file, &model, &unheard);
    if (error)
        return error_detail(error, "in %s", file->name);
    model->bundle = bundle;
    bundle->models[bundle->count++] = model;
    *out = model;
    return NULL;
}

FALLIBLE bpmn_read_with(Ctx *cx, const BpmnFile *file, const BpmnFile *others, size_t count,
                        const BpmnModel **out, BpmnProblems *problems)
{
    BpmnModel *model;
    BpmnBundle *bundle = NEW(cx->arena, BpmnBundle);
    TRY(model_read(cx, file, &model, problems));
    model->bundle = bundle;
    bundle->models = NEW_ARRAY(cx->arena, const BpmnModel *, count + 1);
    bundle->models[bundle->count++] = model;
    for (size_t i = 0; i < bundle->count; i++)
        for (size_t k = 0; k < bundle->models[i]->import_count; k++) {
            BpmnImport *import = &bundle->models[i]->imports[k];
            const char *location = xml_attribute(import->element, "location");
            const BpmnFile *other = file_of(file, 1, location);
            other = other ? other : file_of(others, count, location);
            if (other)
                TRY(file_join(cx, bundle, other, &import->model));
        }
    *out = model;
    return NULL;
}

FALLIBLE bpmn_read(Ctx *cx, const char *xml, size_t length, const BpmnModel **out,
                   BpmnProblems *problems)
{
    BpmnFile file = {.bytes = xml, .length = length};
    return bpmn_read_with(cx, &file, NULL, 0, out, problems);
}

// --- References ----------------------------------------------------------------------------------

// In whose document it stands.
static const BpmnModel *model_of(const BpmnModel *model, const XmlNode *at)
{
    while (at->parent)
        at = at->parent;
    for (size_t i = 0; i < model->bundle->count; i++)
        if (model->bundle->models[i]->root == at)
            return model->bundle->models[i];
    return model;
}

// NULL when the prefix is not declared.
static const char *space_of(const XmlNode *at, const char *prefix, size_t length)
{
    for (; at; at = at->parent)
        for (size_t i = 0; i < at->declaration_count; i++)
            if (strlen(at->declarations[i].prefix) == length &&
                memcmp(at->declarations[i].prefix, prefix, length) == 0)
                return at->declarations[i].space;
    return NULL;
}

// Also the second of two models with one namespace.
static const XmlNode *imported_element(const BpmnModel *own, const char *space, const char *local)
{
    const XmlNode *found = NULL;
    for (size_t i = 0; space && !found && i < own->import_count; i++)
        if (own->imports[i].model && text_equal(own->imports[i].model->target_namespace, space))
            found = map_get(own->imports[i].model->elements, local);
    return found;
}

const BpmnModel *bpmn_imported(const BpmnModel *model, const XmlNode *at, const char *name)
{
    const BpmnModel *own = model_of(model, at);
    const char *colon = strrchr(name, ':');
    const char *space = colon ? space_of(at, name, (size_t)(colon - name)) : NULL;
    for (size_t i = 0; space && i < own->import_count; i++)
        if (own->imports[i].model && text_equal(own->imports[i].model->target_namespace, space))
            return own->imports[i].model;
    return NULL;
}

const XmlNode *bpmn_refer(const BpmnModel *model, const XmlNode *at, const char *name)
{
    const BpmnModel *own = model_of(model, at);
    const char *colon = strrchr(name, ':');
    const char *space = colon ? space_of(at, name, (size_t)(colon - name)) : own->target_namespace;
    bool elsewhere =
        colon && bpmn_imported(model, at, name) && !text_equal(space, own->target_namespace);
    const XmlNode *found = elsewhere ? NULL : bpmn_element(own, name);
    return found ? found : imported_element(own, space, colon ? colon + 1 : name);
}

const XmlNode *bpmn_element(const BpmnModel *model, const char *id)
{
    const XmlNode *element = map_get(model->elements, id);
    if (element)
        return element;
    const char *colon = strrchr(id, ':');
    return colon ? map_get(model->elements, colon + 1) : NULL;
}
