// SPDX-License-Identifier: Apache-2.0
#include "process/test_desk.h"

#include "base/ids.h"
#include "base/json.h"
#include "process/function_point.h"
#include "record/list.h"
#include "record/pack.h"

#include <stdio.h>
#include <string.h>

#define DESK_FOLDER TEST_SOURCE_ROOT "/src/process/test_packs"

int desk_reserved;
bool desk_unlucky;

FUNCTION_POINT(test_score, "test.score", "Scores an amount; 13 has no luck, 666 fails.", "amount",
               "score")
{
    int64_t amount = 0;
    const Value *given = value_get(input, "amount");
    if (given && given->kind == VALUE_NUMBER)
        (void)decimal_to_integer(given->number, &amount);
    if (amount == 13 || desk_unlucky) {
        *business_error = "no-luck";
        return NULL;
    }
    if (amount == 666)
        return FAIL(cx, ERR_CONFLICT, "the score is out of order");
    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "score", value_integer(amount / 10));
    *output = result;
    return NULL;
}

FUNCTION_POINT(test_reserve, "test.reserve", "Counts one more.", "amount", "")
{
    desk_reserved++;
    return NULL;
}

FUNCTION_POINT(test_release, "test.release", "Counts one less.", "amount", "")
{
    desk_reserved--;
    return NULL;
}

static const char *file_read(Ctx *cx, const char *name, size_t *length)
{
    FILE *file = fopen(text_format(cx->arena, DESK_FOLDER "/desk/%s", name), "rb");
    CHECK(file != NULL);
    char *bytes = arena_alloc(cx->arena, 100000);
    *length = fread(bytes, 1, 99999, file);
    fclose(file);
    return bytes;
}

const char *desk_file(Ctx *cx, const char *name)
{
    size_t length;
    return file_read(cx, name, &length);
}

static FALLIBLE deploy(Ctx *cx, void *state)
{
    (void)state;
    cx->actor = actor_system();
    const char *key;
    int version;
    size_t length;
    const char *xml = file_read(cx, "risk.dmn", &length);
    TRY(decision_deploy(cx, xml, length, &key, &version));
    xml = file_read(cx, "loan.bpmn", &length);
    TRY(process_deploy(cx, xml, length, &key, &version));
    xml = file_read(cx, "notice.bpmn", &length);
    TRY(process_deploy(cx, xml, length, &key, &version));
    return deployments_load(cx);
}

void desk_open(Ctx *cx)
{
    desk_reserved = 0;
    desk_unlucky = false;
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, DESK_FOLDER, NULL, 0));
    CHECK_OK(database_write(cx, cx->company->database, deploy, NULL));
}

void desk_close(Ctx *cx)
{
    deployments_close(cx->company);
    packs_close(cx->company);
}

typedef struct Deed {
    const char *login;
    Door door;
    UnitWork work;
    void *state;
} Deed;

static FALLIBLE deed_do(Ctx *cx, void *state)
{
    const Deed *deed = state;
    Actor *actor;
    TRY(actor_load(cx, deed->login, deed->door, &actor));
    cx->actor = actor;
    return deed->work(cx, deed->state);
}

Error *desk_do(Ctx *cx, const char *login, Door door, UnitWork work, void *state)
{
    Deed deed = {login, door, work, state};
    Ctx own = *cx;
    return database_write(&own, cx->company->database, deed_do, &deed);
}

static Value json(Ctx *cx, const char *text)
{
    Value value;
    CHECK_OK(json_parse(cx, text, strlen(text), &value));
    return value;
}

// What comes out of a unit must outlive it on a second run, so it is kept as text.
typedef struct Job {
    Id id;
    const char *text;
    const char *more;
    const char *other;
    Instant until;
    int number;
    Id out;
    Value value;
} Job;

static FALLIBLE create_work(Ctx *cx, void *state)
{
    Job *job = state;
    Record *record;
    TRY(record_create(cx, "loan", json(cx, job->text), &record));
    job->out = record->id;
    return NULL;
}

Error *desk_create(Ctx *cx, const char *login, Door door, const char *fields, Id *loan)
{
    Job job = {.text = fields};
    Error *error = desk_do(cx, login, door, create_work, &job);
    *loan = job.out;
    return error;
}

Id desk_loan(Ctx *cx, const char *amount)
{
    Id loan;
    CHECK_OK(desk_create(cx, "anna", DOOR_API, text_format(cx->arena, "{\"amount\":%s}", amount),
                         &loan));
    return loan;
}

static FALLIBLE change_work(Ctx *cx, void *state)
{
    Job *job = state;
    Record *record;
    return record_change(cx, "loan", job->id, 0, json(cx, job->text), &record);
}

Error *desk_change(Ctx *cx, const char *login, Door door, Id loan, const char *fields)
{
    Job job = {.id = loan, .text = fields};
    return desk_do(cx, login, door, change_work, &job);
}

static FALLIBLE delete_work(Ctx *cx, void *state)
{
    return record_delete(cx, "loan", ((Job *)state)->id, 0);
}

Error *desk_delete(Ctx *cx, const char *login, Id loan)
{
    Job job = {.id = loan};
    return desk_do(cx, login, DOOR_API, delete_work, &job);
}

static FALLIBLE read_work(Ctx *cx, void *state)
{
    Job *job = state;
    Record *record;
    TRY(record_get(cx, "loan", job->id, &record));
    job->value = record->fields;
    return NULL;
}

Value desk_read(Ctx *cx, Id loan)
{
    Job job = {.id = loan};
    CHECK_OK(desk_do(cx, "root", DOOR_API, read_work, &job));
    return job.value;
}

static FALLIBLE item_work(Ctx *cx, void *state)
{
    Job *job = state;
    Value request = value_context(cx->arena);
    value_set(cx->arena, request, "subject",
              value_text(text_format(cx->arena, "loan/%s", id_text(cx->arena, job->id))));
    TRY(work_item_list(cx, request, &job->value));
    const Value *items = value_get(job->value, "items");
    job->out = 0;
    for (size_t i = 0; i < items->list.count; i++)
        if (text_equal(value_get_text(items->list.items[i], "key"), job->text))
            CHECK(id_parse(value_get_text(items->list.items[i], "id"), &job->out));
    return NULL;
}

Id desk_item(Ctx *cx, Id loan, const char *node)
{
    Job job = {.id = loan, .text = node};
    CHECK_OK(desk_do(cx, "root", DOOR_API, item_work, &job));
    return job.out;
}

static FALLIBLE instance_work(Ctx *cx, void *state)
{
    Job *job = state;
    TRY(process_moves(cx, "loan", job->id, &job->value));
    const Value *id = value_at(job->value, "/instances/0/id");
    job->out = 0;
    if (id)
        CHECK(id_parse(id->text.bytes, &job->out));
    return NULL;
}

Id desk_instance(Ctx *cx, Id loan)
{
    Job job = {.id = loan};
    CHECK_OK(desk_do(cx, "root", DOOR_API, instance_work, &job));
    return job.out;
}

Value desk_moves(Ctx *cx, const char *login, Id loan)
{
    Job job = {.id = loan};
    CHECK_OK(desk_do(cx, login, DOOR_API, instance_work, &job));
    return job.value;
}

static FALLIBLE claim_work(Ctx *cx, void *state)
{
    return work_item_claim(cx, ((Job *)state)->id);
}

Error *desk_claim(Ctx *cx, const char *login, Id item)
{
    Job job = {.id = item};
    return desk_do(cx, login, DOOR_STEP, claim_work, &job);
}

static FALLIBLE release_work(Ctx *cx, void *state)
{
    return work_item_release(cx, ((Job *)state)->id);
}

Error *desk_release(Ctx *cx, const char *login, Id item)
{
    Job job = {.id = item};
    return desk_do(cx, login, DOOR_STEP, release_work, &job);
}

static FALLIBLE complete_work(Ctx *cx, void *state)
{
    Job *job = state;
    return work_item_complete(cx, job->id, json(cx, job->text), &job->value);
}

Error *desk_complete(Ctx *cx, const char *login, Id item, const char *fields)
{
    Job job = {.id = item, .text = fields};
    return desk_do(cx, login, DOOR_STEP, complete_work, &job);
}

void desk_step(Ctx *cx, const char *login, Id loan, const char *node, const char *fields)
{
    CHECK_OK(desk_complete(cx, login, desk_item(cx, loan, node), fields));
}

static FALLIBLE message_work(Ctx *cx, void *state)
{
    Job *job = state;
    IncomingMessage message = {.name = job->text,
                               .key = job->more,
                               .idempotency_key = job->other,
                               .keep_until = job->until};
    bool queued;
    return message_publish(cx, &message, &job->number, &queued);
}

Error *desk_message(Ctx *cx, const char *login, const char *name, const char *key,
                    const char *idempotency_key, Instant keep_until, int *delivered)
{
    Job job = {.text = name, .more = key, .other = idempotency_key, .until = keep_until};
    Error *error = desk_do(cx, login, DOOR_API, message_work, &job);
    *delivered = job.number;
    return error;
}

static FALLIBLE cancel_work(Ctx *cx, void *state)
{
    return instance_cancel(cx, ((Job *)state)->id, "the customer asked for it");
}

Error *desk_cancel(Ctx *cx, const char *login, Id instance)
{
    Job job = {.id = instance};
    return desk_do(cx, login, DOOR_API, cancel_work, &job);
}

#define JOBS_AT_ONCE 100

typedef struct Shift {
    const char *holder;
    Id ids[JOBS_AT_ONCE];
    int count;
} Shift;

static FALLIBLE take_work(Ctx *cx, void *state)
{
    Shift *shift = state;
    return jobs_take(cx, shift->holder, JOBS_AT_ONCE, cx->now + 60 * 1000000LL, shift->ids,
                     &shift->count);
}

static FALLIBLE run_work(Ctx *cx, void *state)
{
    Shift *shift = state;
    cx->actor = actor_system();
    return jobs_run(cx, shift->holder, shift->ids, shift->count);
}

int desk_jobs(Ctx *cx)
{
    Shift shift = {.holder = "the test"};
    Ctx own = *cx;
    CHECK_OK(database_write(&own, cx->company->database, take_work, &shift));
    CHECK_OK(database_write(&own, cx->company->database, run_work, &shift));
    return shift.count;
}

static FALLIBLE show_item_work(Ctx *cx, void *state)
{
    Job *job = state;
    return work_item_show(cx, job->id, &job->value);
}

Value desk_show_item(Ctx *cx, const char *login, Id item)
{
    Job job = {.id = item};
    CHECK_OK(desk_do(cx, login, DOOR_STEP, show_item_work, &job));
    return job.value;
}

static FALLIBLE queue_work(Ctx *cx, void *state)
{
    Job *job = state;
    return work_item_list(cx, json(cx, job->text), &job->value);
}

Value desk_queue(Ctx *cx, const char *login, const char *request)
{
    Job job = {.text = request};
    CHECK_OK(desk_do(cx, login, DOOR_API, queue_work, &job));
    return job.value;
}

static FALLIBLE show_instance_work(Ctx *cx, void *state)
{
    Job *job = state;
    return instance_show(cx, job->id, &job->value);
}

Value desk_show_instance(Ctx *cx, const char *login, Id instance)
{
    Job job = {.id = instance};
    CHECK_OK(desk_do(cx, login, DOOR_API, show_instance_work, &job));
    return job.value;
}

static FALLIBLE history_work(Ctx *cx, void *state)
{
    Job *job = state;
    return instance_history(cx, job->id, &job->value);
}

Value desk_history(Ctx *cx, const char *login, Id instance)
{
    Job job = {.id = instance};
    CHECK_OK(desk_do(cx, login, DOOR_API, history_work, &job));
    return job.value;
}
