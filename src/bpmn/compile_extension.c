// SPDX-License-Identifier: Apache-2.0
// Millrace's own attributes, as docs/extensions.md describes them. An element of the namespace that
// is unknown, or that stands where it means nothing, is a problem: never ignored.
#include "base/calendar.h"
#include "bpmn/compile.h"

#include <string.h>

const XmlNode *compile_extensions_of(const XmlNode *element)
{
    return xml_child(element, BPMN_SPACE, "extensionElements");
}

GraphTexts compile_texts(Compile *c, const XmlNode *parent, const char *name)
{
    ARRAY(GraphText) texts = {0};
    for (const XmlNode *child = xml_child(parent, MILLRACE_SPACE, name); child;
         child = xml_next(child, MILLRACE_SPACE, name)) {
        const char *language = xml_attribute(child, "lang");
        if (!language || !*language)
            PROBLEM(c, child, "missing-attribute", NULL, "<%s> needs the attribute lang", name);
        else
            array_push(c->cx->arena, texts) =
                (GraphText){language, text_trim(c->cx->arena, xml_text(c->cx->arena, child))};
    }
    return (GraphTexts){texts.items, texts.count};
}

const char *compile_need(Compile *c, const XmlNode *element, const char *name)
{
    const char *value = xml_attribute(element, name);
    if (value && *value)
        return value;
    PROBLEM(c, element, "missing-attribute", NULL, "<%s> needs the attribute %s", element->name,
            name);
    return NULL;
}

// Every element of our namespace directly below `parent` must be one of the words in `known`.
void compile_known_only(Compile *c, const XmlNode *parent, const char *known, const char *place)
{
    for (const XmlNode *child = xml_child(parent, MILLRACE_SPACE, NULL); child;
         child = xml_next(child, MILLRACE_SPACE, NULL)) {
        const char *spaced = text_format(c->cx->arena, " %s ", child->name);
        if (!strstr(known, spaced))
            PROBLEM(c, child, "unknown-extension", "See docs/extensions.md.",
                    "<millrace:%s> means nothing on %s", child->name, place);
    }
}

// Attributes of ours are in no namespace; an unknown one is a slip of the pen.
void compile_attributes_only(Compile *c, const XmlNode *element, const char *known)
{
    for (size_t i = 0; i < element->attribute_count; i++) {
        const XmlAttribute *attribute = &element->attributes[i];
        if (!*attribute->space &&
            !strstr(known, text_format(c->cx->arena, " %s ", attribute->name)))
            PROBLEM(c, element, "unknown-extension", "See docs/extensions.md.",
                    "<millrace:%s> has no attribute %s", element->name, attribute->name);
    }
}

// --- Variables: known before any expression is compiled ------------------------------------------

void compile_variables(Compile *c, const XmlNode *element)
{
    for (const XmlNode *child = xml_child(element, NULL, NULL); child;
         child = xml_next(child, NULL, NULL)) {
        compile_scope_name(c, xml_attribute_in(child, MILLRACE_SPACE, "result"));
        if (strcmp(child->space, MILLRACE_SPACE) == 0) {
            compile_scope_name(c, xml_attribute(child, "result"));
            if (strcmp(child->name, "output") == 0)
                compile_scope_name(c, xml_attribute(child, "name"));
            if (strcmp(child->name, "field") == 0 && xml_attribute(child, "type"))
                compile_scope_name(c, xml_attribute(child, "name"));
            if (strcmp(child->name, "each") == 0) {
                compile_scope_name(c, xml_attribute(child, "as"));
                compile_scope_name(c, xml_attribute(child, "output"));
                compile_scope_name(c, xml_attribute(child, "into"));
            }
            if (strcmp(child->name, "governs") == 0)
                compile_scope_name(c, xml_attribute(child, "variable"));
        } else if (strcmp(child->name, "dataObject") == 0 || strcmp(child->name, "property") == 0 ||
                   text_ends(child->name, "putDataItem")) { // input and output of instances
            const char *name = xml_attribute(child, "name");
            compile_scope_name(c, name && *name ? name : xml_attribute(child, "id"));
        }
        compile_variables(c, child);
    }
}

// --- The process ---------------------------------------------------------------------------------

static void governs_compile(Compile *c, const XmlNode *governs)
{
    Graph *graph = c->graph;
    compile_attributes_only(c, governs, " entity variable again ");
    compile_known_only(c, governs, " owns ", "<governs>");
    graph->entity = compile_need(c, governs, "entity");
    const char *variable = xml_attribute(governs, "variable");
    graph->variable = variable ? variable : graph->entity;
    graph->again = compile_flag(c, governs, "again", false);
    compile_scope_name(c, graph->variable);
    ARRAY(GraphOwned) owned = {0};
    for (const XmlNode *owns = xml_child(governs, MILLRACE_SPACE, "owns"); owns;
         owns = xml_next(owns, MILLRACE_SPACE, "owns")) {
        compile_attributes_only(c, owns, " field free-until ");
        const char *field = compile_need(c, owns, "field");
        if (field)
            array_push(c->cx->arena, owned) = (GraphOwned){field, -1};
    }
    graph->owned = owned.items;
    graph->owned_count = owned.count;
}

static void starts_compile(Compile *c, const XmlNode *extensions)
{
    ARRAY(GraphStart) starts = {0};
    for (const XmlNode *element = xml_child(extensions, MILLRACE_SPACE, "starts"); element;
         element = xml_next(element, MILLRACE_SPACE, "starts")) {
        compile_attributes_only(c, element, " on when model decision ");
        GraphStart start = {.node = -1, .on = compile_need(c, element, "on")};
        if (start.on && strcmp(start.on, "create") != 0)
            PROBLEM(c, element, "wrong-attribute", "Write on=\"create\".",
                    "a process cannot start on '%s'", start.on);
        if (!c->graph->entity)
            PROBLEM(c, element, "missing-element", "Add <millrace:governs entity=...>.",
                    "the process governs no entity whose records could start it");
        start.when = compile_attribute(c, element, "when", false);
        start.decision_model = xml_attribute(element, "model");
        start.decision = xml_attribute(element, "decision");
        if (!start.decision_model != !start.decision)
            PROBLEM(c, element, "missing-attribute", "Write model=\"...\" decision=\"...\".",
                    "a start by a decision names its model and the decision");
        array_push(c->cx->arena, starts) = start;
    }
    c->graph->record_starts = starts.items;
    c->graph->record_start_count = starts.count;
}

static void history_compile(Compile *c, const XmlNode *history)
{
    compile_attributes_only(c, history, " keep ");
    const char *keep = compile_need(c, history, "keep");
    DaysDuration days;
    int64_t months;
    bool known = keep && ((months_duration_parse(keep, strlen(keep), &months) && months > 0) ||
                          (days_duration_parse(keep, strlen(keep), &days) && days.seconds > 0));
    if (keep && !known)
        PROBLEM(c, history, "wrong-attribute", "Write a duration of months or of days: P5Y, P90D.",
                "histories cannot be kept for '%s'", keep);
    c->graph->keep = keep;
}

void compile_process_extensions(Compile *c, const XmlNode *process)
{
    const XmlNode *extensions = compile_extensions_of(process);
    compile_known_only(c, extensions, " governs owner starts cancel version text times history ",
                       "a process");
    const XmlNode *times = xml_child(extensions, MILLRACE_SPACE, "times");
    if (times) {
        GraphTime own = {0};
        compile_attributes_only(c, times, " zone calendar ");
        compile_time_place(c, times, xml_attribute(times, "zone"), xml_attribute(times, "calendar"),
                           &own);
        c->zone = own.zone;
        c->calendar = own.calendar;
    }
    const XmlNode *history = xml_child(extensions, MILLRACE_SPACE, "history");
    if (history)
        history_compile(c, history);
    const XmlNode *governs = xml_child(extensions, MILLRACE_SPACE, "governs");
    if (governs)
        governs_compile(c, governs);
    if (xml_next(governs, MILLRACE_SPACE, "governs"))
        PROBLEM(c, governs, "unknown-extension", NULL, "a process governs one entity only");
    starts_compile(c, extensions);
    const XmlNode *cancel = xml_child(extensions, MILLRACE_SPACE, "cancel");
    if (cancel) {
        compile_attributes_only(c, cancel, " message ");
        c->graph->cancel_message = compile_need(c, cancel, "message");
    }
    const XmlNode *owner = xml_child(extensions, MILLRACE_SPACE, "owner");
    if (owner) {
        compile_attributes_only(c, owner, " department ");
        c->graph->owner = compile_need(c, owner, "department");
    }
    const XmlNode *version = xml_child(extensions, MILLRACE_SPACE, "version");
    if (version) {
        compile_attributes_only(c, version, " tag ");
        c->graph->tag = compile_need(c, version, "tag");
    }
    c->graph->names = compile_texts(c, extensions, "text");
}

// Once the steps are known.
void compile_owned(Compile *c, const XmlNode *process)
{
    const XmlNode *governs = xml_child(compile_extensions_of(process), MILLRACE_SPACE, "governs");
    GraphOwned *owned = (GraphOwned *)(uintptr_t)c->graph->owned;
    size_t index = 0;
    for (const XmlNode *owns = xml_child(governs, MILLRACE_SPACE, "owns"); owns;
         owns = xml_next(owns, MILLRACE_SPACE, "owns")) {
        const char *step = xml_attribute(owns, "free-until");
        if (!xml_attribute(owns, "field"))
            continue;
        if (step)
            owned[index].free_until = compile_node_of(c, owns, step);
        index++;
    }
}

void compile_lane_extensions(Compile *c, GraphLane *lane, const XmlNode *element)
{
    const XmlNode *extensions = compile_extensions_of(element);
    compile_known_only(c, extensions, " lane text ", "a lane");
    const XmlNode *own = xml_child(extensions, MILLRACE_SPACE, "lane");
    if (own)
        compile_attributes_only(c, own, " department position ");
    lane->department = xml_attribute(own, "department");
    lane->position = xml_attribute(own, "position");
    lane->names = compile_texts(c, extensions, "text");
}

// --- Steps ---------------------------------------------------------------------------------------

static void mappings_add(Compile *c, const XmlNode *parent, const char *name, MappingArray *out)
{
    for (const XmlNode *child = xml_child(parent, MILLRACE_SPACE, name); child;
         child = xml_next(child, MILLRACE_SPACE, name)) {
        compile_attributes_only(c, child, " name value ");
        GraphMapping mapping = {.name = compile_need(c, child, "name"),
                                .value = compile_attribute(c, child, "value", true)};
        if (mapping.name && mapping.value)
            array_push(c->cx->arena, *out) = mapping;
    }
}

// Inputs and outputs may stand inside <call>, <decision>, <message> or beside them.
static void mappings_compile(Compile *c, GraphNode *node, const XmlNode *element)
{
    const XmlNode *extensions = compile_extensions_of(element);
    MappingArray inputs = {0}, outputs = {0};
    const char *const holders[] = {"call", "decision", "message", "external"};
    compile_data(c, node, element, &inputs, &outputs);
    mappings_add(c, extensions, "input", &inputs);
    mappings_add(c, extensions, "output", &outputs);
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++) {
        const XmlNode *holder = xml_child(extensions, MILLRACE_SPACE, holders[i]);
        if (holder)
            compile_known_only(c, holder, " input output ",
                               text_format(c->cx->arena, "<%s>", holders[i]));
        mappings_add(c, holder, "input", &inputs);
        mappings_add(c, holder, "output", &outputs);
    }
    node->inputs = (GraphMappings){inputs.items, inputs.count};
    node->outputs = (GraphMappings){outputs.items, outputs.count};
}

static void sets_compile(Compile *c, GraphNode *node, const XmlNode *extensions)
{
    ARRAY(GraphSet) sets = {0};
    for (const XmlNode *element = xml_child(extensions, MILLRACE_SPACE, "set"); element;
         element = xml_next(element, MILLRACE_SPACE, "set")) {
        compile_attributes_only(c, element, " field value on ");
        const char *on = xml_attribute(element, "on");
        GraphSet set = {.field = compile_need(c, element, "field"),
                        .value = compile_attribute(c, element, "value", true),
                        .on_leave = text_equal(on, "leave")};
        if (on && strcmp(on, "leave") != 0 && strcmp(on, "enter") != 0)
            PROBLEM(c, element, "wrong-attribute", NULL, "on is '%s', not enter or leave", on);
        if (set.field && !graph_owned(c->graph, set.field))
            PROBLEM(c, element, "not-owned", "Add <millrace:owns field=...> to the process.",
                    "the process does not own the field '%s'", set.field);
        else if (set.field && set.value)
            array_push(c->cx->arena, sets) = set;
    }
    node->sets = sets.items;
    node->set_count = sets.count;
}

static bool one_of(const char *word, const char *words, Compile *c)
{
    return strstr(words, text_format(c->cx->arena, " %s ", word)) != NULL;
}

static void field_choices(Compile *c, GraphField *field, const XmlNode *element)
{
    ARRAY(const char *) choices = {0};
    ARRAY(GraphTexts) titles = {0};
    for (const XmlNode *choice = xml_child(element, MILLRACE_SPACE, "choice"); choice;
         choice = xml_next(choice, MILLRACE_SPACE, "choice")) {
        compile_attributes_only(c, choice, " value ");
        compile_known_only(c, choice, " text ", "a choice");
        const char *value = compile_need(c, choice, "value");
        array_push(c->cx->arena, choices) = value ? value : "";
        array_push(c->cx->arena, titles) = compile_texts(c, choice, "text");
    }
    field->choices = choices.items;
    field->choice_titles = titles.items;
    field->choice_count = choices.count;
    if ((field->choice_count > 0) != text_equal(field->type, "choice"))
        PROBLEM(c, element, "wrong-field", NULL,
                "field '%s': choices and type=\"choice\" belong together", field->name);
}

static GraphField field_compile(Compile *c, const XmlNode *element)
{
    compile_attributes_only(c, element, " name access type personal ");
    compile_known_only(c, element, " choice text ", "a field");
    const char *access = xml_attribute(element, "access");
    GraphField field = {.name = compile_need(c, element, "name"),
                        .access = FIELD_OPTIONAL,
                        .type = xml_attribute(element, "type"),
                        .titles = compile_texts(c, element, "text")};
    if (text_equal(access, "required"))
        field.access = FIELD_REQUIRED;
    else if (text_equal(access, "read"))
        field.access = FIELD_READ;
    else if (access && strcmp(access, "optional") != 0)
        PROBLEM(c, element, "wrong-attribute", NULL,
                "access is '%s', not required, optional or read", access);
    if (field.type &&
        !one_of(field.type, " text long_text boolean decimal integer date choice ", c))
        PROBLEM(c, element, "wrong-attribute",
                "Use text, long_text, boolean, decimal, integer, date or choice.",
                "a form cannot ask for the type '%s'", field.type);
    field.personal = compile_flag(c, element, "personal", false);
    if (field.personal && !field.type)
        PROBLEM(c, element, "wrong-field", "Declare it personal in the pack.",
                "field '%s' is one of a record, which says itself what is personal",
                field.name ? field.name : "");
    if (!field.type && !c->graph->entity)
        PROBLEM(c, element, "wrong-field", "Give it a type, or let the process govern an entity.",
                "field '%s' is no field of a record: the process governs none",
                field.name ? field.name : "");
    if (!field.name)
        field.name = "";
    field_choices(c, &field, element);
    return field;
}

void compile_form(Compile *c, GraphTask *task, const XmlNode *extensions)
{
    ARRAY(GraphField) fields = {0};
    const XmlNode *form = xml_child(extensions, MILLRACE_SPACE, "form");
    compile_known_only(c, form, " field ", "a form");
    for (const XmlNode *field = xml_child(form, MILLRACE_SPACE, "field"); field;
         field = xml_next(field, MILLRACE_SPACE, "field"))
        array_push(c->cx->arena, fields) = field_compile(c, field);
    task->fields = fields.items;
    task->field_count = fields.count;
}

static void calls_compile(Compile *c, GraphNode *node, const XmlNode *extensions)
{
    const XmlNode *call = xml_child(extensions, MILLRACE_SPACE, "call");
    const XmlNode *decision = xml_child(extensions, MILLRACE_SPACE, "decision");
    if (call) {
        compile_attributes_only(c, call, " function result async ");
        node->function = compile_need(c, call, "function");
        node->is_async = compile_flag(c, call, "async", false);
        if (xml_attribute(call, "result"))
            node->result = xml_attribute(call, "result");
    }
    if (decision) {
        compile_attributes_only(c, decision, " model decision result ");
        node->decision_model = compile_need(c, decision, "model");
        node->decision = compile_need(c, decision, "decision");
        node->result = xml_attribute(decision, "result");
    }
    const XmlNode *external = xml_child(extensions, MILLRACE_SPACE, "external");
    if (external) {
        compile_attributes_only(c, external, " topic result ");
        node->topic = compile_need(c, external, "topic");
        node->result = xml_attribute(external, "result");
        if (call)
            PROBLEM(c, external, "unknown-extension", "Keep one of <call> and <external>.",
                    "'%s' is done by a function point or by a program outside, not by both",
                    node->id);
    }
}

// <millrace:called binding="latest|deployment|version|tag" version="3" tag="stable"/>
static void called_compile(Compile *c, GraphNode *node, const XmlNode *extensions)
{
    static const char *const words[] = {"latest", "deployment", "version", "tag"};
    const XmlNode *called = xml_child(extensions, MILLRACE_SPACE, "called");
    if (!called)
        return;
    compile_attributes_only(c, called, " binding version tag ");
    const char *binding = compile_need(c, called, "binding");
    int kind = 0;
    while (kind < 4 && !text_equal(binding, words[kind]))
        kind++;
    if (binding && kind == 4)
        PROBLEM(c, called, "wrong-attribute", "Use latest, deployment, version or tag.",
                "binding is '%s'", binding);
    node->binding = kind < 4 ? (GraphBinding)kind : BINDING_LATEST;
    node->called_version = compile_integer(c, called, "version", 0, 1);
    node->called_tag = xml_attribute(called, "tag");
    if (node->binding == BINDING_VERSION && !node->called_version)
        (void)compile_need(c, called, "version");
    if (node->binding == BINDING_TAG && !node->called_tag)
        (void)compile_need(c, called, "tag");
}

const Feel *compile_own_correlation(Compile *c, const XmlNode *message)
{
    const XmlNode *extensions = compile_extensions_of(message);
    compile_known_only(c, extensions, " correlation text ", "a message");
    const XmlNode *own = xml_child(extensions, MILLRACE_SPACE, "correlation");
    if (!own)
        return NULL;
    compile_attributes_only(c, own, " key ");
    return compile_attribute(c, own, "key", true);
}

static GraphOnce once_compile(Compile *c, const XmlNode *message)
{
    const char *once = xml_attribute(message, "once");
    if (once && strcmp(once, "running") != 0 && strcmp(once, "ever") != 0)
        PROBLEM(c, message, "wrong-attribute", "Use running or ever.", "once is '%s'", once);
    return !once ? ONCE_NOT : strcmp(once, "ever") == 0 ? ONCE_EVER : ONCE_RUNNING;
}

// The key of a message, and its payload (thrown) or outputs (caught), go to its trigger.
static void triggers_complete(Compile *c, GraphNode *node, const XmlNode *extensions)
{
    const XmlNode *message = xml_child(extensions, MILLRACE_SPACE, "message");
    if (message)
        compile_attributes_only(c, message, node->kind == NODE_START ? " key once " : " key ");
    GraphOnce once = once_compile(c, message);
    const Feel *key = compile_attribute(c, message, "key", false);
    GraphTrigger *triggers = (GraphTrigger *)(uintptr_t)node->triggers;
    for (size_t i = 0; i < node->trigger_count; i++) {
        triggers[i].payload = node->inputs;
        triggers[i].outputs = node->outputs;
        if (triggers[i].kind == TRIGGER_MESSAGE && key) { // else the one of the <message>
            triggers[i].key = key;
            triggers[i].key_in_payload = false;
        }
        triggers[i].once = once;
    }
}

static const char *allowed_on(const GraphNode *node)
{
    switch (node->kind) {
    case NODE_USER_TASK:
    case NODE_MANUAL_TASK:
        return " text set task candidates form instruction separate entry exit keep escalate "
               "distribute "
               "output ";
    case NODE_SERVICE_TASK:
        return " text set call external input output ";
    case NODE_SCRIPT_TASK:
        return " text set call input output ";
    case NODE_RULE_TASK:
        return " text set call decision input output ";
    case NODE_SEND_TASK:
        return " text set call external message input output ";
    case NODE_RECEIVE_TASK:
    case NODE_START:
    case NODE_CATCH:
    case NODE_BOUNDARY:
    case NODE_THROW:
    case NODE_END:
        return " text set message input output ";
    case NODE_CALL_ACTIVITY:
        return " text set called input output ";
    case NODE_AD_HOC:
        return " text set choose ";
    default:
        return " text set ";
    }
}

void compile_node_extensions(Compile *c, GraphNode *node, const XmlNode *element)
{
    const XmlNode *extensions = compile_extensions_of(element);
    const char *place = text_format(c->cx->arena, "a %s", node_kind_word(node->kind));
    compile_known_only(c, extensions, allowed_on(node), place);
    mappings_compile(c, node, element);
    sets_compile(c, node, extensions);
    calls_compile(c, node, extensions);
    called_compile(c, node, extensions);
    triggers_complete(c, node, extensions);
    node->chosen = xml_child(extensions, MILLRACE_SPACE, "choose") != NULL;
    if (node->kind == NODE_USER_TASK || node->kind == NODE_MANUAL_TASK)
        compile_work(c, node, extensions);
}
