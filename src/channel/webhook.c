// SPDX-License-Identifier: Apache-2.0
#include "channel/webhook.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/messages.h"
#include "channel/outward.h"
#include "channel/signature.h"
#include "channel/webhook_row.h"
#include "db/database.h"
#include "record/feed.h"

#include <string.h>

#define LIMIT_NAME 80 // bytes

MIGRATION(channel_0001_webhook, 50,
          "CREATE TABLE webhook (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
          " url TEXT NOT NULL, secret TEXT NOT NULL, old_secret TEXT, renewed_at BIGINT,"
          " entities TEXT NOT NULL, active INTEGER NOT NULL, why TEXT, cursor BIGINT NOT NULL,"
          " made_by BIGINT NOT NULL, made_at BIGINT NOT NULL);\n"
          "CREATE UNIQUE INDEX webhook_name ON webhook (name);\n"
          "CREATE INDEX webhook_active ON webhook (cursor) WHERE active = 1;\n"
          "CREATE INDEX outbox_message_webhook ON outbox_message (key, id)"
          " WHERE channel = 'webhook'");

#define COLUMNS                                                                                    \
    "id, name, url, secret, old_secret, renewed_at, entities, active, why, cursor, made_by, "      \
    "made_at"

QUERY_FULL(webhook_all, "SELECT " COLUMNS " FROM webhook ORDER BY name LIMIT 100", NULL,
           "at most as many as a company may have");
QUERY(webhook_get, "SELECT " COLUMNS " FROM webhook WHERE id = $1");
QUERY(webhook_named, "SELECT id FROM webhook WHERE name = $1");
QUERY_FULL(webhook_on, "SELECT " COLUMNS " FROM webhook WHERE active = 1 ORDER BY cursor LIMIT 100",
           NULL, "at most as many as a company may have");
QUERY_FULL(webhook_count, "SELECT COUNT(*) AS webhooks FROM webhook", NULL,
           "at most as many as a company may have");
QUERY(webhook_insert,
      "INSERT INTO webhook (id, name, url, secret, entities, active, cursor, made_by, made_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
QUERY(webhook_update, "UPDATE webhook SET name = $2, url = $3, entities = $4, active = $5,"
                      " why = NULL, cursor = $6 WHERE id = $1");
QUERY(webhook_delete, "DELETE FROM webhook WHERE id = $1");
QUERY(webhook_set_secret,
      "UPDATE webhook SET old_secret = secret, secret = $2, renewed_at = $3 WHERE id = $1");
QUERY(webhook_set_cursor, "UPDATE webhook SET cursor = $2 WHERE id = $1");
QUERY(webhook_off, "UPDATE webhook SET active = 0, why = $2 WHERE id = $1");

static FALLIBLE webhook_of(Ctx *cx, const Row *row, Webhook *out)
{
    const char *entities = row_text(row, "entities");
    *out = (Webhook){.id = row_integer(row, "id"),
                     .name = row_text(row, "name"),
                     .url = row_text(row, "url"),
                     .secret = row_text(row, "secret"),
                     .old_secret = row_text(row, "old_secret"),
                     .renewed_at = row_integer(row, "renewed_at"),
                     .active = row_integer(row, "active") != 0,
                     .why = row_text(row, "why"),
                     .cursor = row_integer(row, "cursor"),
                     .made_by = row_integer(row, "made_by"),
                     .made_at = row_integer(row, "made_at")};
    return json_parse(cx, entities, strlen(entities), &out->entities);
}

static FALLIBLE webhooks_of(Ctx *cx, const Query *query, Webhook **out, size_t *count)
{
    Rows rows;
    TRY(db_rows_cells(cx, &rows, query, NULL, 0));
    *out = NEW_ARRAY(cx->arena, Webhook, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        TRY(webhook_of(cx, &rows.items[i], &(*out)[i]));
    *count = rows.count;
    return NULL;
}

FALLIBLE webhook_load(Ctx *cx, Id id, Webhook *out)
{
    Row *row;
    TRY(db_row(cx, &row, webhook_get, id));
    if (!row)
        return FAIL(cx, ERR_NOT_FOUND, "there is no such webhook");
    return webhook_of(cx, row, out);
}

FALLIBLE webhooks_active(Ctx *cx, Webhook **out, size_t *count)
{
    return webhooks_of(cx, &webhook_on, out, count);
}

FALLIBLE webhook_move(Ctx *cx, Id id, int64_t cursor)
{
    return db_run(cx, NULL, webhook_set_cursor, id, cursor);
}

FALLIBLE webhook_switch_off(Ctx *cx, Id id, const Error *why)
{
    return db_run(cx, NULL, webhook_off, id, why->source);
}

// ---- what is shown ---------------------------------------------------------------------------

static FALLIBLE webhook_json(Ctx *cx, const Webhook *webhook, Value *out)
{
    Arena *arena = cx->arena;
    Value maker = value_context(arena);
    const char *name;
    TRY(record_label_of(cx, "user", webhook->made_by, &name));
    value_set(arena, maker, "id", value_text(id_text(arena, webhook->made_by)));
    value_set(arena, maker, "name", value_text(name ? name : ""));
    *out = value_context(arena);
    value_set(arena, *out, "id", value_text(id_text(arena, webhook->id)));
    value_set(arena, *out, "name", value_text(webhook->name));
    value_set(arena, *out, "url", value_text(webhook->url));
    value_set(arena, *out, "entities", webhook->entities);
    value_set(arena, *out, "active", value_boolean(webhook->active));
    value_set(arena, *out, "why", value_text(message_said(arena, cx->language, webhook->why)));
    value_set(arena, *out, "made_by", maker);
    value_set(arena, *out, "made_at", value_text(instant_text(arena, webhook->made_at)));
    return NULL;
}

FALLIBLE webhooks_list(Ctx *cx, Value *out)
{
    Webhook *webhooks;
    size_t count;
    TRY(webhooks_of(cx, &webhook_all, &webhooks, &count));
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(webhook_json(cx, &webhooks[i], &items[i]));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, count));
    return NULL;
}

FALLIBLE webhook_show(Ctx *cx, Id id, Value *out)
{
    Webhook webhook;
    TRY(webhook_load(cx, id, &webhook));
    return webhook_json(cx, &webhook, out);
}

// ---- what is changed -------------------------------------------------------------------------

static FALLIBLE check_name(Ctx *cx, const Webhook *webhook)
{
    Row *row;
    if (!webhook->name || !*webhook->name || strlen(webhook->name) > LIMIT_NAME)
        return error_field(
            FAIL(cx, ERR_INVALID, "a webhook has a name of at most %d bytes", LIMIT_NAME), "name");
    TRY(db_row(cx, &row, webhook_named, webhook->name));
    if (row && row_integer(row, "id") != webhook->id)
        return error_field(FAIL(cx, ERR_CONFLICT, "there is a webhook '%s' already", webhook->name),
                           "name");
    return NULL;
}

static FALLIBLE check(Ctx *cx, const Webhook *webhook)
{
    TRY(check_name(cx, webhook));
    Error *error = outward_check(cx, webhook->url);
    if (error)
        return error_field(error, "url");
    for (size_t i = 0; i < webhook->entities.list.count; i++) {
        const Entity *entity;
        error = schema_find(cx, webhook->entities.list.items[i].text.bytes, &entity);
        if (error)
            return error_field(error, "entities");
    }
    return NULL;
}

static void take_input(Webhook *webhook, Value input)
{
    const Value *given = value_get(input, "entities"), *active = value_get(input, "active");
    const char *name = value_get_text(input, "name"), *url = value_get_text(input, "url");
    if (name)
        webhook->name = name;
    if (url)
        webhook->url = url;
    if (given)
        webhook->entities = *given;
    if (active)
        webhook->active = active->boolean;
}

static FALLIBLE show_with_secret(Ctx *cx, Id id, Value *out)
{
    Webhook webhook;
    TRY(webhook_load(cx, id, &webhook));
    TRY(webhook_json(cx, &webhook, out));
    value_set(cx->arena, *out, "secret", value_text(webhook.secret));
    return NULL;
}

FALLIBLE webhook_add(Ctx *cx, Value input, Value *out)
{
    Row *row;
    Webhook webhook = {.id = id_new(cx), .active = true, .entities = value_list(NULL, 0)};
    take_input(&webhook, input);
    TRY(check(cx, &webhook));
    TRY(db_row(cx, &row, webhook_count));
    if (row_integer(row, "webhooks") >= WEBHOOKS)
        return FAIL(cx, ERR_LIMIT, "a company has at most %d webhooks", WEBHOOKS);
    TRY(feed_newest(cx, &webhook.cursor));
    TRY(db_run(cx, NULL, webhook_insert, webhook.id, webhook.name, webhook.url,
               signature_secret(cx), json_text(cx->arena, webhook.entities),
               (int64_t)webhook.active, webhook.cursor, cx->actor->user, cx->now));
    return show_with_secret(cx, webhook.id, out);
}

FALLIBLE webhook_change(Ctx *cx, Id id, Value input, Value *out)
{
    Webhook webhook;
    TRY(webhook_load(cx, id, &webhook));
    bool was_active = webhook.active;
    take_input(&webhook, input);
    TRY(check(cx, &webhook));
    if (webhook.active && !was_active)
        TRY(feed_newest(cx, &webhook.cursor));
    TRY(db_run(cx, NULL, webhook_update, id, webhook.name, webhook.url,
               json_text(cx->arena, webhook.entities), (int64_t)webhook.active, webhook.cursor));
    return webhook_show(cx, id, out);
}

FALLIBLE webhook_remove(Ctx *cx, Id id)
{
    Webhook webhook;
    TRY(webhook_load(cx, id, &webhook));
    return db_run(cx, NULL, webhook_delete, id);
}

FALLIBLE webhook_renew(Ctx *cx, Id id, Value *out)
{
    Webhook webhook;
    TRY(webhook_load(cx, id, &webhook));
    TRY(db_run(cx, NULL, webhook_set_secret, id, signature_secret(cx), cx->now));
    return show_with_secret(cx, id, out);
}
