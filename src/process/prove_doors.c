// SPDX-License-Identifier: Apache-2.0
// Every move that is not allowed, at every door. After each the company is read: a move is refused
// when it was answered so and nothing changed.
#include "base/messages.h"
#include "process/prove_try.h"

#define ATTEMPT_BYTES (128UL << 20)

FALLIBLE proof_content_take(Ctx *cx, Proof *proof)
{
    Content now;
    TRY(database_read(cx, cx->company->database, proof_content, &now));
    if (!proof->content.count) {
        proof->content =
            (Content){now.tables, NEW_ARRAY(proof->kept, uint64_t, now.count), now.count};
        proof->content.tables = NEW_ARRAY(proof->kept, const char *, now.count);
    }
    for (size_t i = 0; i < now.count; i++) {
        proof->content.tables[i] = now.tables[i];
        proof->content.sums[i] = now.sums[i];
    }
    return NULL;
}

// ---- one attempt ----------------------------------------------------------------------------

static const char *text_of(const ProveAnswer *answer, const char *name)
{
    return answer->problem.kind == VALUE_CONTEXT ? value_get_text(answer->problem, name) : NULL;
}

// The open step that the refusal names, with who can do it and where.
static Value step_named(const ProveAnswer *answer)
{
    const Value *step =
        answer->problem.kind == VALUE_CONTEXT ? value_get(answer->problem, "open_step") : NULL;
    return step && step->kind == VALUE_CONTEXT ? *step : value_null();
}

// Whether a step is open that a refusal of the move could name: of what only a step may do.
static bool could_name(const Standing *standing, const ProveMove *move, const ProveAnswer *answer)
{
    bool field = move->kind == MOVE_CHANGE || move->kind == MOVE_DELETE;
    bool step =
        (move->kind == MOVE_COMPLETE || move->kind == MOVE_CLAIM || move->kind == MOVE_SKIP) &&
        move->item != standing->proof->last_done;
    return standing->count && (field || step) &&
           text_equal(text_of(answer, "code"), error_word(ERR_CONFLICT));
}

static Tried *tried_find(Proof *proof, const Standing *standing, const ProveDoor *door,
                         const ProveMove *move, const char *why, const char *changed)
{
    Arena *kept = proof->kept;
    const char *key =
        text_format(kept, "%s|%s|%s|%s|%s|%s", standing->where, door->name, move->actor.word,
                    move->about, why ? why : "", changed ? changed : "");
    Tried *tried = map_get(proof->tried_by, key);
    if (tried)
        return tried;
    tried = NEW(kept, Tried);
    *tried = (Tried){.step = standing->where,
                     .door = door->name,
                     .who = text_copy(kept, move->actor.word),
                     .move = text_copy(kept, move->about),
                     .why = why ? text_copy(kept, why) : NULL,
                     .changed = changed ? text_copy(kept, changed) : NULL};
    map_put(proof->tried_by, key, tried);
    array_push(kept, proof->tried) = tried;
    return tried;
}

static void tried_add(Ctx *cx, Standing *standing, const ProveDoor *door, const ProveMove *move,
                      const ProveAnswer *answer, const char *changed)
{
    Proof *proof = standing->proof;
    const char *why = text_of(answer, "message");
    if (!why && !changed)
        why = message_in(cx->language, "it was taken, and nothing came of it");
    Tried *tried = tried_find(proof, standing, door, move, why, changed);
    Value step = step_named(answer);
    tried->open = tried->open || could_name(standing, move, answer);
    if (!tried->count && step.kind == VALUE_CONTEXT)
        tried->named = value_copy(proof->kept, step);
    tried->count++;
    proof->attempts++;
    standing->spoiled = standing->spoiled || (changed && move->kind != MOVE_CHANGE);
}

static FALLIBLE knock(Ctx *cx, Standing *standing, const ProveDoor *door, const ProveMove *move)
{
    Proof *proof = standing->proof;
    ProveAnswer answer = {false, value_null()};
    TRY(door->knock(cx, proof->doors->state, move, &answer));
    if (!answer.knows)
        return NULL;
    Content after;
    TRY(database_read(cx, cx->company->database, proof_content, &after));
    const char *changed = proof_content_changed(cx, &proof->content, &after);
    tried_add(cx, standing, door, move, &answer, changed);
    for (size_t i = 0; changed && i < after.count; i++)
        proof->content.sums[i] = after.sums[i];
    return NULL;
}

FALLIBLE proof_attempt(Ctx *cx, Standing *standing, const ProveMove *move)
{
    Proof *proof = standing->proof;
    for (size_t i = 0; i < proof->doors->count && !standing->spoiled; i++) {
        Ctx own = *cx;
        own.arena = arena_new(ATTEMPT_BYTES);
        Error *error = knock(&own, standing, &proof->doors->items[i], move);
        if (error)
            error = FAIL(cx, error->code, "%s", text_copy(cx->arena, error->message));
        arena_free(own.arena);
        TRY(error);
    }
    return NULL;
}

FALLIBLE proof_prepared(Ctx *cx, Proof *proof, const char *about, UnitWork work, void *state,
                        bool *ready)
{
    Error *error = NULL;
    for (int i = 0; i < PREPARE_TRIES; i++) {
        error = proof_unit(cx, proof->prober, DOOR_API, work, state);
        *ready = !error;
        if (!error || (error->code != ERR_INVALID && error->code != ERR_CONFLICT))
            return error;
    }
    Value item = value_context(proof->kept);
    value_set(proof->kept, item, "move", value_text(text_copy(proof->kept, about)));
    value_set(proof->kept, item, "why", value_text(text_copy(proof->kept, error->message)));
    if (!map_get(proof->untried_by, about))
        array_push(proof->kept, proof->untried) = item;
    map_put(proof->untried_by, text_copy(proof->kept, about), proof);
    return NULL;
}

ProveActor proof_administrator(Ctx *cx, const Proof *proof)
{
    return (ProveActor){proof->prober, "proof", message_in(cx->language, "an administrator")};
}

bool proof_candidate(Ctx *cx, const Proof *proof, const WorkItem *item, ProveActor *out)
{
    Person person = {.proof = proof, .item = item};
    if (!item || proof_unit(cx, proof->prober, DOOR_API, proof_person, &person) ||
        person.user == proof->prober)
        return false;
    *out = (ProveActor){person.user, person.login,
                        message_in(cx->language, "whoever may do the step")};
    return true;
}

// ---- all of them ----------------------------------------------------------------------------

FALLIBLE proof_doors(Ctx *cx, Proof *proof, const char *where, WorkItem **items, size_t count,
                     bool *spoiled)
{
    Standing standing = {proof, where, items, count, false};
    TRY(proof_content_take(cx, proof));
    if (proof->subject)
        TRY(proof_try_records(cx, &standing));
    for (size_t i = 0; i < count && !standing.spoiled; i++)
        TRY(proof_try_item(cx, &standing, items[i]));
    if (!standing.spoiled)
        TRY(proof_try_twice(cx, &standing));
    if (!standing.spoiled)
        TRY(proof_try_messages(cx, &standing));
    if (!standing.spoiled)
        TRY(proof_try_power(cx, &standing));
    *spoiled = standing.spoiled;
    return NULL;
}
