// SPDX-License-Identifier: Apache-2.0
// Whoever is needed to do the steps of a proof: three people for each group of candidates, and one
// with every permission who is no candidate.
#include "base/ids.h"
#include "process/prove_room.h"
#include "process/shapes.h"

#include <string.h>

// The record with that key, made when there is none; its texts that are needed are the key.
static FALLIBLE keyed(Ctx *cx, const char *entity, const char *key, Id *out)
{
    Record *record;
    const Entity *shape;
    Value fields = value_context(cx->arena);
    TRY(record_find(cx, entity, "key", value_text(key), &record));
    if (!record) {
        TRY(schema_find(cx, entity, &shape));
        for (size_t i = 0; i < shape->field_count; i++)
            if (!shape->fields[i].system && shape->fields[i].required &&
                shape->fields[i].type == FIELD_TEXT)
                value_set(cx->arena, fields, shape->fields[i].name, value_text(key));
        TRY(record_create(cx, entity, fields, &record));
    }
    *out = record->id;
    return NULL;
}

// What a user holds or can: a record of `entity` that joins both.
static FALLIBLE joined(Ctx *cx, const char *entity, Id user, const char *field, Id id, int level)
{
    const Entity *holding;
    Record *made;
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "user", value_text(id_text(cx->arena, user)));
    value_set(cx->arena, fields, field, value_text(id_text(cx->arena, id)));
    TRY(schema_find(cx, entity, &holding));
    if (entity_field(holding, "level"))
        value_set(cx->arena, fields, "level", value_integer(level));
    if (entity_field(holding, "key")) // of a pack that names them
        value_set(cx->arena, fields, "key",
                  value_text(text_format(cx->arena, "%s.%s", id_text(cx->arena, user),
                                         id_text(cx->arena, id))));
    return record_create(cx, entity, fields, &made);
}

static FALLIBLE user_make(Ctx *cx, const char *login, const GraphCandidates *fit, Id *out)
{
    Value fields = value_context(cx->arena);
    Record *user;
    Id id;
    value_set(cx->arena, fields, "login", value_text(login));
    value_set(cx->arena, fields, "name", value_text(login));
    if (fit->department) {
        TRY(keyed(cx, "department", fit->department, &id));
        value_set(cx->arena, fields, "department", value_text(fit->department));
    }
    TRY(record_create(cx, "user", fields, &user));
    *out = user->id;
    if (fit->position) {
        TRY(keyed(cx, "position", fit->position, &id));
        TRY(joined(cx, "user_position", user->id, "position", id, 0));
    }
    if (fit->skill) {
        TRY(keyed(cx, "skill", fit->skill, &id));
        TRY(joined(cx, "user_skill", user->id, "skill", id, fit->level));
    }
    return NULL;
}

static FALLIBLE user_known(Ctx *cx, const char *login, const GraphCandidates *fit, Id *out)
{
    Record *known;
    TRY(record_find(cx, "user", "login", value_text(login), &known));
    if (!known)
        return user_make(cx, login, fit, out);
    *out = known->id;
    return NULL;
}

// One fit for all that the first candidates of the node are asked for.
static GraphCandidates fit_of(const Graph *graph, const GraphNode *node)
{
    const GraphTask *task = node->task;
    GraphCandidates fit = {.position = node_position(graph, node),
                           .department = node_department(graph, node)};
    if (task && task->candidate_count) {
        fit.skill = task->candidates[0].skill;
        fit.level = task->candidates[0].level;
    }
    return fit;
}

static const char *login_of(Ctx *cx, const GraphCandidates *fit, int number)
{
    return text_format(cx->arena, "proof.%s.%s%s%s.%d", fit->position ? fit->position : "any",
                       fit->department ? fit->department : "any", fit->skill ? "." : "",
                       fit->skill ? fit->skill : "", number);
}

// The position that has every permission; NULL: the packs know none.
static const char *almighty(const Schema *schema)
{
    for (size_t i = 0; i < schema->role_count; i++) {
        const Role *role = &schema->roles[i];
        for (size_t k = 0; k < role->permission_count && role->position_count; k++)
            if (text_equal(role->permissions[k], "*"))
                return role->positions[0];
    }
    return NULL;
}

FALLIBLE proof_people(Ctx *cx, void *state)
{
    Proof *proof = state;
    const Graph *graph = proof->model->graph;
    Id id;
    GraphCandidates every = {.position = almighty(cx->schema)};
    TRY(user_known(cx, PROBER, &every, &proof->prober));
    for (size_t i = 0; i < graph->node_count; i++) {
        GraphCandidates fit = fit_of(graph, &graph->nodes[i]);
        for (int n = 0; graph->nodes[i].task && n < PEOPLE_FOR_EACH; n++)
            TRY(user_known(cx, login_of(cx, &fit, n), &fit, &id));
    }
    return NULL;
}

// Of a step of a process that was called, whoever holds its position if they were made.
FALLIBLE proof_person(Ctx *cx, void *state)
{
    Person *person = state;
    const Proof *proof = person->proof;
    const WorkItem *item = person->item;
    Record *user;
    const GraphNode *node = graph_node(proof->model->graph, item->node);
    GraphCandidates fit = {.position = item->position, .department = item->department};
    if (node && node->task && item->model == proof->model->id)
        fit = fit_of(proof->model->graph, node);
    person->login = login_of(cx, &fit, person->number);
    TRY(record_find(cx, "user", "login", value_text(person->login), &user));
    person->user = user ? user->id : proof->prober;
    person->login = user ? person->login : PROBER;
    return NULL;
}
