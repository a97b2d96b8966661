// SPDX-License-Identifier: Apache-2.0
#include "process/reminders.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "process/jobs.h"
#include "record/follow.h"
#include "record/schema.h"

// 0: none.
static Instant reminder_of(const Record *record)
{
    const Field *field = record ? record->entity->remind_at : NULL;
    const Value *value = field ? value_get(record->fields, field->name) : NULL;
    return value && value->kind == VALUE_DATE_TIME ? instant_from(*value->date_time) : 0;
}

FALLIBLE reminder_follow(Ctx *cx, const Record *before, const Record *after)
{
    Instant at = reminder_of(after);
    if (!at || at == reminder_of(before) || at < cx->now)
        return NULL;
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "record", value_text(id_text(cx->arena, after->id)));
    return job_add(cx,
                   &(Job){.queue = QUEUE_INSIDE,
                          .kind = "reminder",
                          .node = after->entity->name,
                          .due_at = at,
                          .detail = detail},
                   NULL);
}

static FALLIBLE is_wanted(Ctx *cx, const Job *job, const Record *record, bool *out)
{
    Value holds;
    const Feel *when = record->entity->remind_when;
    *out = reminder_of(record) == job->due_at;
    if (!*out || !when)
        return NULL;
    TRY(feel_evaluate(cx, when, record->fields, NULL, &holds));
    *out = holds.kind == VALUE_BOOLEAN && holds.boolean;
    return NULL;
}

static FALLIBLE reminder_run(Ctx *cx, const Job *job)
{
    Record *record;
    Id id = 0;
    bool wanted, told;
    if (!schema_entity(cx->schema, job->node) ||
        !id_parse(value_get_text(job->detail, "record"), &id))
        return NULL;
    Error *error = record_get(cx, job->node, id, &record);
    if (error && error->code == ERR_NOT_FOUND)
        return NULL;
    TRY(error);
    TRY(is_wanted(cx, job, record, &wanted));
    if (!wanted)
        return NULL;
    Notice notice = {NOTICE_REMINDER, job->node, id, 0};
    Id owner = record_reference(record, "owner");
    TRY(notice_give(cx, &notice, owner, &told));
    return followers_tell(cx, &notice, &owner, 1);
}

JOB_KIND(reminder, "reminder", reminder_run, NULL);
