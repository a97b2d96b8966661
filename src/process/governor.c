// SPDX-License-Identifier: Apache-2.0
#include "process/governor.h"
#include "process/reminders.h"

#include "base/ids.h"
#include "process/active_step.h"
#include "process/conditions.h"
#include "process/instance.h"
#include "process/offers.h"
#include "process/process.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "process/waiting.h"
#include "record/record.h"

// Who owns a field of one record: the model of an instance on the record, newest first, else a
// newest version that governs the entity.
typedef struct Owner {
    const ProcessModel *model;
    const GraphOwned *owned;
    Instance *instance; // NULL: none of that process on this record
} Owner;

typedef struct Hold {
    ProcessModels governing;
    Instance **instances;        // on the record, newest first
    const ProcessModel **models; // of the instances
    size_t instance_count;
    // The last answer of was_left: fields that are free until the same step follow each other.
    Id asked_instance;
    const char *asked_node;
    bool asked_left;
} Hold;

static bool ended(const Instance *instance)
{
    return instance->ended_at != 0;
}

// `record` 0: one that is not there yet.
static FALLIBLE hold_read(Ctx *cx, const char *entity, Id record, Hold *out)
{
    Hold hold = {0};
    TRY(models_governing(cx, entity, &hold.governing));
    if (record)
        TRY(instances_of(cx, entity, record, false, &hold.instances, &hold.instance_count));
    hold.models = NEW_ARRAY(cx->arena, const ProcessModel *, hold.instance_count);
    for (size_t i = 0; i < hold.instance_count; i++)
        TRY(model_by_id(cx, hold.instances[i]->model, &hold.models[i]));
    *out = hold;
    return NULL;
}

// A running instance says what is owned by the version it runs on, whatever was deployed since.
static Owner owner_of(const Hold *hold, const char *field)
{
    Owner owner = {0};
    for (size_t i = 0; i < hold->instance_count; i++) {
        const GraphOwned *owned = graph_owned(hold->models[i]->graph, field);
        if (owned && (!owner.instance || (ended(owner.instance) && !ended(hold->instances[i]))))
            owner = (Owner){hold->models[i], owned, hold->instances[i]};
    }
    for (size_t i = 0; i < hold->governing.count && !owner.model; i++) {
        const GraphOwned *owned = graph_owned(hold->governing.items[i]->graph, field);
        if (owned)
            owner = (Owner){hold->governing.items[i], owned, NULL};
    }
    return owner;
}

static bool node_writes(const GraphNode *node, const char *field)
{
    for (size_t i = 0; i < node->set_count; i++)
        if (text_equal(node->sets[i].field, field))
            return true;
    for (size_t i = 0; node->task && i < node->task->field_count; i++) {
        const GraphField *form = &node->task->fields[i];
        if (!form->type && form->access != FIELD_READ && text_equal(form->name, field))
            return true;
    }
    return false;
}

// A deviation grants exactly the values it names, on the instance's record, ended or not.
static bool deviation_allows(const ActiveStep *step, const Owner *owner, const char *field)
{
    return value_get(*step->granted, field) && owner->instance &&
           owner->instance->id == step->instance;
}

// The engine's own change: the active step stands on this very record, in the process that owns the
// field, and its model lists it.
static bool step_allows(const Ctx *cx, const GateChange *change, const Owner *owner,
                        const char *field)
{
    const ActiveStep *step = cx->step;
    if (!step || !change->before || step->subject != change->before->id ||
        !text_equal(step->entity, change->entity->name))
        return false;
    if (step->granted)
        return change->after && deviation_allows(step, owner, field);
    return owner->instance && owner->instance->id == step->instance && !ended(owner->instance) &&
           step->node && node_writes(step->node, field);
}

// Whether the instance has a step of this node behind it.
static FALLIBLE was_left(Ctx *cx, Hold *hold, const Instance *instance, const char *node, bool *out)
{
    if (hold->asked_instance != instance->id || !text_equal(hold->asked_node, node)) {
        TRY(work_item_ended(cx, instance->id, node, &hold->asked_left));
        hold->asked_instance = instance->id;
        hold->asked_node = node;
    }
    *out = hold->asked_left;
    return NULL;
}

static FALLIBLE is_free(Ctx *cx, Hold *hold, const Owner *owner, bool *out)
{
    *out = false;
    if (owner->owned->free_until < 0)
        return NULL;
    if (!owner->instance) {
        *out = true;
        return NULL;
    }
    if (ended(owner->instance))
        return NULL;
    const char *until = owner->model->graph->nodes[owner->owned->free_until].id;
    bool over;
    TRY(was_left(cx, hold, owner->instance, until, &over));
    *out = !over;
    return NULL;
}

static Error *refused_now(Ctx *cx, const Owner *owner, const char *field, Value step)
{
    const char *process = model_name(cx, owner->model);
    const char *name = value_get_text(step, "name");
    const char *where = value_get_text(step, "where");
    Error *error = FAIL(cx, ERR_CONFLICT, "%s is changed by the process '%s' only", field, process);
    error_field(error, field);
    if (name) {
        error_detail(error, "The open step is '%s'.", name);
        error_hint(error, "Complete the open step: %s", where ? where : name);
    }
    return error_about(cx, error, "open_step", step);
}

static Error *refused_always(Ctx *cx, const GateChange *change, const Owner *owner,
                             const char *field)
{
    const char *process = model_name(cx, owner->model);
    Error *error;
    if (change->action == GATE_CREATE)
        error =
            error_hint(FAIL(cx, ERR_CONFLICT, "%s is set by the process '%s' only", field, process),
                       "Leave it out; the process sets it when its step is done.");
    else if (owner->instance)
        error = error_detail(
            FAIL(cx, ERR_CONFLICT, "%s is changed by the process '%s' only", field, process),
            "The process has ended (%s), and with it the field.", owner->instance->state);
    else
        error = error_detail(
            FAIL(cx, ERR_CONFLICT, "%s is changed by the process '%s' only", field, process),
            "The process does not run on this record.");
    if (!error->hint)
        error_hint(error, "What the process has not set stays as it is; correct it by a process.");
    return error_about(cx, error_field(error, field), "open_step", value_null());
}

static FALLIBLE field_check(Ctx *cx, const GateChange *change, Hold *hold, const char *field)
{
    Owner owner = owner_of(hold, field);
    if (!owner.model || step_allows(cx, change, &owner, field))
        return NULL;
    bool free;
    TRY(is_free(cx, hold, &owner, &free));
    if (free)
        return NULL;
    Error *error;
    if (owner.instance && !ended(owner.instance)) {
        Value step;
        TRY(open_step_of_instance(cx, describer_new(cx), owner.instance, field, &step));
        error = refused_now(cx, &owner, field, step);
    } else {
        error = refused_always(cx, change, &owner, field);
    }
    return error_about(cx, error, "process", process_value(cx, owner.model));
}

// What a process has run on is evidence: it stays when the process has ended, too.
static FALLIBLE delete_check(Ctx *cx, const Hold *hold)
{
    if (!hold->instance_count)
        return NULL;
    Instance *instance = hold->instances[0];
    const ProcessModel *model = hold->models[0];
    Value step = value_null();
    if (!ended(instance))
        TRY(open_step_of_instance(cx, describer_new(cx), instance, NULL, &step));
    Error *error =
        ended(instance)
            ? FAIL(cx, ERR_CONFLICT, "the process '%s' has run on this record",
                   model_name(cx, model))
            : FAIL(cx, ERR_CONFLICT, "the process '%s' runs on this record", model_name(cx, model));
    error_hint(error, "It is kept with its history.");
    error_about(cx, error, "process", process_value(cx, model));
    return error_about(cx, error, "open_step", step);
}

// The engine's own change, which asks the database nothing: the active step is by construction of a
// running instance, and what its model owns has no other owner.
static bool step_allows_all(const Ctx *cx, const GateChange *change)
{
    const ActiveStep *step = cx->step;
    if (!step || !step->node || !change->before || step->subject != change->before->id ||
        !text_equal(step->entity, change->entity->name) || change->changed.kind != VALUE_CONTEXT)
        return false;
    for (size_t i = 0; i < change->changed.context->count; i++) {
        const char *field = change->changed.context->entries[i].key;
        if (!graph_owned(step->model->graph, field) || !node_writes(step->node, field))
            return false;
    }
    return true;
}

static const ChildList *list_of_parts(const Entity *whole, const Entity *part)
{
    for (size_t i = 0; i < whole->child_count; i++)
        if (whole->children[i].entity == part)
            return &whole->children[i];
    return NULL;
}

// A line is a part of its order: a process that owns the list of lines holds each of them.
static FALLIBLE part_check(Ctx *cx, const GateChange *change, const Record *part)
{
    const Field *by = change->entity->parent;
    Id whole = part && by && by->target ? record_reference(part, by->name) : 0;
    const ChildList *list = whole ? list_of_parts(by->target, change->entity) : NULL;
    if (!list)
        return NULL;
    Hold hold;
    TRY(hold_read(cx, by->target->name, whole, &hold));
    return field_check(cx, change, &hold, list->name);
}

static FALLIBLE governor_check(Ctx *cx, const GateChange *change)
{
    if (step_allows_all(cx, change))
        return NULL;
    TRY(part_check(cx, change, change->before));
    TRY(part_check(cx, change, change->after));
    Hold hold;
    TRY(hold_read(cx, change->entity->name, change->before ? change->before->id : 0, &hold));
    if (!hold.governing.count && !hold.instance_count)
        return NULL;
    if (change->action == GATE_DELETE)
        return delete_check(cx, &hold);
    const ValueContext *changed = change->changed.context;
    for (size_t i = 0; change->changed.kind == VALUE_CONTEXT && i < changed->count; i++)
        TRY(field_check(cx, change, &hold, changed->entries[i].key));
    return NULL;
}

FALLIBLE record_satisfies(Ctx *cx, const Graph *graph, const Feel *condition, const Record *record,
                          bool *out)
{
    Value scope = value_context(cx->arena);
    const ValueContext *fields = record->fields.context;
    for (size_t i = 0; i < fields->count; i++)
        value_set(cx->arena, scope, fields->entries[i].key, fields->entries[i].value);
    if (graph->variable)
        value_set(cx->arena, scope, graph->variable, record->fields);
    Value result;
    TRY(feel_evaluate(cx, condition, scope, NULL, &result));
    *out = result.kind == VALUE_BOOLEAN && result.boolean;
    return NULL;
}

bool starts_by_decision(const Graph *graph, const GraphStart *as)
{
    for (size_t i = 0; i < graph->record_start_count; i++)
        if (text_equal(graph->record_starts[i].decision_model, as->decision_model) &&
            text_equal(graph->record_starts[i].decision, as->decision))
            return true;
    return false;
}

// The key of the process that the decision chooses for the record; NULL: it chooses none.
static FALLIBLE variant_chosen(Ctx *cx, const GraphStart *start, const char *variable,
                               const Record *record, const char **key)
{
    const DecisionModel *model;
    Value inputs = value_context(cx->arena), result;
    const ValueContext *fields = record->fields.context;
    for (size_t i = 0; i < fields->count; i++)
        value_set(cx->arena, inputs, fields->entries[i].key, fields->entries[i].value);
    if (variable)
        value_set(cx->arena, inputs, variable, record->fields);
    TRY(decision_newest(cx, start->decision_model, &model));
    TRY(dmn_evaluate(cx, model->dmn, start->decision, inputs, NULL, NULL, &result));
    if (result.kind != VALUE_TEXT && result.kind != VALUE_NULL)
        return FAIL(cx, ERR_CONFLICT, "the decision %s gives no key of a process", start->decision);
    *key = result.kind == VALUE_TEXT ? result.text.bytes : NULL;
    return NULL;
}

FALLIBLE record_start_wanted(Ctx *cx, const ProcessModel *model, const GraphStart *start,
                             const Record *record, bool *out)
{
    *out = text_equal(start->on, "create");
    if (*out && start->when)
        TRY(record_satisfies(cx, model->graph, start->when, record, out));
    if (!*out || !start->decision)
        return NULL;
    const char *key;
    TRY(variant_chosen(cx, start, model->graph->variable, record, &key));
    *out = text_equal(key, model->key);
    return NULL;
}

// A decision that chooses a process nobody has deployed is a mistake that somebody must see.
static FALLIBLE variant_answers(Ctx *cx, const ProcessModels *models, const Record *record)
{
    for (size_t i = 0; i < models->count; i++) {
        const Graph *graph = models->items[i]->graph;
        for (size_t s = 0; s < graph->record_start_count; s++) {
            const GraphStart *start = &graph->record_starts[s];
            const char *key;
            if (!start->decision)
                continue;
            TRY(variant_chosen(cx, start, graph->variable, record, &key));
            bool known = !key;
            for (size_t k = 0; k < models->count && !known; k++)
                known = text_equal(models->items[k]->key, key) &&
                        starts_by_decision(models->items[k]->graph, start);
            if (!known)
                return error_hint(FAIL(cx, ERR_CONFLICT,
                                       "the decision %s chooses the process %s, which does not "
                                       "start by it",
                                       start->decision, key),
                                  "Deploy it, or correct the decision.");
        }
    }
    return NULL;
}

static FALLIBLE governor_created(Ctx *cx, const Record *record)
{
    ProcessModels models;
    TRY(models_governing(cx, record->entity->name, &models));
    TRY(variant_answers(cx, &models, record));
    for (size_t i = 0; i < models.count; i++) {
        const ProcessModel *model = models.items[i];
        for (size_t s = 0; s < model->graph->record_start_count; s++) {
            const GraphStart *start = &model->graph->record_starts[s];
            bool wanted;
            TRY(record_start_wanted(cx, model, start, record, &wanted));
            Id instance;
            if (wanted)
                TRY(runner_start(
                    cx, &(Start){.model = model, .subject = record->id, .node = start->node},
                    &instance));
        }
    }
    TRY(reminder_follow(cx, NULL, record));
    return conditions_tell(cx, NULL, record);
}

// What a step, or an event, waits for may hold now, or not any more.
static FALLIBLE governor_changed(Ctx *cx, const Record *before, const Record *after,
                                 [[maybe_unused]] Value changed)
{
    if (deployments_watch(cx, after->entity->name))
        TRY(entries_test_record(cx, after->entity->name, after->id, after->fields));
    TRY(reminder_follow(cx, before, after));
    return conditions_tell(cx, before, after);
}

static bool governor_owns(Ctx *cx, const Entity *entity, const Field *field)
{
    return deployments_owner(cx, entity->name, field->name) != NULL;
}

// The fields any of these models owns, each once, that are not free now.
static FALLIBLE locked_add(Ctx *cx, Hold *hold, const Graph *graph, Value *names, size_t *count)
{
    size_t before = *count;
    for (size_t i = 0; i < graph->owned_count; i++) {
        const char *field = graph->owned[i].field;
        bool known = false; // from a model before this one
        for (size_t n = 0; n < before && !known; n++)
            known = text_equal(names[n].text.bytes, field);
        if (known)
            continue;
        Owner owner = owner_of(hold, field);
        bool free;
        TRY(is_free(cx, hold, &owner, &free));
        if (!free)
            names[(*count)++] = value_text(field);
    }
    return NULL;
}

static bool governs(const Hold *hold, const ProcessModel *model)
{
    for (size_t i = 0; i < hold->governing.count; i++)
        if (hold->governing.items[i] == model)
            return true;
    return false;
}

FALLIBLE process_locked_fields(Ctx *cx, const char *entity, Id id, Value *out)
{
    const Entity *shape;
    TRY(schema_find(cx, entity, &shape));
    Hold hold;
    TRY(hold_read(cx, entity, id, &hold));
    Value *names = NEW_ARRAY(cx->arena, Value, shape->field_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < hold.governing.count; i++)
        TRY(locked_add(cx, &hold, hold.governing.items[i]->graph, names, &count));
    for (size_t i = 0; i < hold.instance_count; i++)
        if (!governs(&hold, hold.models[i])) // else its fields are in already
            TRY(locked_add(cx, &hold, hold.models[i]->graph, names, &count));
    *out = value_list(names, count);
    return NULL;
}

void governor_set(void)
{
    static const Governor governor = {
        .check = governor_check,
        .created = governor_created,
        .changed = governor_changed,
        .merging = governor_merging,
        .moved = governor_moved,
        .owns = governor_owns,
        .fits = deployments_fit,
    };
    gate_govern(&governor);
}
