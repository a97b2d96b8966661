// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "db/database.h"
#include "record/import_job.h"
#include "record/test_packs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Actor importer;

typedef struct Job {
    Id id;
    const char *path;
    const char *task;
    Value shown;
} Job;

static Error *create(Ctx *cx, void *state)
{
    Job *job = state;
    return import_job_create(cx, "sale", "sales.csv", job->path, &job->id);
}

static Error *start(Ctx *cx, void *state)
{
    const Job *job = state;
    return import_job_start(cx, job->id, job->task);
}

static Error *show(Ctx *cx, void *state)
{
    Job *job = state;
    return import_job_show(cx, job->id, &job->shown);
}

static Job job_of(Ctx *cx, const char *text)
{
    Job job = {.path = text_copy(cx->arena, "/tmp/millrace-test-XXXXXX")};
    int file = mkstemp((char *)job.path);
    CHECK(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    importer = *actor_system();
    importer.door = DOOR_IMPORT;
    cx->actor = &importer;
    CHECK_OK(database_write(cx, cx->company->database, create, &job));
    return job;
}

static void work(Ctx *cx, Job *job, const char *task, atomic_bool *stop)
{
    bool found;
    job->task = task;
    if (task)
        CHECK_OK(database_write(cx, cx->company->database, start, job));
    Error *error = import_jobs_work(cx, cx->company->database, stop, &found);
    CHECK(found);
    if (stop && atomic_load(stop))
        CHECK_FAILS(error, ERR_UNAVAILABLE, "the program ends");
    else
        CHECK_OK(error);
    CHECK_OK(database_read(cx, cx->company->database, show, job));
}

static const char *number(Ctx *cx, const Job *job, const char *key)
{
    const Value *value = value_get(job->shown, key);
    char text[64];
    int64_t integer = -1;
    decimal_to_integer(value->number, &integer);
    snprintf(text, sizeof text, "%lld", (long long)integer);
    return text_copy(cx->arena, text);
}

static Error *touch(Ctx *cx, void *state)
{
    ListPage page;
    ListSort sort = {"number", false};
    ListRequest request = {.entity = "sale", .sorts = &sort, .sort_count = 1, .limit = 1};
    Record *changed;
    (void)state;
    TRY(list_read(cx, &request, &page));
    return record_change(cx, "sale", page.records[0]->id, 0, test_json(cx, "{\"note\":\"mine\"}"),
                         &changed);
}

static Error *count_sales(Ctx *cx, void *state)
{
    ListRequest request = {.entity = "sale", .count = true};
    ListPage page;
    TRY(list_read(cx, &request, &page));
    *(int *)state = (int)page.total;
    return NULL;
}

DB_TEST(an_import_job_is_tried_run_and_undone_but_for_what_changed_since)
{
    int sales = -1;
    test_packs_open(cx);
    Job job = job_of(cx, "customer,amount\nC-0007,1\nC-0007,-1\nC-0008,3\n");
    work(cx, &job, "try", NULL);
    CHECK_TEXT(value_get_text(job.shown, "state"), "done");
    CHECK_TEXT(number(cx, &job, "created"), "2");
    CHECK_TEXT(number(cx, &job, "refused"), "1");
    CHECK_OK(database_read(cx, cx->company->database, count_sales, &sales));
    CHECK_INT(sales, 0);
    CHECK(access(job.path, F_OK) == 0);
    work(cx, &job, "run", NULL);
    CHECK_TEXT(number(cx, &job, "created"), "2");
    CHECK_TEXT(number(cx, &job, "refused"), "1");
    CHECK(access(job.path, F_OK) != 0);
    CHECK_OK(database_write(cx, cx->company->database, touch, NULL));
    work(cx, &job, "undo", NULL);
    CHECK_TEXT(number(cx, &job, "undone"), "1");
    CHECK_TEXT(number(cx, &job, "kept"), "1");
    const Value *message = value_at(job.shown, "/problems/0/message");
    CHECK_TEXT(message->text.bytes, "it was changed since the import");
    CHECK_OK(database_read(cx, cx->company->database, count_sales, &sales));
    CHECK_INT(sales, 1);
}

DB_TEST(an_import_that_was_left_goes_on_behind_its_last_line)
{
    int sales = -1;
    atomic_bool stop = false;
    Buffer *text = buffer_new(cx->arena);
    test_packs_open(cx);
    buffer_text(text, "customer,amount\n");
    for (int i = 1; i <= 450; i++)
        buffer_format(text, "C-0007,%d\n", i == 250 ? -1 : i);
    Job job = job_of(cx, text->bytes);
    atomic_store(&stop, true);
    work(cx, &job, "run", &stop);
    CHECK_TEXT(value_get_text(job.shown, "state"), "working");
    CHECK_TEXT(number(cx, &job, "rows"), "0");
    atomic_store(&stop, false);
    work(cx, &job, NULL, &stop);
    CHECK_TEXT(value_get_text(job.shown, "state"), "done");
    CHECK_TEXT(number(cx, &job, "rows"), "450");
    CHECK_TEXT(number(cx, &job, "created"), "449");
    CHECK_TEXT(number(cx, &job, "refused"), "1");
    CHECK_OK(database_read(cx, cx->company->database, count_sales, &sales));
    CHECK_INT(sales, 449);
}
