// SPDX-License-Identifier: Apache-2.0
#include "bpmn/compile.h"

#include "base/messages.h"
#include "bpmn/timer.h"
#include "feel/check.h"

#include <stdlib.h>
#include <string.h>

// --- What stands in a process -------------------------------------------------------------------

typedef struct NodeName {
    const char *element;
    NodeKind kind;
} NodeName;

static const NodeName node_names[] = {
    {"startEvent", NODE_START},
    {"intermediateCatchEvent", NODE_CATCH},
    {"intermediateThrowEvent", NODE_THROW},
    {"endEvent", NODE_END},
    {"boundaryEvent", NODE_BOUNDARY},
    {"task", NODE_TASK},
    {"userTask", NODE_USER_TASK},
    {"manualTask", NODE_MANUAL_TASK},
    {"serviceTask", NODE_SERVICE_TASK},
    {"scriptTask", NODE_SCRIPT_TASK},
    {"businessRuleTask", NODE_RULE_TASK},
    {"sendTask", NODE_SEND_TASK},
    {"receiveTask", NODE_RECEIVE_TASK},
    {"callActivity", NODE_CALL_ACTIVITY},
    {"subProcess", NODE_SUB_PROCESS},
    {"transaction", NODE_TRANSACTION},
    {"adHocSubProcess", NODE_AD_HOC},
    {"exclusiveGateway", NODE_EXCLUSIVE},
    {"parallelGateway", NODE_PARALLEL},
    {"inclusiveGateway", NODE_INCLUSIVE},
    {"complexGateway", NODE_COMPLEX},
    {"eventBasedGateway", NODE_EVENT_GATEWAY},
};

// Stands in a process or sub-process without being a step: notes, data, roles, what others read.
static const char *const beside_names[] = {
    "documentation",
    "extensionElements",
    "incoming",
    "outgoing",
    "textAnnotation",
    "group",
    "dataObject",
    "dataObjectReference",
    "property",
    "dataStoreReference",
    "auditing",
    "monitoring",
    "ioSpecification",
    "dataInputAssociation",
    "dataOutputAssociation",
    "supportedInterfaceRef",
    "artifact",
    "category",
    "completionCondition",
    "standardLoopCharacteristics",
    "multiInstanceLoopCharacteristics",
    "supports",
    "ioBinding",
    "script",
    "activationCondition",
    "correlationSubscription",
};

static const NodeName *node_name(const char *element)
{
    for (size_t i = 0; i < sizeof node_names / sizeof *node_names; i++)
        if (strcmp(node_names[i].element, element) == 0)
            return &node_names[i];
    return NULL;
}

static bool stands_beside(const char *element)
{
    for (size_t i = 0; i < sizeof beside_names / sizeof *beside_names; i++)
        if (strcmp(beside_names[i], element) == 0)
            return true;
    return false;
}

bool compile_said(Compile *c, const XmlNode *element)
{
    for (size_t i = 0; i < c->problems->count; i++)
        if (c->problems->items[i].node == element && !c->problems->items[i].warning) {
            c->broken = true;
            return true;
        }
    return false;
}

// --- Small readers -------------------------------------------------------------------------------

bool compile_flag(Compile *c, const XmlNode *element, const char *name, bool fallback)
{
    const char *text = xml_attribute(element, name);
    if (!text)
        return fallback;
    if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
        return true;
    if (strcmp(text, "false") != 0 && strcmp(text, "0") != 0)
        GUARD(c, element, "wrong-attribute", "Write true or false.",
              "attribute %s is '%s', not true or false", name, text);
    return false;
}

int compile_integer(Compile *c, const XmlNode *element, const char *name, int fallback, int least)
{
    const char *text = xml_attribute(element, name);
    if (!text)
        return fallback;
    char *end;
    long number = strtol(text, &end, 10);
    if (*end || end == text || number < least || number > 1000000) {
        GUARD(c, element, "wrong-attribute", NULL,
              "attribute %s is '%s', not a whole number from %d", name, text, least);
        return fallback;
    }
    return (int)number;
}

void compile_scope_name(Compile *c, const char *name)
{
    if (!name || !*name || map_get(c->names, name))
        return;
    map_put(c->names, name, (void *)(uintptr_t)name);
    array_push(c->cx->arena, c->name_list) = name;
}

// Names that the engine itself gives to some expressions.
static const char *const given_names[] = {
    "result",
    "loopCounter",
    "numberOfInstances",
    "numberOfActiveInstances",
    "numberOfCompletedInstances",
    "numberOfTerminatedInstances",
    "activationCount",
    "waitingForStart",
};
#define GIVEN_NAMES (sizeof given_names / sizeof *given_names)

// What will not go well when it is evaluated: a warning. A name that nothing in the model writes
// may be a slip of the pen, or a variable that whoever starts the process brings along.
static void expression_check(Compile *c, const XmlNode *where, const char *source)
{
    size_t count = c->name_list.count;
    FeelField *names = NEW_ARRAY(c->cx->arena, FeelField, count + GIVEN_NAMES);
    for (size_t i = 0; i < count; i++)
        names[i].name = c->name_list.items[i];
    for (size_t i = 0; i < GIVEN_NAMES; i++)
        names[count + i].name = given_names[i];
    FeelCheckSetting setting = {.names = names, .name_count = count + GIVEN_NAMES};
    FeelCheck check;
    if (feel_check(c->cx, source, &setting, &check))
        return; // compile_feel tells it
    for (size_t i = 0; i < check.problems.count; i++) {
        const FeelDiagnostic *one = &check.problems.items[i];
        bool unknown = strcmp(one->code, "unknown-name") == 0;
        bpmn_warning(c->cx, c->problems, where, unknown ? "unknown-name" : "doubtful-expression",
                     one->hint ? one->hint
                     : unknown ? "Nothing in the model writes it; is it misspelt?"
                               : NULL,
                     "in the expression '%s' at %d: %s", source, one->from + 1, one->message);
    }
}

const Feel *compile_feel(Compile *c, const XmlNode *where, const char *source)
{
    FeelOptions options = {
        .names = c->name_list.items, .name_count = c->name_list.count, .strict_scope = true};
    const Feel *expression = NULL;
    Error *error = feel_compile(c->cx, source, &options, &expression);
    if (!error && c->graph->variable)
        error = feel_reads(c->cx, source, &options, c->graph->variable, &c->reads);
    if (!error) {
        expression_check(c, where, source);
        return expression;
    }
    PROBLEM(c, where, "wrong-expression", error->hint, "the expression '%s' is not FEEL: %s",
            source, error->message);
    return NULL;
}

// XPath is the standard's default, which nobody means when he says nothing.
static bool language_is_feel(const char *language)
{
    return !language || !*language || strcasecmp(language, "feel") == 0 ||
           strstr(language, "/FEEL") || strcmp(language, "http://www.w3.org/1999/XPath") == 0;
}

const Feel *compile_expression(Compile *c, const XmlNode *expression)
{
    if (!expression)
        return NULL;
    const char *language = xml_attribute(expression, "language");
    if (!language_is_feel(language)) {
        PROBLEM(c, expression, "unsupported-language", "Write the expression in FEEL.",
                "the expression language '%s' is not supported", language);
        return NULL;
    }
    const char *source = text_trim(c->cx->arena, xml_text(c->cx->arena, expression));
    if (!*source) {
        GUARD(c, expression, "empty-expression", NULL, "<%s> is empty", expression->name);
        return NULL;
    }
    return compile_feel(c, expression, source);
}

const Feel *compile_attribute(Compile *c, const XmlNode *element, const char *name, bool required)
{
    const char *source = xml_attribute(element, name);
    if (source)
        return compile_feel(c, element, source);
    if (required)
        PROBLEM(c, element, "missing-attribute", NULL, "<%s> needs the attribute %s", element->name,
                name);
    return NULL;
}

bool compile_time(Compile *c, const XmlNode *where, const char *text, GraphTime *out)
{
    TimeSpec spec;
    *out = (GraphTime){.zone = c->zone, .calendar = c->calendar};
    if (time_spec_parse(text, &spec))
        out->text = text;
    else
        out->expression = compile_feel(c, where, text);
    return out->text || out->expression;
}

static const char *calendar_named(Compile *c, const char *name)
{
    if (!*name)
        return NULL; // all time counts here
    for (size_t i = 0; i < c->calendars.count; i++)
        if (strcmp(c->calendars.items[i], name) == 0)
            return c->calendars.items[i];
    return array_push(c->cx->arena, c->calendars) = name;
}

void compile_time_place(Compile *c, const XmlNode *where, const char *zone, const char *calendar,
                        GraphTime *out)
{
    out->zone = zone ? zone_named(zone) : c->zone;
    if (zone && !out->zone) {
        PROBLEM(c, where, "unknown-zone", "Use a name as Europe/Berlin or Asia/Shanghai.",
                "there is no time zone '%s'", zone ? zone : "");
        out->zone = c->zone;
    }
    // A zone of its own takes the time out of the calendar of the process.
    out->calendar = calendar ? calendar_named(c, calendar) : zone ? NULL : c->calendar;
    if (zone && out->calendar)
        PROBLEM(c, where, "wrong-attribute", "Remove the zone.",
                "the calendar '%s' has a zone of its own", calendar);
}

int compile_node_of(Compile *c, const XmlNode *where, const char *id)
{
    intptr_t number = (intptr_t)map_get(c->node_numbers, id);
    if (!number) {
        const char *colon = strrchr(id, ':');
        number = colon ? (intptr_t)map_get(c->node_numbers, colon + 1) : 0;
    }
    if (!number)
        GUARD(c, where, "unknown-reference", NULL, "'%s' is no step of this process", id);
    return (int)number - 1;
}

// --- Collect -------------------------------------------------------------------------------------

static int scope_add(Compile *c, const XmlNode *element, int node, int parent)
{
    GraphScope scope = {.index = (int)c->scopes.count, .node = node, .parent = parent};
    array_push(c->cx->arena, c->scopes) = scope;
    array_push(c->cx->arena, c->scope_elements) = element;
    return scope.index;
}

static void scope_collect(Compile *c, const XmlNode *element, int scope);

static void node_collect(Compile *c, const XmlNode *element, NodeKind kind, int scope)
{
    const char *id = xml_attribute(element, "id");
    if (!id || !*id) {
        GUARD(c, element, "missing-id", "Give it an id.", "<%s> has no id", element->name);
        id = "";
    }
    if (kind == NODE_SUB_PROCESS && compile_flag(c, element, "triggeredByEvent", false))
        kind = NODE_EVENT_SUB_PROCESS;
    const char *name = xml_attribute(element, "name");
    GraphNode node = {.index = (int)c->nodes.count,
                      .kind = kind,
                      .id = id,
                      .name = name ? text_trim(c->cx->arena, name) : "",
                      .line = element->line,
                      .scope = scope,
                      .inner = -1,
                      .lane = -1,
                      .default_edge = -1,
                      .attached_to = -1,
                      .compensation = -1,
                      .interrupting = true,
                      .start_quantity = 1,
                      .completion_quantity = 1};
    array_push(c->cx->arena, c->nodes) = node;
    array_push(c->cx->arena, c->elements) = element;
    map_put(c->node_numbers, id, (void *)(intptr_t)(node.index + 1));
    if (kind == NODE_SUB_PROCESS || kind == NODE_EVENT_SUB_PROCESS || kind == NODE_TRANSACTION ||
        kind == NODE_AD_HOC) {
        int inner = scope_add(c, element, node.index, scope);
        c->nodes.items[node.index].inner = inner;
        scope_collect(c, element, inner);
    }
}

static void edge_collect(Compile *c, const XmlNode *element)
{
    const char *id = xml_attribute(element, "id"), *name = xml_attribute(element, "name");
    GraphEdge edge = {.index = (int)c->edges.count,
                      .id = id ? id : "",
                      .name = name ? name : "",
                      .source = -1,
                      .target = -1};
    array_push(c->cx->arena, c->edges) = edge;
    array_push(c->cx->arena, c->flows) = element;
    if (id)
        map_put(c->edge_numbers, id, (void *)(intptr_t)(edge.index + 1));
}

static void scope_collect(Compile *c, const XmlNode *element, int scope)
{
    for (const XmlNode *child = xml_child(element, NULL, NULL); child;
         child = xml_next(child, NULL, NULL)) {
        const NodeName *known = node_name(child->name);
        if (strcmp(child->space, BPMN_SPACE) != 0)
            GUARD(c, child, "foreign-element",
                  "Foreign elements belong inside <extensionElements>.",
                  "<%s> of the namespace '%s' cannot stand here", child->name, child->space);
        else if (known)
            node_collect(c, child, known->kind, scope);
        else if (strcmp(child->name, "sequenceFlow") == 0)
            edge_collect(c, child);
        else if (strcmp(child->name, "association") == 0)
            array_push(c->cx->arena, c->associations) = child;
        else if (strcmp(child->name, "laneSet") == 0)
            array_push(c->cx->arena, c->lane_sets) = child;
        else if (!stands_beside(child->name))
            GUARD(c, child, "unsupported-element", "Remove it, or draw it in another way.",
                  "<%s> is not supported in a process", child->name);
    }
}

// --- Connect -------------------------------------------------------------------------------------

static void edge_connect(Compile *c, GraphEdge *edge, const XmlNode *element)
{
    const char *source = xml_attribute(element, "sourceRef");
    const char *target = xml_attribute(element, "targetRef");
    if (!source || !target) {
        GUARD(c, element, "missing-attribute", NULL,
              "a sequence flow needs sourceRef and targetRef");
        return;
    }
    edge->source = compile_node_of(c, element, source);
    edge->target = compile_node_of(c, element, target);
    if (edge->source >= 0 && edge->target >= 0 &&
        c->nodes.items[edge->source].scope != c->nodes.items[edge->target].scope)
        GUARD(c, element, "flow-crosses-scope",
              "A sequence flow cannot cross the border of a sub-process.",
              "the sequence flow from '%s' to '%s' crosses a sub-process", source, target);
    edge->names = compile_texts(c, compile_extensions_of(element), "text");
    edge->condition = compile_expression(c, xml_child(element, BPMN_SPACE, "conditionExpression"));
}

static const int *edges_of(Compile *c, int node, bool outgoing, size_t *count)
{
    IntArray found = {0};
    for (size_t i = 0; i < c->edges.count; i++) {
        GraphEdge *edge = &c->edges.items[i];
        if ((outgoing ? edge->source : edge->target) != node || edge->source < 0 ||
            edge->target < 0)
            continue;
        if (!outgoing)
            edge->entry = (int)found.count;
        array_push(c->cx->arena, found) = edge->index;
    }
    *count = found.count;
    return found.items;
}

static void default_connect(Compile *c, GraphNode *node, const XmlNode *element)
{
    const char *id = xml_attribute(element, "default");
    if (!id)
        return;
    int number = (int)(intptr_t)map_get(c->edge_numbers, id);
    if (!number || c->edges.items[number - 1].source != node->index)
        GUARD(c, element, "unknown-reference", "The default flow must leave the step.",
              "the default flow '%s' is no outgoing sequence flow", id);
    else
        node->default_edge = number - 1;
}

static void boundary_connect(Compile *c, GraphNode *node, const XmlNode *element)
{
    const char *host = xml_attribute(element, "attachedToRef");
    if (!host) {
        GUARD(c, element, "missing-attribute", NULL, "a boundary event needs attachedToRef");
        return;
    }
    node->attached_to = compile_node_of(c, element, host);
    if (node->attached_to >= 0 && !node_is_activity(&c->nodes.items[node->attached_to])) {
        GUARD(c, element, "wrong-reference", NULL, "a boundary event cannot stand on '%s'", host);
        node->attached_to = -1;
    }
    if (node->attached_to >= 0 && c->nodes.items[node->attached_to].scope != node->scope)
        PROBLEM(c, element, "wrong-reference", NULL,
                "the boundary event and '%s' stand in different sub-processes", host);
}

// By a definition of its own, or one at the root of the model.
static bool awaits_compensation(Compile *c, const XmlNode *event)
{
    const XmlNode *reference = xml_child(event, BPMN_SPACE, "eventDefinitionRef");
    for (; reference; reference = xml_next(reference, BPMN_SPACE, "eventDefinitionRef")) {
        const char *id = text_trim(c->cx->arena, xml_text(c->cx->arena, reference));
        if (xml_is(bpmn_element(c->model, id), BPMN_SPACE, "compensateEventDefinition"))
            return true;
    }
    return xml_child(event, BPMN_SPACE, "compensateEventDefinition") != NULL;
}

// A compensation boundary event leads by an association to the activity that compensates.
static void compensation_connect(Compile *c, const XmlNode *association)
{
    const char *source = xml_attribute(association, "sourceRef");
    const char *target = xml_attribute(association, "targetRef");
    intptr_t from = source ? (intptr_t)map_get(c->node_numbers, source) : 0;
    intptr_t to = target ? (intptr_t)map_get(c->node_numbers, target) : 0;
    if (!from || !to)
        return; // a note or a data object
    GraphNode *boundary = &c->nodes.items[from - 1], *handler = &c->nodes.items[to - 1];
    if (boundary->kind != NODE_BOUNDARY || boundary->attached_to < 0 ||
        !awaits_compensation(c, c->elements.items[boundary->index]))
        return;
    if (!handler->for_compensation || handler->scope != boundary->scope)
        PROBLEM(c, association, "compensation-handler",
                "Mark the activity with isForCompensation=\"true\".",
                "'%s' cannot compensate: it is no compensation activity beside '%s'", handler->id,
                boundary->id);
    else
        c->nodes.items[boundary->attached_to].compensation = handler->index;
}

static void boundaries_gather(Compile *c, GraphNode *host)
{
    IntArray found = {0};
    for (size_t i = 0; i < c->nodes.count; i++)
        if (c->nodes.items[i].kind == NODE_BOUNDARY &&
            c->nodes.items[i].attached_to == host->index &&
            !(c->nodes.items[i].trigger_count == 1 &&
              c->nodes.items[i].triggers[0].kind == TRIGGER_COMPENSATION))
            array_push(c->cx->arena, found) = (int)i;
    host->boundaries = found.items;
    host->boundary_count = found.count;
}

static void lane_connect(Compile *c, const XmlNode *element)
{
    const char *id = xml_attribute(element, "id"), *name = xml_attribute(element, "name");
    GraphLane lane = {.index = (int)c->lanes.count, .id = id ? id : "", .name = name ? name : ""};
    compile_lane_extensions(c, &lane, element);
    array_push(c->cx->arena, c->lanes) = lane;
    for (const XmlNode *ref = xml_child(element, BPMN_SPACE, "flowNodeRef"); ref;
         ref = xml_next(ref, BPMN_SPACE, "flowNodeRef")) {
        int node = compile_node_of(c, ref, text_trim(c->cx->arena, xml_text(c->cx->arena, ref)));
        if (node >= 0)
            c->nodes.items[node].lane = lane.index;
    }
    const XmlNode *inner = xml_child(element, BPMN_SPACE, "childLaneSet");
    for (const XmlNode *child = xml_child(inner, BPMN_SPACE, "lane"); child;
         child = xml_next(child, BPMN_SPACE, "lane"))
        lane_connect(c, child);
}

// Steps inside a sub-process belong to the lane of the sub-process unless they have their own.
static void lanes_connect(Compile *c)
{
    for (size_t i = 0; i < c->lane_sets.count; i++)
        for (const XmlNode *lane = xml_child(c->lane_sets.items[i], BPMN_SPACE, "lane"); lane;
             lane = xml_next(lane, BPMN_SPACE, "lane"))
            lane_connect(c, lane);
    for (size_t i = 0; i < c->nodes.count; i++)
        for (int scope = c->nodes.items[i].scope; c->nodes.items[i].lane < 0 && scope > 0;
             scope = c->scopes.items[scope].parent)
            c->nodes.items[i].lane = c->nodes.items[c->scopes.items[scope].node].lane;
}

// --- Scopes --------------------------------------------------------------------------------------

static bool starts_scope(const Compile *c, const GraphNode *node)
{
    const GraphScope *scope = &c->scopes.items[node->scope];
    if (node->kind == NODE_START)
        return node->trigger_count == 0;
    if (node->kind == NODE_BOUNDARY || node->kind == NODE_EVENT_SUB_PROCESS ||
        node->for_compensation || node->incoming_count || node->instantiate)
        return false;
    if (node->kind == NODE_CATCH && node->trigger_count == 1 &&
        node->triggers[0].kind == TRIGGER_LINK)
        return false;
    // Steps nothing leads to start only where there is no start event at all.
    for (size_t i = 0; i < c->nodes.count; i++)
        if (c->nodes.items[i].kind == NODE_START && c->nodes.items[i].scope == scope->index)
            return false;
    return true;
}

static void data_collect(Compile *c, GraphScope *scope, const XmlNode *element)
{
    ARRAY(GraphMapping) data = {0};
    for (const XmlNode *child = xml_child(element, BPMN_SPACE, NULL); child;
         child = xml_next(child, BPMN_SPACE, NULL)) {
        if (strcmp(child->name, "dataObject") != 0 && strcmp(child->name, "property") != 0)
            continue;
        const char *name = xml_attribute(child, "name");
        if (!name || !*name)
            name = xml_attribute(child, "id");
        if (name)
            array_push(c->cx->arena, data) = (GraphMapping){.name = name};
    }
    scope->data = data.items;
    scope->data_count = data.count;
}

static void scope_finish(Compile *c, GraphScope *scope)
{
    IntArray starts = {0}, events = {0}, nodes = {0};
    for (size_t i = 0; i < c->nodes.count; i++) {
        const GraphNode *node = &c->nodes.items[i];
        if (node->scope != scope->index)
            continue;
        array_push(c->cx->arena, nodes) = node->index;
        if (node->kind == NODE_EVENT_SUB_PROCESS)
            array_push(c->cx->arena, events) = node->index;
        if (starts_scope(c, node))
            array_push(c->cx->arena, starts) = node->index;
    }
    scope->starts = starts.items;
    scope->start_count = starts.count;
    scope->event_sub_processes = events.items;
    scope->event_sub_process_count = events.count;
    scope->nodes = nodes.items;
    scope->node_count = nodes.count;
    data_collect(c, scope, c->scope_elements.items[scope->index]);
}

// --- The whole -----------------------------------------------------------------------------------

static void nodes_detail(Compile *c)
{
    for (size_t i = 0; i < c->nodes.count; i++) {
        GraphNode *node = &c->nodes.items[i];
        const XmlNode *element = c->elements.items[i];
        node->for_compensation = compile_flag(c, element, "isForCompensation", false);
        node->incoming = edges_of(c, node->index, false, &node->incoming_count);
        node->outgoing = edges_of(c, node->index, true, &node->outgoing_count);
        node->names = compile_texts(c, compile_extensions_of(element), "text");
        default_connect(c, node, element);
        compile_triggers(c, node, element);
        if (node->kind == NODE_BOUNDARY) {
            node->interrupting = compile_flag(c, element, "cancelActivity", true);
            boundary_connect(c, node, element);
        } else if (node->kind == NODE_START) {
            node->interrupting = compile_flag(c, element, "isInterrupting", true);
        }
        if (node_is_activity(node))
            compile_activity(c, node, element);
        if (node->kind == NODE_COMPLEX)
            node->activation =
                compile_expression(c, xml_child(element, BPMN_SPACE, "activationCondition"));
        if (node->kind == NODE_EVENT_GATEWAY) {
            node->instantiate = compile_flag(c, element, "instantiate", false);
            node->all_triggers = text_equal(xml_attribute(element, "eventGatewayType"), "Parallel");
        }
        compile_node_extensions(c, node, c->elements.items[i]);
    }
}

// What an instantiating event-based gateway leads to starts the process: 10.6.6.
static void instantiating_connect(Compile *c, const GraphNode *gateway)
{
    for (size_t i = 0; i < gateway->outgoing_count; i++) {
        GraphNode *target = &c->nodes.items[c->edges.items[gateway->outgoing[i]].target];
        if (target->kind == NODE_CATCH || target->kind == NODE_RECEIVE_TASK)
            target->instantiate = true;
    }
}

// Of the record's fields in a form only those that must be filled in, or with one of some values.
static void form_reads(Compile *c, const GraphTask *task)
{
    for (size_t i = 0; i < task->field_count; i++) {
        const GraphField *field = &task->fields[i];
        if (!field->type && (field->access == FIELD_REQUIRED || field->choice_count))
            feel_reads_add(c->cx, field->name, &c->reads);
    }
}

static void graph_fill(Compile *c)
{
    Graph *graph = c->graph;
    graph->nodes = c->nodes.items;
    graph->node_count = c->nodes.count;
    graph->edges = c->edges.items;
    graph->edge_count = c->edges.count;
    graph->scopes = c->scopes.items;
    graph->scope_count = c->scopes.count;
    graph->lanes = c->lanes.items;
    graph->lane_count = c->lanes.count;
    graph->variables = c->name_list.items;
    graph->variable_count = c->name_list.count;
    graph->calendars = c->calendars.items;
    graph->calendar_count = c->calendars.count;
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].task)
            form_reads(c, graph->nodes[i].task);
    graph->reads = c->reads.items;
    graph->read_count = c->reads.count;
    graph->reads_whole = c->reads.whole;
}

static void compile_run(Compile *c, const XmlNode *process)
{
    int root = scope_add(c, process, -1, -1);
    compile_variables(c, process);
    compile_process_extensions(c, process);
    c->reads = (FeelReads){0}; // when it starts is asked before it does
    scope_collect(c, process, root);
    compile_owned(c, process);
    for (size_t i = 0; i < c->edges.count; i++)
        edge_connect(c, &c->edges.items[i], c->flows.items[i]);
    lanes_connect(c);
    nodes_detail(c);
    for (size_t i = 0; i < c->associations.count; i++)
        compensation_connect(c, c->associations.items[i]);
    for (size_t i = 0; i < c->nodes.count; i++)
        if (c->nodes.items[i].kind == NODE_EVENT_GATEWAY && c->nodes.items[i].instantiate)
            instantiating_connect(c, &c->nodes.items[i]);
    for (size_t i = 0; i < c->nodes.count; i++)
        boundaries_gather(c, &c->nodes.items[i]);
    for (size_t i = 0; i < c->scopes.count; i++)
        scope_finish(c, &c->scopes.items[i]);
    graph_fill(c);
    compile_check(c);
    compile_content_check(c);
    compile_audit(c);
    compile_reach(c);
}

static const XmlNode *process_find(const BpmnModel *model, const char *id)
{
    for (size_t i = 0; id && i < model->process_count; i++)
        if (text_equal(xml_attribute(model->processes[i], "id"), id))
            return model->processes[i];
    return NULL;
}

// What stands in an imported file (a global task) tells its line there.
static void problems_place(Ctx *cx, const BpmnModel *model, BpmnProblems *problems, size_t from)
{
    for (size_t i = from; i < problems->count; i++) {
        const XmlNode *root = problems->items[i].node;
        while (root && root->parent)
            root = root->parent;
        for (size_t k = 1; k < model->bundle->count; k++)
            if (model->bundle->models[k]->root == root)
                problems->items[i].message =
                    text_format(cx->arena, message_in(cx->language, "in %s: %s"),
                                model->bundle->models[k]->file, problems->items[i].message);
    }
}

FALLIBLE bpmn_compile(Ctx *cx, const BpmnModel *model, const char *process_id, const Graph **out,
                      BpmnProblems *problems)
{
    const char *id = process_id ? process_id : model->process_id;
    const XmlNode *process = process_find(model, id);
    if (!process)
        return error_hint(
            FAIL(cx, ERR_INVALID, "the model holds no process%s%s", id ? " " : "", id ? id : ""),
            "A process to run is a <process isExecutable=\"true\"> with an id.");
    Compile compile = {.cx = cx,
                       .model = model,
                       .problems = problems,
                       .graph = NEW(cx->arena, Graph),
                       .zone = zone_utc(),
                       .node_numbers = map_new(cx->arena),
                       .edge_numbers = map_new(cx->arena),
                       .names = map_new(cx->arena)};
    size_t executable = 0, before = problems->count;
    for (size_t i = 0; i < model->process_count; i++)
        executable += text_equal(xml_attribute(model->processes[i], "isExecutable"), "true");
    if (!process_id && executable > 1)
        bpmn_problem(cx, problems, process, "several-processes",
                     "Keep each executable process in a file of its own.",
                     "the model holds %zu executable processes", executable);
    compile.graph->id = id;
    const char *name = xml_attribute(process, "name");
    compile.graph->name = name && *name ? name : id;
    compile_run(&compile, process);
    problems_place(cx, model, problems, before);
    if (compile.nodes.count > LIMIT_GRAPH_NODES)
        return FAIL(cx, ERR_LIMIT, "the process has more than %d steps", LIMIT_GRAPH_NODES);
    for (size_t i = before; i < problems->count; i++)
        if (!problems->items[i].warning)
            return NULL;
    if (!compile.broken && problems->count < LIMIT_BPMN_PROBLEMS)
        *out = compile.graph;
    return NULL;
}
