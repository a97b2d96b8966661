// SPDX-License-Identifier: Apache-2.0
// The writer and its group commit, for both drivers.
//
//   free --writer_take--> held --calls->unit--> a unit in the open batch
//     others wait for the writer, and the batch has room: writer_hand_on, wait for the batch
//     else this unit leads: batch_commit, wake all of the batch, rest, hand on
//
// So a commit gathers whatever queued while the commit before it was on its way to the disk; there
// is no timer. A unit sees what earlier units of its batch changed: when the batch is not
// committed, none of them was acknowledged. A failure that rolls back everything (a deadline within
// a change, a full disk, a lost connection) loses the units before it in the batch: they run again,
// and from the second time on each alone, so that what fails a commit fails its own unit.
#include "base/waiting.h"
#include "db/driver.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define UNIT_ATTEMPTS 16

struct Waiter {
    pthread_cond_t turn;
    bool granted;
    struct Waiter *next;
};

// Units of work that one COMMIT makes durable. Freed by the last that leaves.
struct Batch {
    int units;
    int references;
    bool done;
    BatchEnd end;
    pthread_cond_t finished;
};

static void writer_take(Writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    if (writer->held) {
        Waiter waiter = {.granted = false};
        pthread_cond_init(&waiter.turn, NULL);
        *(writer->last ? &writer->last->next : &writer->first) = &waiter;
        writer->last = &waiter;
        while (!waiter.granted)
            waiting_for(&waiter.turn, &writer->lock);
        pthread_cond_destroy(&waiter.turn);
    }
    writer->held = true;
    pthread_mutex_unlock(&writer->lock);
}

// With the lock. The writer stays held when it goes to the next in the queue.
static void writer_hand_on(Writer *writer)
{
    Waiter *next = writer->first;
    if (!next) {
        writer->held = false;
        return;
    }
    writer->first = next->next;
    if (!writer->first)
        writer->last = NULL;
    next->granted = true;
    pthread_cond_signal(&next->turn);
}

// ---- Batches

static FALLIBLE batch_begin(Ctx *cx, Session *session, Writer *writer)
{
    if (writer->batch)
        return NULL;
    TRY(writer->calls->begin(cx, session));
    Batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        abort();
    pthread_cond_init(&batch->finished, NULL);
    writer->batch = batch;
    return NULL;
}

static void batch_free(Batch *batch)
{
    pthread_cond_destroy(&batch->finished);
    free(batch);
}

// With the lock: tells every unit of the open batch how it ended.
static void batch_end(Writer *writer, const BatchEnd *end)
{
    Batch *batch = writer->batch;
    writer->batch = NULL;
    batch->end = *end;
    batch->done = true;
    pthread_cond_broadcast(&batch->finished);
    if (!batch->references)
        batch_free(batch);
}

// With the lock, which is let go of meanwhile: others queue up for the next batch.
static void batch_commit(Database *database, Writer *writer)
{
    BatchEnd end = {0};
    int units = writer->batch->units;
    pthread_mutex_unlock(&writer->lock);
    waiting_begin(); // for the disk
    writer->calls->commit(database, units, &end);
    waiting_end();
    pthread_mutex_lock(&writer->lock);
    batch_end(writer, &end);
    if (!writer->calls->rest)
        return;
    pthread_mutex_unlock(&writer->lock);
    writer->calls->rest(database);
    pthread_mutex_lock(&writer->lock);
}

// ---- One unit of work

// Commits or hands on, and waits until the unit's batch is durable. With the lock.
static BatchEnd unit_join(Database *database, Writer *writer, bool alone)
{
    Batch *batch = writer->batch;
    batch->units++;
    batch->references++;
    if (alone || !writer->first || batch->units >= writer->calls->units_most)
        batch_commit(database, writer);
    writer_hand_on(writer);
    while (!batch->done)
        waiting_for(&batch->finished, &writer->lock);
    BatchEnd end = batch->end;
    if (--batch->references == 0)
        batch_free(batch);
    return end;
}

// After a unit that failed. With the lock.
static void unit_leave(Database *database, Writer *writer)
{
    if (writer->batch && !writer->calls->stands(database))
        batch_end(writer, &(BatchEnd){.lost = true});
    if (writer->batch && !writer->first)
        batch_commit(database, writer);
    writer_hand_on(writer);
}

static FALLIBLE unit_once(Ctx *cx, Session *session, UnitWork work, void *state, bool alone)
{
    Database *database = session->database;
    Writer *writer = &database->writer;
    ArenaMark mark = arena_mark(cx->arena);
    writer_take(writer);
    if (alone && writer->batch) {
        pthread_mutex_lock(&writer->lock);
        batch_commit(database, writer);
        pthread_mutex_unlock(&writer->lock);
    }
    Error *error = batch_begin(cx, session, writer);
    if (!error)
        error = writer->calls->unit(cx, session, work, state);
    pthread_mutex_lock(&writer->lock);
    if (error || session->overflow) {
        unit_leave(database, writer);
        pthread_mutex_unlock(&writer->lock);
        return unit_error(cx, session, error, mark);
    }
    BatchEnd end = unit_join(database, writer, alone);
    pthread_mutex_unlock(&writer->lock);
    if (end.lost) {
        session->again = true;
        return FAIL(cx, ERR_UNAVAILABLE, "the changes beside this one failed and took it along");
    }
    return end.code ? writer->calls->refusal(cx, &end) : NULL;
}

void unit_pause(int attempt)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int ceiling_us = 1000 << (attempt < 6 ? attempt : 6);
    usleep((useconds_t)(now.tv_nsec / 100 % ceiling_us));
}

FALLIBLE writer_unit(Ctx *cx, Database *database, UnitWork work, void *state)
{
    ArenaMark mark = arena_mark(cx->arena);
    for (int attempt = 1;; attempt++) {
        Session session = {.database = database, .writes = true};
        Error *error = unit_once(cx, &session, work, state, attempt > 1);
        if (!session.again || attempt == UNIT_ATTEMPTS)
            return error;
        arena_rewind(cx->arena, mark);
        if (attempt > 1)
            unit_pause(attempt);
    }
}

void writer_make(Writer *writer, const WriterCalls *calls)
{
    writer->calls = calls;
    pthread_mutex_init(&writer->lock, NULL);
}

void writer_end(Writer *writer)
{
    pthread_mutex_destroy(&writer->lock);
}
