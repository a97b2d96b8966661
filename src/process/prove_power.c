// SPDX-License-Identifier: Apache-2.0
// Moves that are for those who run processes: cancel, suspend, migrate, deviations that one grants
// oneself, and the mending of incidents. By those who lack the right, and by those who have all of
// them where the process does not allow it.
#include "base/ids.h"
#include "base/messages.h"
#include "process/incident.h"
#include "process/process.h"
#include "process/prove_try.h"
#include "process/subscriptions.h"

typedef struct Power {
    const Proof *proof;
    bool ends_by_message; // the model offers a way to cancel it that is open now
    Incident **incidents;
    size_t incident_count;
} Power;

static FALLIBLE power_read(Ctx *cx, void *state)
{
    Power *power = state;
    const Graph *graph = power->proof->model->graph;
    Subscriptions waiting;
    power->ends_by_message = false;
    TRY(subscriptions_of(cx, power->proof->instance, &waiting));
    for (size_t i = 0; i < waiting.count && graph->cancel_message; i++)
        power->ends_by_message =
            power->ends_by_message || text_equal(waiting.items[i].name, graph->cancel_message);
    return incidents_unresolved(cx, power->proof->instance, &power->incidents,
                                &power->incident_count);
}

// ---- by those who lack the right ------------------------------------------------------------

typedef struct Right {
    const char *permission;
    bool has;
} Right;

static FALLIBLE right_read(Ctx *cx, void *state)
{
    Right *right = state;
    right->has = actor_may(cx->actor, right->permission);
    return NULL;
}

static FALLIBLE lacking_try(Ctx *cx, Standing *standing, ProveMove move, const char *permission)
{
    Right right = {permission, false};
    move.own_rights = true;
    TRY(proof_unit_plain(cx, move.actor.user, DOOR_API, right_read, &right));
    return right.has ? NULL : proof_attempt(cx, standing, &move);
}

static Value plan_of(Ctx *cx, const Proof *proof, Value mapping)
{
    Value plan = value_context(cx->arena);
    value_set(cx->arena, plan, "from", value_integer(proof->model->version));
    value_set(cx->arena, plan, "to", value_integer(proof->model->version));
    value_set(cx->arena, plan, "mapping", mapping);
    return plan;
}

static FALLIBLE powerless_try(Ctx *cx, Standing *standing)
{
    Proof *proof = standing->proof;
    ProveMove move = {.instance = proof->instance,
                      .name = proof->model->key,
                      .reason = "nobody will see it",
                      .fields = plan_of(cx, proof, value_context(cx->arena))};
    if (!standing->count || !proof_candidate(cx, proof, standing->items[0], &move.actor))
        return NULL;
    const struct {
        ProveMoveKind kind;
        const char *about;
        const char *permission;
    } moves[] = {
        {MOVE_SUSPEND, SAID("suspend the instance without the right"), "process.suspend"},
        {MOVE_RESUME, SAID("resume the instance without the right"), "process.suspend"},
        {MOVE_HALT, SAID("suspend the process without the right"), "process.suspend"},
        {MOVE_MIGRATE, SAID("migrate the process without the right"), "process.migrate"},
        {MOVE_CANCEL, SAID("cancel the instance without the right"), "message.publish"},
    };
    for (size_t i = 0; i < sizeof moves / sizeof *moves && !standing->spoiled; i++) {
        move.kind = moves[i].kind;
        move.about = moves[i].about;
        TRY(lacking_try(cx, standing, move, moves[i].permission));
    }
    return NULL;
}

// ---- by those who have all rights -----------------------------------------------------------

// The open step becomes another by a migration to the version that it runs on.
static Value leap_of(Ctx *cx, const Standing *standing)
{
    const Graph *graph = standing->proof->model->graph;
    Value mapping = value_context(cx->arena);
    for (size_t i = 0; standing->count && i < graph->node_count; i++)
        if (graph->nodes[i].task && !text_equal(graph->nodes[i].id, standing->items[0]->node))
            value_set(cx->arena, mapping, standing->items[0]->node, value_text(graph->nodes[i].id));
    return mapping;
}

static FALLIBLE powerful_try(Ctx *cx, Standing *standing, const Power *power)
{
    Proof *proof = standing->proof;
    ProveMove move = {.actor = proof_administrator(cx, proof),
                      .instance = proof->instance,
                      .name = proof->model->key,
                      .reason = "",
                      .fields = plan_of(cx, proof, leap_of(cx, standing))};
    const struct {
        ProveMoveKind kind;
        const char *about;
    } moves[] = {
        {MOVE_SUSPEND, SAID("suspend the instance without a reason")},
        {MOVE_RESUME, SAID("resume what is not suspended")},
        {MOVE_HALT, SAID("suspend the process without a reason")},
        {MOVE_MIGRATE, SAID("leap over a step by a migration")},
    };
    for (size_t i = 0; i < sizeof moves / sizeof *moves && !standing->spoiled; i++) {
        move.kind = moves[i].kind;
        move.about = moves[i].about;
        TRY(proof_attempt(cx, standing, &move));
    }
    if (power->ends_by_message || standing->spoiled)
        return NULL;
    move.kind = MOVE_CANCEL;
    move.about = SAID("cancel the instance past its model");
    move.reason = "nobody will see it";
    return proof_attempt(cx, standing, &move);
}

// ---- deviations that one grants oneself -----------------------------------------------------

static FALLIBLE grant_try(Ctx *cx, Standing *standing, const char *about, const char *kind,
                          const char *more, Value value)
{
    Proof *proof = standing->proof;
    ProveMove move = {.kind = MOVE_GRANT,
                      .about = about,
                      .actor = proof_administrator(cx, proof),
                      .instance = proof->instance,
                      .fields = value_context(cx->arena)};
    value_set(cx->arena, move.fields, "kind", value_text(kind));
    value_set(cx->arena, move.fields, "reason", value_text("I grant it to myself"));
    value_set(cx->arena, move.fields, more, value);
    return standing->spoiled ? NULL : proof_attempt(cx, standing, &move);
}

static FALLIBLE grants_try(Ctx *cx, Standing *standing)
{
    Proof *proof = standing->proof;
    const Graph *graph = proof->model->graph;
    Value fields;
    int64_t version;
    for (size_t i = 0; i < standing->count; i++) {
        const WorkItem *item = standing->items[i];
        Value wait = value_text(text_format(cx->arena, "%lld", (long long)item->wait));
        if (item->instance != proof->instance)
            continue;
        TRY(grant_try(cx, standing, ABOUT("grant oneself to skip %s", item->node), "skip", "wait",
                      wait));
        TRY(grant_try(cx, standing, ABOUT("grant oneself to cancel %s", item->node), "cancel",
                      "wait", wait));
    }
    for (size_t i = graph->node_count; i > 0; i--) {
        const char *step = graph->nodes[i - 1].id;
        if (!graph->nodes[i - 1].task)
            continue;
        TRY(grant_try(cx, standing, ABOUT("grant oneself a token at %s", step), "add", "to",
                      value_text(step)));
        break;
    }
    TRY(proof_locked_change(cx, proof, &fields, &version));
    if (fields.kind == VALUE_NULL)
        return NULL;
    const char *field = fields.context->entries[0].key;
    return grant_try(cx, standing, ABOUT("grant oneself to set %s", field), "set", "fields",
                     fields);
}

// ---- incidents ------------------------------------------------------------------------------

static FALLIBLE mend_try(Ctx *cx, Standing *standing, ProveMove move, const char *about,
                         const char *part, Value value)
{
    Value fields;
    int64_t version = 0;
    if (value.kind == VALUE_NULL) {
        TRY(proof_locked_change(cx, standing->proof, &fields, &version));
        value = fields;
    }
    if (value.kind == VALUE_NULL || standing->spoiled)
        return NULL;
    move.kind = MOVE_MEND;
    move.about = about;
    move.fields = value_context(cx->arena);
    value_set(cx->arena, move.fields, part, value);
    if (version)
        value_set(cx->arena, move.fields, "version", value_integer(version));
    return proof_attempt(cx, standing, &move);
}

static FALLIBLE incident_try(Ctx *cx, Standing *standing, const Incident *incident)
{
    Proof *proof = standing->proof;
    ProveMove move = {.actor = proof_administrator(cx, proof),
                      .incident = incident->id,
                      .fields = value_context(cx->arena)};
    Value variables = value_context(cx->arena);
    value_set(cx->arena, variables, "proof", value_integer(1));
    if (incident->stands) {
        move.kind = MOVE_CLOSE;
        move.about = SAID("close an incident at which the process stands");
        TRY(proof_attempt(cx, standing, &move));
    }
    if (incident->stands && proof->subject) {
        TRY(mend_try(cx, standing, move, SAID("mend by an incident what only a step may set"),
                     "fields", value_null()));
        TRY(mend_try(cx, standing, move, SAID("mend variables of a process that holds a record"),
                     "variables", variables));
    }
    if (!proof->last_user)
        return NULL;
    const struct {
        ProveMoveKind kind;
        const char *about;
    } moves[] = {
        {MOVE_TAKE, SAID("take an incident without the right")},
        {MOVE_MEND, SAID("try again at an incident without the right")},
        {MOVE_CLOSE, SAID("close an incident without the right")},
    };
    move.actor = (ProveActor){proof->last_user, proof->last_login, SAID("whoever did a step")};
    for (size_t i = 0; i < sizeof moves / sizeof *moves && !standing->spoiled; i++) {
        move.kind = moves[i].kind;
        move.about = moves[i].about;
        TRY(lacking_try(cx, standing, move, "process.retry"));
    }
    return NULL;
}

FALLIBLE proof_try_power(Ctx *cx, Standing *standing)
{
    Proof *proof = standing->proof;
    Power power = {.proof = proof};
    TRY(proof_unit(cx, proof->prober, DOOR_API, power_read, &power));
    TRY(powerless_try(cx, standing));
    TRY(powerful_try(cx, standing, &power));
    TRY(grants_try(cx, standing));
    for (size_t i = 0; i < power.incident_count && !standing->spoiled; i++)
        TRY(incident_try(cx, standing, power.incidents[i]));
    return NULL;
}
