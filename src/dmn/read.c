// SPDX-License-Identifier: Apache-2.0
#include "dmn/model.h"

#include "base/limits.h"
#include "base/messages.h"
#include <string.h>

static const char *const model_spaces[] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", // 1.1
    "http://www.omg.org/spec/DMN/20180521/MODEL/",  // 1.2
    "https://www.omg.org/spec/DMN/20191111/MODEL/", // 1.3
    "https://www.omg.org/spec/DMN/20211108/MODEL/", // 1.4
    "https://www.omg.org/spec/DMN/20230324/MODEL/", // 1.5
};

static bool is_model_space(const char *space)
{
    for (size_t i = 0; i < sizeof model_spaces / sizeof *model_spaces; i++)
        if (strcmp(model_spaces[i], space) == 0)
            return true;
    return false;
}

const XmlNode *dmn_child(const XmlNode *node, const char *name)
{
    return node ? xml_child(node, node->space, name) : NULL;
}

const XmlNode *dmn_next(const XmlNode *node, const char *name)
{
    return node ? xml_next(node, node->space, name) : NULL;
}

const char *dmn_child_text(Arena *arena, const XmlNode *node, const char *name)
{
    const XmlNode *child = dmn_child(node, name);
    return child ? text_trim(arena, xml_text(arena, child)) : NULL;
}

void dmn_note(Reader *reader, const XmlNode *node, const char *message)
{
    array_push(reader->arena, reader->model->problems) =
        (DmnProblem){.element = reader->element ? reader->element->name : reader->model->name,
                     .line = node ? node->line : 0,
                     .message = message_in(reader->cx->language, message)};
}

int dmn_line(const Dmn *model, const char *text, int from)
{
    for (size_t i = 0; i < model->sources.count; i++) {
        const SourceText *source = &model->sources.items[i];
        if (source->text != text || !source->node || !source->node->first)
            continue;
        // The text was trimmed: its first line may lie below the start tag.
        int line = source->node->line;
        const char *raw = source->node->first->text;
        for (; raw && *raw && strchr(" \t\r\n", *raw); raw++)
            line += *raw == '\n';
        for (int k = 0; k < from && text[k]; k++)
            line += text[k] == '\n';
        return line;
    }
    return 0;
}

static void remember(Reader *reader, const char *name)
{
    Universe *universe = reader->model->universe;
    if (!strpbrk(name, " +-*/.'") || map_get(universe->member_set, name))
        return;
    map_put(universe->member_set, name, universe);
    array_push(reader->arena, universe->members) = name;
}

// The first of a name is the one that is meant.
static void put_first(Map *map, const char *name, Element *element)
{
    if (name && !map_get(map, name))
        map_put(map, name, element);
}

static void remember_components(Reader *reader, const XmlNode *node, int depth)
{
    for (const XmlNode *at = dmn_child(node, "itemComponent"); at && depth < LIMIT_DMN_DEPTH;
         at = dmn_next(at, "itemComponent")) {
        const char *name = xml_attribute(at, "name");
        if (name)
            remember(reader, feel_normal_name(reader->arena, name, strlen(name)));
        remember_components(reader, at, depth + 1);
    }
}

static Element *add_element(Reader *reader, const XmlNode *node, ElementKind kind)
{
    static const char *const variables[] = {"variable", "variable", "variable", "variable"};
    const char *name = xml_attribute(node, "name");
    const XmlNode *variable = dmn_child(node, variables[kind]);
    Element *element = NEW(reader->arena, Element);
    element->kind = kind;
    element->id = xml_attribute(node, "id");
    // The variable of an element has its name; where the two differ, expressions use the
    // variable's.
    element->name = feel_normal_name(reader->arena, name ? name : "", name ? strlen(name) : 0);
    if (variable && !*element->name && xml_attribute(variable, "name"))
        element->name = xml_attribute(variable, "name");
    element->node = node;
    element->model = reader->model;
    element->index = reader->model->universe->element_count++;
    array_push(reader->arena, reader->model->elements) = element;
    put_first(reader->model->ids, element->id, element);
    if (kind == ELEMENT_DECISION) {
        array_push(reader->arena, reader->model->decisions) = element;
        put_first(reader->model->decision_names, element->name, element);
    } else if (kind != ELEMENT_INPUT) {
        put_first(reader->model->invocable_names, element->name, element);
    }
    // What another model imports it names behind the name of the import.
    if (reader->model != reader->model->universe->models.items[0])
        remember(reader, element->name);
    return element;
}

static void read_elements(Reader *reader)
{
    static const struct {
        const char *name;
        ElementKind kind;
    } kinds[] = {
        {"inputData", ELEMENT_INPUT},
        {"decision", ELEMENT_DECISION},
        {"businessKnowledgeModel", ELEMENT_KNOWLEDGE},
        {"decisionService", ELEMENT_SERVICE},
    };
    for (const XmlNode *at = xml_child(reader->model->root, NULL, NULL); at;
         at = xml_next(at, NULL, NULL)) {
        if (strcmp(at->space, reader->model->root->space) != 0)
            continue;
        for (size_t i = 0; i < 4; i++)
            if (strcmp(at->name, kinds[i].name) == 0)
                add_element(reader, at, kinds[i].kind);
        if (strcmp(at->name, "itemDefinition") == 0)
            remember_components(reader, at, 0);
    }
}

static const Dmn *model_by_space(const Universe *universe, const char *space, size_t length)
{
    for (size_t i = 0; i < universe->models.count; i++) {
        const char *candidate = universe->models.items[i]->space;
        if (strlen(candidate) == length && memcmp(candidate, space, length) == 0)
            return universe->models.items[i];
    }
    return NULL;
}

// "#id", "id" and "namespace#id".
static Element *resolve(Reader *reader, const char *reference)
{
    const char *hash = strrchr(reference, '#');
    const Dmn *model = reader->model;
    if (hash && hash > reference)
        model = model_by_space(reader->model->universe, reference, (size_t)(hash - reference));
    return model ? map_get(model->ids, hash ? hash + 1 : reference) : NULL;
}

static void note_missing(Reader *reader, const XmlNode *node, const char *reference)
{
    dmn_note(
        reader, node,
        text_format(reader->arena,
                    message_in(reader->cx->language, "refers to \"%s\", which is not in the model"),
                    reference));
}

static void read_requirements(Reader *reader, Element *element)
{
    for (const XmlNode *at = xml_child(element->node, element->node->space, NULL); at;
         at = xml_next(at, element->node->space, NULL)) {
        if (strcmp(at->name, "informationRequirement") != 0 &&
            strcmp(at->name, "knowledgeRequirement") != 0)
            continue;
        const XmlNode *target = xml_child(at, at->space, NULL);
        const char *reference = target ? xml_attribute(target, "href") : NULL;
        Element *found = reference ? resolve(reader, reference) : NULL;
        if (found)
            array_push(reader->arena, element->requirements) = found;
        else
            note_missing(reader, at, reference ? reference : "");
    }
}

static void read_service(Reader *reader, Element *service)
{
    ARRAY(Element *) inputs = {0};
    ARRAY(Element *) decisions = {0};
    for (const XmlNode *at = xml_child(service->node, service->node->space, NULL); at;
         at = xml_next(at, service->node->space, NULL)) {
        const char *reference = xml_attribute(at, "href");
        if (!reference)
            continue;
        Element *found = resolve(reader, reference);
        if (!found)
            note_missing(reader, at, reference);
        else if (strcmp(at->name, "outputDecision") == 0) {
            array_push(reader->arena, service->outputs) = found;
            remember(reader, found->name); // an entry of its result
        } else if (strcmp(at->name, "inputDecision") == 0)
            array_push(reader->arena, decisions) = found;
        else if (strcmp(at->name, "inputData") == 0)
            array_push(reader->arena, inputs) = found;
    }
    for (size_t i = 0; i < inputs.count; i++)
        array_push(reader->arena, service->parameters) = inputs.items[i];
    for (size_t i = 0; i < decisions.count; i++)
        array_push(reader->arena, service->parameters) = decisions.items[i];
    service->signature = NEW_ARRAY(reader->arena, Parameter, service->parameters.count);
    for (size_t i = 0; i < service->parameters.count; i++)
        service->signature[i] =
            (Parameter){service->parameters.items[i]->name, service->parameters.items[i]->type};
}

// The result type of a function type is what its variable's type says of the outcome.
static void read_type(Reader *reader, Element *element)
{
    const XmlNode *variable = dmn_child(element->node, "variable");
    reader->element = element;
    element->type = variable ? types_of(reader, variable) : NULL;
    if (element->type && element->type->kind == TYPE_FUNCTION && element->type->element &&
        (element->kind == ELEMENT_KNOWLEDGE || element->kind == ELEMENT_SERVICE))
        element->type = element->type->element;
}

const char *dmn_import_name(const Element *from, const Element *to)
{
    if (from->model == to->model)
        return "";
    for (size_t i = 0; i < from->model->imports.count; i++)
        if (from->model->imports.items[i].model == to->model)
            return from->model->imports.items[i].name;
    return "";
}

NameScope *dmn_scope(Reader *reader, const Element *element)
{
    ARRAY(const char *) names = {0};
    for (size_t i = 0; i < element->requirements.count; i++) {
        const Element *required = element->requirements.items[i];
        const char *import = dmn_import_name(element, required);
        array_push(reader->arena, names) = *import ? import : required->name;
    }
    if (element->kind == ELEMENT_KNOWLEDGE)
        array_push(reader->arena, names) = element->name;
    NameScope *scope = NEW(reader->arena, NameScope);
    scope->names = names.items;
    scope->count = names.count;
    return scope;
}

// The body of knowledge behind a hook, so that its calls can be traced: the body, then its
// parameters.
static void trace_body(Reader *reader, Element *element, Node *function)
{
    Hook *hook = NEW(reader->arena, Hook);
    Node *traced = feel_node(reader->arena, NODE_HOOK, 0, 0);
    array_push(reader->arena, traced->items) = function->left;
    for (size_t i = 0; i < function->parameters.count; i++) {
        Node *name = feel_node(reader->arena, NODE_NAME, 0, 0);
        name->name = function->parameters.items[i].name;
        array_push(reader->arena, traced->items) = name;
        array_push(reader->arena, element->parameter_names) = name->name;
    }
    hook->evaluate = knowledge_traced;
    hook->check = knowledge_checked;
    hook->data = element;
    traced->hook = hook;
    function->left = traced;
}

static Error *compile_element(Reader *reader, Element *element)
{
    Node *tree = NULL;
    reader->element = element;
    NameScope *scope = dmn_scope(reader, element);
    if (element->kind == ELEMENT_DECISION) {
        const XmlNode *expression = boxed_expression(element->node);
        if (!expression)
            return NULL;
        TRY(boxed_read(reader, expression, scope, &tree));
        tree = boxed_typed(reader, tree, element->type);
    } else {
        const XmlNode *logic = dmn_child(element->node, "encapsulatedLogic");
        if (!logic)
            return NULL;
        TRY(boxed_function(reader, logic, scope, &tree));
        if (element->type)
            tree->type = element->type;
        if (!tree->negated)
            trace_body(reader, element, tree);
    }
    element->tree = tree;
    CompileSetting setting = {
        .names = scope->names, .name_count = scope->count, .source = element->name};
    return feel_compile_tree(reader->cx, tree, &setting, &element->feel);
}

static Error *read_model(Ctx *cx, Universe *universe, const char *xml, size_t length, Dmn **out);

static Error *read_import(Reader *reader, const XmlNode *node)
{
    Ctx *cx = reader->cx;
    const char *space = xml_attribute(node, "namespace");
    const char *name = xml_attribute(node, "name");
    Universe *universe = reader->model->universe;
    if (!space)
        return error_hint(FAIL(cx, ERR_INVALID, "an import has no namespace"), "line %d",
                          node->line);
    const Dmn *known = model_by_space(universe, space, strlen(space));
    if (!known) {
        const char *xml;
        size_t length;
        const DmnLibrary *library = universe->library;
        if (!library || !library->find(cx, library->data, space, &xml, &length))
            return error_detail(
                FAIL(cx, ERR_INVALID, "the imported model \"%s\" is not there", space), "line %d",
                node->line);
        Dmn *imported;
        TRY(read_model(cx, universe, xml, length, &imported));
        known = imported;
    }
    array_push(reader->arena, reader->model->imports) = (Import){name ? name : "", known};
    if (name)
        remember(reader, name);
    return NULL;
}

static Error *read_imports(Reader *reader)
{
    Ctx *cx = reader->cx;
    if (reader->model->universe->models.count > LIMIT_DMN_IMPORTS)
        return FAIL(cx, ERR_LIMIT, "more than %d models import each other", LIMIT_DMN_IMPORTS);
    for (const XmlNode *at = dmn_child(reader->model->root, "import"); at;
         at = dmn_next(at, "import")) {
        const char *type = xml_attribute(at, "importType");
        if (!type || is_model_space(type) || strstr(type, "/DMN/"))
            TRY(read_import(reader, at));
        else
            dmn_note(reader, at, "imports something that is no DMN model");
    }
    return NULL;
}

enum { UNSEEN, ON_PATH, SEEN };

typedef struct Step {
    const Element *element;
    size_t next; // among its requirements
} Step;

// Walks what a decision requires, without recursion: a stranger's chain may be long.
static Error *check_circle(Reader *reader, const Element *start, uint8_t *states, Step *path)
{
    Ctx *cx = reader->cx;
    size_t depth = 1;
    path[0] = (Step){start, 0};
    states[start->index] = ON_PATH;
    while (depth > 0) {
        Step *step = &path[depth - 1];
        if (step->next == step->element->requirements.count) {
            states[step->element->index] = SEEN;
            depth--;
            continue;
        }
        const Element *next = step->element->requirements.items[step->next++];
        if (next->kind != ELEMENT_DECISION || states[next->index] == SEEN)
            continue;
        if (states[next->index] == ON_PATH)
            return error_detail(
                FAIL(cx, ERR_INVALID, "the decision \"%s\" requires itself", next->name), "line %d",
                next->node->line);
        states[next->index] = ON_PATH;
        path[depth++] = (Step){next, 0};
    }
    return NULL;
}

// A decision that needs itself could never be made.
static Error *check_circles(Reader *reader)
{
    const Dmn *model = reader->model;
    size_t count = model->universe->element_count;
    uint8_t *states = NEW_ARRAY(reader->arena, uint8_t, count);
    Step *path = NEW_ARRAY(reader->arena, Step, count);
    for (size_t i = 0; i < model->decisions.count; i++)
        if (states[model->decisions.items[i]->index] == UNSEEN)
            TRY(check_circle(reader, model->decisions.items[i], states, path));
    return NULL;
}

// The comments before the root element, as they stand; "" when the document is not UTF-8.
static const char *prologue_of(Arena *arena, const char *xml, size_t length)
{
    Buffer *out = buffer_new(arena);
    const char *at = xml, *end = xml + length;
    if (memchr(xml, 0, length) || !utf8_valid(xml, length))
        return "";
    while ((at = memchr(at, '<', (size_t)(end - at))) && end - at > 4 && strchr("!?", at[1])) {
        const char *mark = at[1] == '?' ? "?>" : "-->";
        const char *inside = at + (at[1] == '?' ? 2 : 4);
        const char *close = memmem(inside, (size_t)(end - inside), mark, strlen(mark));
        if (!close)
            break;
        close += strlen(mark);
        if (at[1] == '!') {
            buffer_add(out, at, (size_t)(close - at));
            buffer_byte(out, '\n');
        }
        at = close;
    }
    return out->length ? out->bytes : "";
}

static Error *read_model(Ctx *cx, Universe *universe, const char *xml, size_t length, Dmn **out)
{
    Dmn *model = NEW(cx->arena, Dmn);
    Reader reader = {.cx = cx, .arena = cx->arena, .model = model};
    if (length > LIMIT_MODEL_BYTES)
        return FAIL(cx, ERR_LIMIT, "the model is longer than %lu bytes", LIMIT_MODEL_BYTES);
    TRY(xml_read(cx, xml, length, &model->root));
    if (strcmp(model->root->name, "definitions") != 0 || !is_model_space(model->root->space))
        return FAIL(cx, ERR_INVALID, "the document is no DMN model of version 1.1 to 1.5, but %s",
                    model->root->name);
    model->prologue = prologue_of(cx->arena, xml, length);
    model->name = xml_attribute(model->root, "name");
    model->space = xml_attribute(model->root, "namespace");
    model->name = model->name ? model->name : "";
    model->space = model->space ? model->space : "";
    model->universe = universe;
    model->ids = map_new(cx->arena);
    model->decision_names = map_new(cx->arena);
    model->invocable_names = map_new(cx->arena);
    model->types_by_name = map_new(cx->arena);
    array_push(cx->arena, universe->models) = model;
    TRY(read_imports(&reader));
    read_elements(&reader);
    TRY(types_read(&reader));
    for (size_t i = 0; i < model->elements.count; i++)
        read_type(&reader, model->elements.items[i]);
    for (size_t i = 0; i < model->elements.count; i++) {
        Element *element = model->elements.items[i];
        reader.element = element;
        if (element->kind == ELEMENT_SERVICE)
            read_service(&reader, element);
        else
            read_requirements(&reader, element);
    }
    TRY(check_circles(&reader));
    for (size_t i = 0; i < model->elements.count; i++) {
        Element *element = model->elements.items[i];
        if (element->kind == ELEMENT_DECISION || element->kind == ELEMENT_KNOWLEDGE)
            TRY(compile_element(&reader, element));
    }
    *out = model;
    return NULL;
}

FALLIBLE dmn_read_with(Ctx *cx, const char *xml, size_t length, const DmnLibrary *library,
                       const Dmn **out)
{
    Universe *universe = NEW(cx->arena, Universe);
    Dmn *model;
    universe->library = library;
    universe->member_set = map_new(cx->arena);
    TRY(read_model(cx, universe, xml, length, &model));
    universe->library = NULL;
    *out = model;
    return NULL;
}

FALLIBLE dmn_read(Ctx *cx, const char *xml, size_t length, const Dmn **out)
{
    return dmn_read_with(cx, xml, length, NULL, out);
}

const char *dmn_name(const Dmn *model)
{
    return model->name;
}

size_t dmn_text_count(const Dmn *model)
{
    return model->sources.count;
}

const char *dmn_text(const Dmn *model, size_t index)
{
    return model->sources.items[index].text;
}

size_t dmn_decision_count(const Dmn *model)
{
    return model->decisions.count;
}

const char *dmn_decision_id(const Dmn *model, size_t index)
{
    return model->decisions.items[index]->id;
}

const char *dmn_decision_name(const Dmn *model, size_t index)
{
    return model->decisions.items[index]->name;
}

size_t dmn_problem_count(const Dmn *model)
{
    return model->problems.count;
}

const DmnProblem *dmn_problem(const Dmn *model, size_t index)
{
    return &model->problems.items[index];
}

static Value problems_value(Arena *arena, const Dmn *model)
{
    size_t count = model->problems.count;
    Value *items = NEW_ARRAY(arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        const DmnProblem *problem = &model->problems.items[i];
        items[i] = value_context(arena);
        value_set(arena, items[i], "element", value_text(problem->element));
        value_set(arena, items[i], "line", value_integer(problem->line));
        value_set(arena, items[i], "message", value_text(problem->message));
    }
    return value_list(items, count);
}

FALLIBLE dmn_require_sound(Ctx *cx, const Dmn *model)
{
    if (model->problems.count == 0)
        return NULL;
    const DmnProblem *problem = &model->problems.items[0];
    Error *error = error_detail(FAIL(cx, ERR_INVALID, "the decision \"%s\" cannot be read: %s",
                                     problem->element, problem->message),
                                "line %d", problem->line);
    error->line = problem->line;
    error->about = NEW(cx->arena, Value);
    *error->about = value_context(cx->arena);
    value_set(cx->arena, *error->about, "problems", problems_value(cx->arena, model));
    return error;
}
