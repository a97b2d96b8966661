// SPDX-License-Identifier: Apache-2.0
#include "record/import_job.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/import_batch.h"
#include "record/import_note.h"
#include "record/import_undo.h"
#include "record/rights.h"

#include <string.h>
#include <unistd.h>

QUERY(import_job_insert,
      "INSERT INTO import_batch (id, entity, name, path, actor, language, task, state, header,"
      " settings, line, rows, taken, refused, created, updated, undone, kept, message, changed_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, 'try', 'ready', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL,"
      " $7)");
QUERY(import_job_settings_set,
      "UPDATE import_batch SET settings = $2, changed_at = $3 WHERE id = $1");
QUERY(import_job_state_set,
      "UPDATE import_batch SET state = $2, task = $3, changed_at = $4 WHERE id = $1");
QUERY(import_job_next, "SELECT id FROM import_batch"
                       " WHERE state IN ('cancelling', 'waiting', 'working') ORDER BY id LIMIT 1");
QUERY(import_job_delete, "DELETE FROM import_batch WHERE id = $1 AND state = 'ready'");
QUERY(import_job_path_forget, "UPDATE import_batch SET path = NULL WHERE id = $1");

FALLIBLE import_job_create(Ctx *cx, const char *entity_name, const char *name, const char *path,
                           Id *job)
{
    const Entity *entity;
    TRY(schema_find(cx, entity_name, &entity));
    TRY(rights_need(cx, entity, VERB_IMPORT));
    *job = id_new(cx);
    return db_run(cx, NULL, import_job_insert, *job, entity_name, name, path, cx->actor->user,
                  cx->language, cx->now);
}

FALLIBLE import_job_drop(Ctx *cx, Id job)
{
    return db_run(cx, NULL, import_job_delete, job);
}

FALLIBLE import_job_settings(Ctx *cx, Id id, Value settings)
{
    ImportBatch batch;
    TRY(batch_load(cx, id, &batch));
    if (!text_equal(batch.state, "ready") && !text_equal(batch.task, "try"))
        return FAIL(cx, ERR_CONFLICT, "the import has begun: its settings stand");
    const Value *headers = value_get(batch.settings, "headers");
    if (headers)
        value_set(cx->arena, settings, "headers", *headers);
    return db_run(cx, NULL, import_job_settings_set, id, json_text(cx->arena, settings), cx->now);
}

static bool is_busy(const ImportBatch *batch)
{
    return text_equal(batch->state, "waiting") || text_equal(batch->state, "working") ||
           text_equal(batch->state, "cancelling");
}

static FALLIBLE check_task(Ctx *cx, const ImportBatch *batch, const char *task)
{
    bool tried = text_equal(batch->task, "try"), ran = text_equal(batch->task, "run");
    bool done = text_equal(batch->state, "done");
    if (is_busy(batch))
        return FAIL(cx, ERR_CONFLICT, "the import is at work already");
    if (text_equal(task, "undo"))
        return tried ? FAIL(cx, ERR_CONFLICT, "there is nothing to undo yet") : NULL;
    if (!text_equal(task, "try") && !text_equal(task, "run"))
        return error_field(FAIL(cx, ERR_INVALID, "the task is try, run or undo"), "task");
    if (!tried && !(ran && !done && text_equal(task, "run")))
        return FAIL(cx, ERR_CONFLICT, "this import has been run");
    return batch->path ? NULL
                       : FAIL(cx, ERR_CONFLICT, "the file of this import is not there any more");
}

FALLIBLE import_job_start(Ctx *cx, Id id, const char *task)
{
    ImportBatch batch;
    TRY(batch_load(cx, id, &batch));
    TRY(check_task(cx, &batch, task));
    // A run that was left goes on; everything else begins anew.
    if (!text_equal(task, "undo") && !text_equal(batch.task, "run"))
        TRY(note_again(cx, id, task));
    return db_run(cx, NULL, import_job_state_set, id, "waiting", task, cx->now);
}

FALLIBLE import_job_cancel(Ctx *cx, Id id)
{
    ImportBatch batch;
    TRY(batch_load(cx, id, &batch));
    if (!is_busy(&batch))
        return FAIL(cx, ERR_CONFLICT, "the import is not at work");
    const char *state = text_equal(batch.state, "waiting") ? "cancelled" : "cancelling";
    return db_run(cx, NULL, import_job_state_set, id, state, batch.task, cx->now);
}

// ---- The work

typedef struct Work {
    struct Database *database;
    atomic_bool *stop;
    ImportBatch batch;
    Actor *actor;
    Id next;
    bool cancelled;
} Work;

static Error *find_work(Ctx *cx, void *state)
{
    Work *work = state;
    Row *row;
    work->next = 0;
    TRY(db_row(cx, &row, import_job_next));
    if (!row)
        return NULL;
    work->next = row_integer(row, "id");
    TRY(batch_load(cx, work->next, &work->batch));
    return NULL;
}

static Error *load_actor(Ctx *cx, void *state)
{
    Work *work = state;
    if (work->batch.actor)
        return actor_load_id(cx, work->batch.actor, DOOR_IMPORT, &work->actor);
    work->actor = NEW(cx->arena, Actor);
    *work->actor = *actor_system();
    work->actor->door = DOOR_IMPORT;
    return NULL;
}

static Error *ask_state(Ctx *cx, void *state)
{
    Work *work = state;
    ImportBatch batch;
    Actor *actor;
    TRY(batch_load(cx, work->batch.id, &batch));
    work->cancelled = text_equal(batch.state, "cancelling");
    // Who has been switched off does not go on importing.
    return batch.actor ? actor_load_id(cx, batch.actor, DOOR_IMPORT, &actor) : NULL;
}

static Error *may_go_on(Ctx *cx, void *state)
{
    Work *work = state;
    if (work->stop && atomic_load(work->stop))
        return FAIL(cx, ERR_UNAVAILABLE, "the program ends");
    TRY(database_read(cx, work->database, ask_state, work));
    return work->cancelled ? FAIL(cx, ERR_CONFLICT, "cancelled") : NULL;
}

static Error *begin_work(Ctx *cx, void *state)
{
    const Work *work = state;
    return db_run(cx, NULL, import_job_state_set, work->batch.id, "working", work->batch.task,
                  cx->now);
}

static FALLIBLE do_task(Ctx *cx, Work *work)
{
    ImportBatch *batch = &work->batch;
    if (text_equal(batch->task, "undo"))
        return import_undo(cx, work->database, batch->id, may_go_on, work);
    ImportRequest request;
    TRY(batch_request(cx, batch, &request));
    request.dry_run = text_equal(batch->task, "try");
    if (request.dry_run) // one that was left begins again
        request.before = (ImportTotals){0};
    request.after_line = request.dry_run ? 0 : batch->line;
    request.may_go_on = may_go_on;
    request.may_go_on_state = work;
    return import_run(cx, work->database, &request, NULL, NULL);
}

typedef struct Ending {
    const Work *work;
    const Error *error;
} Ending;

static Error *end_work(Ctx *cx, void *state)
{
    const Ending *ending = state;
    const ImportBatch *batch = &ending->work->batch;
    if (ending->work->cancelled)
        return note_end(cx, batch->id, "cancelled", NULL);
    if (!ending->error && text_equal(batch->task, "run"))
        TRY(db_run(cx, NULL, import_job_path_forget, batch->id));
    return note_end(cx, batch->id, ending->error ? "failed" : "done", ending->error);
}

static FALLIBLE work_on(Ctx *cx, Work *work)
{
    TRY(database_read(cx, work->database, load_actor, work));
    cx->actor = work->actor;
    work->cancelled = text_equal(work->batch.state, "cancelling");
    if (work->cancelled)
        return NULL;
    TRY(database_write(cx, work->database, begin_work, work));
    return do_task(cx, work);
}

static FALLIBLE finish(Ctx *cx, const Work *work, Error *error)
{
    const ImportBatch *batch = &work->batch;
    if (error && error->code == ERR_UNAVAILABLE)
        return error; // it is gone on with
    Ending ending = {work, error};
    TRY(database_write(cx, work->database, end_work, &ending));
    if (!error && !work->cancelled && text_equal(batch->task, "run") && batch->path)
        unlink(batch->path);
    return NULL;
}

static Error *load_work(Ctx *cx, void *state)
{
    Work *work = state;
    return batch_load(cx, work->next, &work->batch);
}

FALLIBLE import_job_work(Ctx *cx, struct Database *database, Id job)
{
    Work work = {.database = database, .next = job};
    TRY(database_read(cx, database, load_work, &work));
    Error *error = do_task(cx, &work);
    TRY(finish(cx, &work, error));
    return error;
}

FALLIBLE import_jobs_work(Ctx *cx, struct Database *database, atomic_bool *stop, bool *found)
{
    Work work = {.database = database, .stop = stop};
    const Actor *actor = cx->actor;
    const char *language = cx->language;
    *found = false;
    TRY(database_read(cx, database, find_work, &work));
    if (!work.next)
        return NULL;
    *found = true;
    cx->language = work.batch.language;
    Error *error = work_on(cx, &work);
    cx->actor = actor;
    cx->language = language;
    return finish(cx, &work, error);
}
