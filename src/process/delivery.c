// SPDX-License-Identifier: Apache-2.0
#include "process/delivery.h"

#include "base/ids.h"
#include "base/json.h"
#include "process/active_step.h"
#include "process/jobs.h"

#include <string.h>

QUERY(delivery_add, "INSERT INTO outbox_message (id, instance, node, name, key, payload, state,"
                    " created_at, channel) VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8)");
QUERY(delivery_row, "SELECT id, channel, name, key, payload FROM outbox_message WHERE id = $1");
QUERY(delivery_delivered, "UPDATE outbox_message SET state = 'delivered' WHERE id = $1");

Registry channels = {.what = "channel"};

FALLIBLE outbox_send(Ctx *cx, const char *channel, const char *name, const char *key, Value payload)
{
    if (!registry_find(&channels, channel))
        return FAIL(cx, ERR_INVALID, "there is no channel %s", channel);
    const ActiveStep *step = cx->step;
    Id row = id_new(cx);
    TRY(db_run(cx, NULL, delivery_add, row, step ? step->instance : 0,
               step && step->node ? step->node->id : "", name, key, json_text(cx->arena, payload),
               cx->now, channel));
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "row", value_text(id_text(cx->arena, row)));
    return job_add(
        cx, &(Job){.queue = QUEUE_DELIVER, .kind = "deliver", .due_at = cx->now, .detail = detail},
        NULL);
}

static FALLIBLE outgoing_read(Ctx *cx, const Job *job, Outgoing *out, bool *found)
{
    Id id = 0;
    Row *row = NULL;
    if (id_parse(value_get_text(job->detail, "row"), &id))
        TRY(db_row(cx, &row, delivery_row, id));
    *found = row != NULL;
    if (!row)
        return NULL;
    const char *payload = row_text(row, "payload");
    *out = (Outgoing){.job = job->id,
                      .id = id,
                      .channel = row_text(row, "channel"),
                      .name = row_text(row, "name"),
                      .key = row_text(row, "key"),
                      .failures = job->attempts};
    return json_parse(cx, payload, strlen(payload), &out->payload);
}

FALLIBLE deliveries_take(Ctx *cx, const char *holder, int limit, Instant until, Outgoing *out,
                         int *count)
{
    Job **jobs;
    size_t taken;
    *count = 0;
    TRY(jobs_lease(cx, QUEUE_DELIVER, holder, limit, until, &jobs, &taken));
    for (size_t i = 0; i < taken; i++) {
        bool found;
        TRY(outgoing_read(cx, jobs[i], &out[*count], &found));
        *count += found;
    }
    return NULL;
}

FALLIBLE delivery_make(Ctx *cx, const Outgoing *outgoing)
{
    const Channel *channel = registry_find(&channels, outgoing->channel);
    if (!channel)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no channel %s", outgoing->channel);
    return channel->deliver(cx, outgoing);
}

FALLIBLE delivery_done(Ctx *cx, const char *holder, const Outgoing *outgoing)
{
    Job *job;
    TRY(db_run(cx, NULL, delivery_delivered, outgoing->id));
    return job_take_away(cx, outgoing->job, holder, &job);
}
