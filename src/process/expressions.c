// SPDX-License-Identifier: Apache-2.0
#include "process/expressions.h"

#include "feel/check.h"

#include <string.h>

typedef struct Typing {
    Ctx *cx;
    const BpmnModel *model;
    const Graph *graph;
    BpmnProblems *problems;
    const FeelType *record; // NULL: the process governs none
    const FeelField *fields;
    size_t field_count;
} Typing;

static const FeelType *type_of(const Field *field)
{
    switch (field->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_PERCENT:
        return feel_type_named("number");
    case FIELD_BOOLEAN:
        return feel_type_named("boolean");
    case FIELD_DATE:
        return feel_type_named("date");
    case FIELD_INSTANT:
        return feel_type_named("date and time");
    case FIELD_DURATION:
        return feel_type_named("days and time duration");
    case FIELD_JSON:
    case FIELD_MULTI_CHOICE:
    case FIELD_MULTI_REFERENCE:
    case FIELD_ADDRESS:
        return NULL;
    default:
        return feel_type_named("string");
    }
}

static void record_type(Typing *typing, const Entity *entity)
{
    Arena *arena = typing->cx->arena;
    FeelField *fields = NEW_ARRAY(arena, FeelField, entity->field_count);
    for (size_t i = 0; i < entity->field_count; i++) {
        const FeelType *type = type_of(&entity->fields[i]);
        fields[i] = (FeelField){entity->fields[i].name, type ? type : feel_type_named("Any")};
    }
    FeelType *record = NEW(arena, FeelType);
    *record =
        (FeelType){.kind = TYPE_CONTEXT, .fields = fields, .field_count = entity->field_count};
    typing->record = record;
    typing->fields = fields;
    typing->field_count = entity->field_count;
}

// --- One expression ------------------------------------------------------------------------------

// The compiler checks without the record and has found some of them already.
static bool is_told(const Typing *typing, const char *message)
{
    for (size_t i = 0; i < typing->problems->count; i++)
        if (text_ends(typing->problems->items[i].message, message))
            return true;
    return false;
}

static void problem_say(Typing *typing, const char *id, const char *source,
                        const FeelDiagnostic *problem)
{
    const XmlNode *element = *id ? bpmn_element(typing->model, id) : NULL;
    int place = problem->from + 1;
    if (strcmp(problem->code, "unknown-name") == 0)
        bpmn_problem(typing->cx, typing->problems, element, "unknown-field", problem->hint,
                     "in the expression '%s' at %d: %s", source, place, problem->message);
    else if (!is_told(typing, problem->message))
        bpmn_warning(typing->cx, typing->problems, element, "doubtful-expression", problem->hint,
                     "in the expression '%s' at %d: %s", source, place, problem->message);
}

static FALLIBLE check_over(Typing *typing, const char *id, const Feel *expression,
                           const FeelField *names, size_t count, bool condition)
{
    if (!expression)
        return NULL;
    FeelCheckSetting setting = {.names = names,
                                .name_count = count,
                                .wanted = condition ? feel_type_named("boolean") : NULL,
                                .open = true};
    FeelCheck found = {0};
    const char *source = feel_source(expression);
    TRY(feel_check(typing->cx, source, &setting, &found));
    for (size_t i = 0; i < found.problems.count; i++)
        problem_say(typing, id, source, &found.problems.items[i]);
    return NULL;
}

static FALLIBLE check(Typing *typing, const char *id, const Feel *expression, bool condition)
{
    FeelField name = {typing->graph->variable, typing->record};
    return check_over(typing, id, expression, &name, typing->record != NULL, condition);
}

// --- All of them ---------------------------------------------------------------------------------

static FALLIBLE mappings_check(Typing *typing, const char *id, const GraphMappings *mappings)
{
    for (size_t i = 0; i < mappings->count; i++)
        TRY(check(typing, id, mappings->items[i].value, false));
    return NULL;
}

static FALLIBLE trigger_check(Typing *typing, const char *id, const GraphTrigger *trigger)
{
    TRY(check(typing, id, trigger->key, false));
    TRY(check(typing, id, trigger->when.expression, false));
    TRY(check(typing, id, trigger->condition, true));
    TRY(mappings_check(typing, id, &trigger->payload));
    return mappings_check(typing, id, &trigger->outputs);
}

static FALLIBLE task_check(Typing *typing, const char *id, const GraphTask *task)
{
    for (size_t i = 0; i < task->candidate_count; i++)
        TRY(check(typing, id, task->candidates[i].users, false));
    TRY(check(typing, id, task->priority, false));
    if (task->due)
        TRY(check(typing, id, task->due->expression, false));
    for (size_t i = 0; i < task->exit_count; i++)
        TRY(check(typing, id, task->exits[i].condition, true));
    return NULL;
}

static FALLIBLE loop_check(Typing *typing, const char *id, const GraphLoop *loop)
{
    TRY(check(typing, id, loop->condition, true));
    TRY(check(typing, id, loop->cardinality, false));
    TRY(check(typing, id, loop->collection, false));
    return check(typing, id, loop->completion, true);
}

static FALLIBLE node_check(Typing *typing, const GraphNode *node)
{
    for (size_t i = 0; i < node->trigger_count; i++)
        TRY(trigger_check(typing, node->id, &node->triggers[i]));
    if (node->task)
        TRY(task_check(typing, node->id, node->task));
    if (node->loop)
        TRY(loop_check(typing, node->id, node->loop));
    for (size_t i = 0; i < node->set_count; i++)
        TRY(check(typing, node->id, node->sets[i].value, false));
    TRY(check(typing, node->id, node->script, false));
    TRY(check(typing, node->id, node->activation, true));
    TRY(mappings_check(typing, node->id, &node->inputs));
    return mappings_check(typing, node->id, &node->outputs);
}

// They see the record's fields by their names as well.
static FALLIBLE starts_check(Typing *typing)
{
    const Graph *graph = typing->graph;
    if (!typing->record)
        return NULL;
    FeelField *names = NEW_ARRAY(typing->cx->arena, FeelField, typing->field_count + 1);
    memcpy(names, typing->fields, typing->field_count * sizeof *names);
    names[typing->field_count] = (FeelField){graph->variable, typing->record};
    for (size_t i = 0; i < graph->record_start_count; i++)
        TRY(check_over(typing, graph->id, graph->record_starts[i].when, names,
                       typing->field_count + 1, true));
    return NULL;
}

FALLIBLE expressions_check(Ctx *cx, const BpmnModel *model, const Graph *graph,
                           const Entity *entity, BpmnProblems *problems)
{
    Typing typing = {.cx = cx, .model = model, .graph = graph, .problems = problems};
    if (entity)
        record_type(&typing, entity);
    for (size_t i = 0; i < graph->edge_count; i++)
        TRY(check(&typing, graph->edges[i].id, graph->edges[i].condition, true));
    for (size_t i = 0; i < graph->node_count; i++)
        TRY(node_check(&typing, &graph->nodes[i]));
    return starts_check(&typing);
}
