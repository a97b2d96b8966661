// SPDX-License-Identifier: Apache-2.0
// Records are taken through the process until there is nothing new to see, and what came of it is
// written down.
#include "process/prove.h"

#include "base/ids.h"
#include "base/messages.h"
#include "db/database.h"
#include "flow/explore.h"
#include "process/instance.h"
#include "process/process.h"
#include "process/prove_room.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "process/waiting.h"

#include <stdlib.h>
#include <string.h>

#define WALK_BYTES (256UL << 20)
#define UNIT_BYTES (64UL << 20)
// A Monday morning, so that due times come out the same whenever the proof is made.
#define PROOF_BEGINS (1894003200LL * 1000000) // 2030-01-07T08:00:00Z
#define EXPLORED_STATES 2000

QUERY(proof_version_hash, "SELECT hash FROM process_version WHERE id = $1");

typedef struct Unit {
    bool lent; // every permission
    Id user;
    Door door;
    UnitWork work;
    void *state;
} Unit;

static FALLIBLE unit_work(Ctx *cx, void *state)
{
    static const char *const everything[] = {"*"};
    const Unit *unit = state;
    Actor *actor;
    TRY(actor_load_id(cx, unit->user, unit->door, &actor));
    if (unit->lent) {
        actor->permissions = everything;
        actor->permission_count = 1;
    }
    cx->actor = actor;
    return unit->work(cx, unit->state);
}

static Error *unit_run(Ctx *cx, Unit unit)
{
    Ctx own = *cx;
    return database_write(&own, cx->company->database, unit_work, &unit);
}

Error *proof_unit(Ctx *cx, Id user, Door door, UnitWork work, void *state)
{
    return unit_run(cx, (Unit){true, user, door, work, state});
}

Error *proof_unit_plain(Ctx *cx, Id user, Door door, UnitWork work, void *state)
{
    return unit_run(cx, (Unit){false, user, door, work, state});
}

// ---- the certificate ------------------------------------------------------------------------

static Value steps_reached(Ctx *cx, const Proof *proof)
{
    const Graph *graph = proof->model->graph;
    Value *names = NEW_ARRAY(cx->arena, Value, graph->node_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].task && map_get(proof->reached, graph->nodes[i].id))
            names[count++] = value_text(graph->nodes[i].id);
    return value_list(names, count);
}

static size_t steps_all(const Proof *proof)
{
    const Graph *graph = proof->model->graph;
    size_t count = 0;
    for (size_t i = 0; i < graph->node_count; i++)
        count += graph->nodes[i].task != NULL;
    return count;
}

static const char *missed_why(Ctx *cx, const Proof *proof, int node, bool complete)
{
    const char *why = compass_reason(proof->compass, node);
    if (why)
        return why;
    return message_in(cx->language, complete ? "nothing leads there"
                                             : "it is not among the states that were explored");
}

static Value steps_missed(Ctx *cx, const Proof *proof, bool complete)
{
    const Graph *graph = proof->model->graph;
    Value *items = NEW_ARRAY(cx->arena, Value, graph->node_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < graph->node_count; i++) {
        if (!graph->nodes[i].task || map_get(proof->reached, graph->nodes[i].id))
            continue;
        Value item = value_context(cx->arena);
        value_set(cx->arena, item, "step", value_text(graph->nodes[i].id));
        value_set(cx->arena, item, "why", value_text(missed_why(cx, proof, (int)i, complete)));
        items[count++] = item;
    }
    return value_list(items, count);
}

static Value explored_value(Ctx *cx, const Exploration *explored)
{
    Value *findings = NEW_ARRAY(cx->arena, Value, explored->finding_count + 1);
    for (size_t i = 0; i < explored->finding_count; i++)
        findings[i] = value_text(explored->findings[i].message);
    Value out = value_context(cx->arena);
    value_set(cx->arena, out, "states", value_integer((int64_t)explored->states));
    value_set(cx->arena, out, "steps", value_integer((int64_t)explored->steps));
    value_set(cx->arena, out, "complete", value_boolean(explored->complete));
    value_set(cx->arena, out, "findings", value_list(findings, explored->finding_count));
    return out;
}

static bool held(const Tried *tried)
{
    return !tried->changed;
}

// A step is open, and the refusal does not say which, who can do it and where.
static bool unclear(const Tried *tried)
{
    return held(tried) && tried->why && tried->open && tried->named.kind != VALUE_CONTEXT;
}

// {key, name, who, where} without ids, which are others each time: who as the position or the
// department, else the names; where as the address of its page.
static Value named_value(Ctx *cx, Value step)
{
    if (step.kind != VALUE_CONTEXT)
        return value_null();
    Value named = value_context(cx->arena), who = value_context(cx->arena);
    const Value *given = value_get(step, "who"), *users = given ? value_get(*given, "users") : NULL;
    const Value *department = given ? value_get(*given, "department") : NULL;
    value_set(cx->arena, named, "key", value_text(value_get_text(step, "key")));
    value_set(cx->arena, named, "name", value_text(value_get_text(step, "name")));
    value_set(cx->arena, who, "position",
              value_text(given ? value_get_text(*given, "position") : NULL));
    value_set(cx->arena, who, "department",
              value_text(department ? value_get_text(*department, "key") : NULL));
    value_set(cx->arena, who, "people", value_integer(users ? (int64_t)users->list.count : 0));
    value_set(cx->arena, named, "who", who);
    const char *where = value_get_text(step, "where");
    const char *slash = where ? strrchr(where, '/') : NULL;
    value_set(cx->arena, named, "where",
              value_text(slash ? text_slice(cx->arena, where, (size_t)(slash - where)) : where));
    return named;
}

static Value tried_value(Ctx *cx, const Tried *tried)
{
    Value item = value_context(cx->arena);
    value_set(cx->arena, item, "step", value_text(tried->step));
    value_set(cx->arena, item, "door", value_text(tried->door));
    value_set(cx->arena, item, "who", value_text(tried->who));
    value_set(cx->arena, item, "move", value_text(tried->move));
    value_set(cx->arena, item, "why", value_text(tried->why));
    value_set(cx->arena, item, "changed", value_text(tried->changed));
    value_set(cx->arena, item, "named", named_value(cx, tried->named));
    value_set(cx->arena, item, "count", value_integer(tried->count));
    return item;
}

static Value tried_list(Ctx *cx, const Proof *proof, bool (*which)(const Tried *), bool is,
                        int *attempts)
{
    Value *items = NEW_ARRAY(cx->arena, Value, proof->tried.count + 1);
    size_t count = 0;
    *attempts = 0;
    for (size_t i = 0; i < proof->tried.count; i++) {
        const Tried *tried = proof->tried.items[i];
        if (which(tried) != is)
            continue;
        items[count++] = tried_value(cx, tried);
        *attempts += tried->count;
    }
    return value_list(items, count);
}

typedef struct Subject {
    const char *process;
    const ProcessModel *model;
    const char *hash;
} Subject;

static FALLIBLE model_read(Ctx *cx, void *state)
{
    Subject *subject = state;
    Row *row;
    TRY(model_newest(cx, subject->process, &subject->model));
    TRY(db_row(cx, &row, proof_version_hash, subject->model->id));
    subject->hash = row_text(row, "hash");
    return NULL;
}

// Each walk in an arena of its own: what is tried takes much, and little of it is kept.
static FALLIBLE walk_apart(Ctx *cx, Proof *proof)
{
    Ctx own = *cx;
    own.arena = arena_new(WALK_BYTES);
    Error *error = proof_walk(&own, proof);
    cx->now = own.now;
    if (error)
        error = FAIL(cx, error->code, "%s", text_copy(cx->arena, error->message));
    arena_free(own.arena);
    return error;
}

// Until there is nothing left to see; what is missed all the same is looked for at random.
static FALLIBLE walk_all(Ctx *cx, Proof *proof, const ProveOptions *options, int *runs)
{
    Way way;
    for (*runs = 0; *runs < options->runs; (*runs)++) {
        bool missing = steps_missed(cx, proof, true).list.count > 0;
        if (*runs && !missing && !compass_way(proof->compass, -1, &way))
            break;
        TRY(walk_apart(cx, proof));
        ProofProgress progress = {*runs + 1, (int)steps_reached(cx, proof).list.count,
                                  (int)steps_all(proof), proof->attempts};
        if (options->may_go_on)
            TRY(options->may_go_on(cx, options->state, &progress));
    }
    return NULL;
}

static Value certificate_value(Ctx *cx, const Proof *proof, const Exploration *explored)
{
    int refused, through, unsaid;
    Value tried = tried_list(cx, proof, held, true, &refused);
    Value passed = tried_list(cx, proof, held, false, &through);
    Value vague = tried_list(cx, proof, unclear, true, &unsaid);
    Value out = value_context(cx->arena);
    value_set(cx->arena, out, "process", value_text(proof->model->key));
    value_set(cx->arena, out, "version", value_integer(proof->model->version));
    value_set(cx->arena, out, "holds", value_boolean(!through));
    value_set(cx->arena, out, "explored", explored_value(cx, explored));
    value_set(cx->arena, out, "reached", steps_reached(cx, proof));
    value_set(cx->arena, out, "missed", steps_missed(cx, proof, explored->complete));
    value_set(cx->arena, out, "attempts", value_integer(proof->attempts));
    value_set(cx->arena, out, "refused", value_integer(refused));
    value_set(cx->arena, out, "through", passed);
    value_set(cx->arena, out, "unclear", vague);
    value_set(cx->arena, out, "untried", value_list(proof->untried.items, proof->untried.count));
    value_set(cx->arena, out, "tried", tried);
    return out;
}

FALLIBLE prove_run(Ctx *cx, const ProveOptions *options, Value *out)
{
    Subject subject = {.process = options->process};
    Exploration explored;
    const FlowMap *map;
    Instant at = cx->now;
    int runs;
    TRY(database_read(cx, cx->company->database, model_read, &subject));
    const Graph *graph = subject.model->graph;
    TRY(flow_map(cx, graph, EXPLORED_STATES, &explored, &map));
    Proof proof = {.model = subject.model,
                   .compass = compass_new(cx, graph, map),
                   .kept = cx->arena,
                   .doors = options->doors ? options->doors : proof_own_doors(),
                   .seed = options->seed,
                   .seen = map_new(cx->arena),
                   .reached = map_new(cx->arena),
                   .untried_by = map_new(cx->arena),
                   .tried_by = map_new(cx->arena)};
    TRY(database_write(cx, cx->company->database, proof_people, &proof));
    TRY(database_read(cx, cx->company->database, proof_words, &proof));
    cx->now = PROOF_BEGINS;
    TRY(walk_all(cx, &proof, options, &runs));
    cx->now = at;
    *out = certificate_value(cx, &proof, &explored);
    value_set(cx->arena, *out, "hash", value_text(subject.hash));
    value_set(cx->arena, *out, "seed", value_integer((int64_t)options->seed));
    value_set(cx->arena, *out, "runs", value_integer(runs));
    value_set(cx->arena, *out, "at", value_text(instant_text(cx->arena, at)));
    *out = value_copy(cx->arena, *out); // it outlives the model and the company
    return NULL;
}
