// SPDX-License-Identifier: Apache-2.0
// From the bytes of a model to what runs: bpmn/ says whether it is a sound process, and here is
// said whether this company can run it: its fields, its function points and its decisions.
#include "db/db.h"
#include "process/advice.h"
#include "process/calendars.h"
#include "process/deployments.h"
#include "process/expressions.h"
#include "process/function_point.h"
#include "record/schema.h"

typedef struct Check {
    const BpmnModel *source;
    const Graph *graph;
    const Entity *entity; // NULL: governs none
    BpmnProblems *problems;
} Check;

static const XmlNode *element_of(const Check *check, const char *id)
{
    const XmlNode *element = bpmn_element(check->source, id);
    return element ? element : check->source->root;
}

static void check_field(Ctx *cx, const Check *check, const char *id, const char *field)
{
    if (check->entity && !entity_field(check->entity, field))
        bpmn_problem(cx, check->problems, element_of(check, id), "unknown-field",
                     "Declare the field in the pack, or correct its name.", "%s has no field %s",
                     check->entity->name, field);
}

// A timer brings no record: it makes one, of the defaults alone.
static void check_defaults(Ctx *cx, const Check *check, const XmlNode *element)
{
    for (size_t i = 0; check->entity && i < check->entity->field_count; i++) {
        const Field *field = &check->entity->fields[i];
        if (field->required && !field->system && !field->default_value && !field->number &&
            !field_is_computed(field))
            bpmn_problem(cx, check->problems, element, "unsupported-start",
                         "Give the field a default in the pack, or let a process without a record"
                         " make it.",
                         "the timer makes a record of %s, whose field %s is required and has no "
                         "default",
                         check->entity->name, field->name);
    }
}

// What a start brings must be enough for a process that governs records.
static void check_start(Ctx *cx, const Check *check, const GraphNode *node)
{
    const XmlNode *element = element_of(check, node->id);
    if (node->all_triggers && node->trigger_count > 1)
        bpmn_problem(cx, check->problems, element, "unsupported-start",
                     "Start by one of them, and wait for the others behind it.",
                     "a process cannot be started by all of several events");
    for (size_t i = 0; i < node->trigger_count; i++) {
        TriggerKind kind = node->triggers[i].kind;
        if (kind == TRIGGER_TIMER)
            check_defaults(cx, check, element);
        if (kind == TRIGGER_CONDITION && !check->graph->entity)
            bpmn_problem(cx, check->problems, element, "unsupported-start",
                         "Add <millrace:governs entity=...>.",
                         "the process governs no entity on whose records a condition could hold");
    }
}

static FALLIBLE check_calendars(Ctx *cx, const Check *check)
{
    const Graph *graph = check->graph;
    for (size_t i = 0; i < graph->calendar_count && cx->db; i++) {
        BusinessCalendar calendar;
        Error *error = calendar_read(cx, graph->calendars[i], &calendar);
        if (error && error->code != ERR_INVALID)
            return error;
        if (error)
            bpmn_problem(cx, check->problems, element_of(check, graph->id), "unknown-calendar",
                         "Create the calendar, or correct its name.", "%s", error->message);
    }
    return NULL;
}

static void check_task(Ctx *cx, const Check *check, const GraphNode *node)
{
    const GraphTask *task = node->task;
    for (size_t i = 0; i < task->field_count; i++)
        if (!task->fields[i].type)
            check_field(cx, check, node->id, task->fields[i].name);
}

static FALLIBLE check_decision(Ctx *cx, const Check *check, const char *id, const char *model)
{
    if (!cx->db)
        return NULL;
    const DecisionModel *decision;
    Error *error = decision_newest(cx, model, &decision);
    if (error && error->code != ERR_NOT_FOUND)
        return error;
    if (error)
        bpmn_problem(cx, check->problems, element_of(check, id), "unknown-decision",
                     "Deploy the decision first.", "there is no decision %s", model);
    return NULL;
}

static FALLIBLE check_node(Ctx *cx, const Check *check, const GraphNode *node)
{
    if (node->scope == 0 && (node->kind == NODE_START || node->instantiate))
        check_start(cx, check, node);
    if (node->task)
        check_task(cx, check, node);
    for (size_t i = 0; i < node->set_count; i++)
        check_field(cx, check, node->id, node->sets[i].field);
    if (node->function && !registry_find(&function_points, node->function))
        bpmn_problem(cx, check->problems, element_of(check, node->id), "unknown-function",
                     "`millrace functions` lists those there are.", "there is no function point %s",
                     node->function);
    return node->decision_model ? check_decision(cx, check, node->id, node->decision_model) : NULL;
}

// What is owned may be a list of parts, too: the lines of an order.
static bool has_parts(const Entity *entity, const char *list)
{
    for (size_t i = 0; i < entity->child_count; i++)
        if (text_equal(entity->children[i].name, list))
            return true;
    return false;
}

static void check_entity(Ctx *cx, Check *check)
{
    const Graph *graph = check->graph;
    if (!graph->entity)
        return;
    check->entity = schema_entity(cx->schema, graph->entity);
    if (!check->entity) {
        bpmn_problem(cx, check->problems, element_of(check, graph->id), "unknown-entity",
                     "Load the pack that declares it.", "there is no entity %s", graph->entity);
        return;
    }
    for (size_t i = 0; i < graph->owned_count; i++)
        if (!has_parts(check->entity, graph->owned[i].field))
            check_field(cx, check, graph->id, graph->owned[i].field);
}

static bool has_conditions(const Graph *graph)
{
    for (size_t i = 0; i < graph->node_count; i++)
        for (size_t t = 0; t < graph->nodes[i].trigger_count; t++)
            if (graph->nodes[i].triggers[t].kind == TRIGGER_CONDITION)
                return true;
    return false;
}

static FALLIBLE company_check(Ctx *cx, const BpmnModel *source, const Graph *graph,
                              BpmnProblems *problems)
{
    Check check = {source, graph, NULL, problems};
    check_entity(cx, &check);
    TRY(check_calendars(cx, &check));
    for (size_t i = 0; i < graph->record_start_count; i++)
        if (graph->record_starts[i].decision_model)
            TRY(check_decision(cx, &check, graph->id, graph->record_starts[i].decision_model));
    for (size_t i = 0; i < graph->node_count; i++)
        TRY(check_node(cx, &check, &graph->nodes[i]));
    return expressions_check(cx, source, graph, check.entity, problems);
}

FALLIBLE model_judge(Ctx *cx, const BpmnModel *source, BpmnProblems *problems, const Graph **out)
{
    const Graph *graph = NULL;
    bpmn_check(cx, source, problems);
    TRY(bpmn_compile(cx, source, NULL, &graph, problems));
    if (graph)
        TRY(company_check(cx, source, graph, problems));
    if (bpmn_problems_block(problems))
        return NULL;
    TRY(advice_add(cx, source, graph, problems));
    *out = graph;
    return NULL;
}

FALLIBLE model_judge_again(Ctx *cx, const BpmnModel *source, BpmnProblems *problems,
                           const Graph **out)
{
    const Graph *graph = NULL;
    TRY(bpmn_compile(cx, source, NULL, &graph, problems));
    if (graph)
        TRY(company_check(cx, source, graph, problems));
    if (!bpmn_problems_block(problems))
        *out = graph;
    return NULL;
}

static void personal_find(Ctx *cx, ProcessModel *model)
{
    const Graph *graph = model->graph;
    const Entity *entity =
        graph->entity && cx->schema ? schema_entity(cx->schema, graph->entity) : NULL;
    ARRAY(const char *) names = {0};
    for (size_t i = 0; entity && i < entity->field_count; i++)
        if (entity->fields[i].personal)
            array_push(cx->arena, names) = text_copy(cx->arena, entity->fields[i].name);
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphTask *task = graph->nodes[i].task;
        for (size_t f = 0; task && f < task->field_count; f++)
            if (task->fields[f].personal)
                array_push(cx->arena, names) = task->fields[f].name;
    }
    model->personal = names.items;
    model->personal_count = names.count;
}

FALLIBLE model_compile(Ctx *cx, const ModelFiles *files, ProcessModel *out)
{
    BpmnProblems problems = {0};
    const BpmnModel *source = NULL;
    const Graph *graph = NULL;
    TRY(bundle_read(cx, files, &source, &problems));
    TRY(bpmn_compile(cx, source, NULL, &graph, &problems));
    TRY(bpmn_problems_error(cx, &problems));
    *out =
        (ProcessModel){.key = graph->id, .graph = graph, .has_conditions = has_conditions(graph)};
    personal_find(cx, out);
    return NULL;
}
