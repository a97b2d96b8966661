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
#define DELIVERY_STATE                                                                             \
    "CASE WHEN m.state = 'delivered' THEN 'delivered' WHEN j.attempts < 8 THEN 'waiting'"          \
    " ELSE 'given-up' END"
QUERY(delivery_list, "SELECT m.id, m.name, m.created_at, m.payload, j.attempts, j.error,"
                     " " DELIVERY_STATE " AS state FROM outbox_message m"
                     " LEFT JOIN process_job j ON j.owner = m.id"
                     " WHERE m.channel = $1 AND m.key = $2 AND m.id < $3"
                     " AND ($4 = '' OR " DELIVERY_STATE " = $4) ORDER BY m.id DESC LIMIT $5");
QUERY(delivery_of, "SELECT id FROM outbox_message WHERE id = $1 AND channel = $2 AND key = $3");
QUERY(delivery_delivered, "UPDATE outbox_message SET state = 'delivered' WHERE id = $1");

Registry channels = {.what = "channel"};

static FALLIBLE delivery_plan(Ctx *cx, Id row)
{
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "row", value_text(id_text(cx->arena, row)));
    return job_add(cx,
                   &(Job){.queue = QUEUE_DELIVER,
                          .kind = "deliver",
                          .owner = row,
                          .due_at = cx->now,
                          .detail = detail},
                   NULL);
}

FALLIBLE outbox_send(Ctx *cx, const char *channel, const char *name, const char *key, Value payload)
{
    if (!registry_find(&channels, channel))
        return FAIL(cx, ERR_INVALID, "there is no channel %s", channel);
    const ActiveStep *step = cx->step;
    Id row = id_new(cx);
    TRY(db_run(cx, NULL, delivery_add, row, step ? step->instance : 0,
               step && step->node ? step->node->id : "", name, key, json_text(cx->arena, payload),
               cx->now, channel));
    return delivery_plan(cx, row);
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
        if (!found) // it has gone by the company's retention
            TRY(job_take_away(cx, jobs[i]->id, holder, &jobs[i]));
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

static FALLIBLE delivery_from(Ctx *cx, const Row *row, Delivery *out)
{
    const char *payload = row_text(row, "payload");
    *out = (Delivery){.id = row_integer(row, "id"),
                      .name = row_text(row, "name"),
                      .at = row_integer(row, "created_at"),
                      .state = row_text(row, "state"),
                      .failures = row_integer(row, "attempts"),
                      .problem = row_text(row, "error")};
    return json_parse(cx, payload, strlen(payload), &out->payload);
}

FALLIBLE deliveries_list(Ctx *cx, const DeliveryList *list, Delivery **out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, delivery_list, list->channel, list->key,
                list->before ? list->before : INT64_MAX, list->state ? list->state : "",
                (int64_t)list->limit));
    *out = NEW_ARRAY(cx->arena, Delivery, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        TRY(delivery_from(cx, &rows.items[i], &(*out)[i]));
    *count = rows.count;
    return NULL;
}

FALLIBLE delivery_again(Ctx *cx, const char *channel, const char *key, Id id)
{
    Row *row;
    TRY(db_row(cx, &row, delivery_of, id, channel, key));
    if (!row)
        return FAIL(cx, ERR_NOT_FOUND, "there is no such message");
    TRY(jobs_close_all(cx, id));
    return delivery_plan(cx, id);
}
