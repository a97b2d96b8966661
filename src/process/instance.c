// SPDX-License-Identifier: Apache-2.0
#include "process/instance.h"

#include "base/ids.h"
#include "base/json.h"

#define INSTANCE_COLUMNS                                                                           \
    "id, process_key, version, model, entity, subject, state, row_version, events, blob, "         \
    "incident, started_at, started_by, ended_at, parent, parent_wait, depth, suspended, "          \
    "subject_seen, start_message, start_key"

QUERY(instance_by_id, "SELECT " INSTANCE_COLUMNS " FROM instance WHERE id = $1");
QUERY(instance_by_subject, "SELECT " INSTANCE_COLUMNS
                           " FROM instance WHERE entity = $1 AND subject = $2 ORDER BY id DESC");
QUERY(instance_running_by_subject,
      "SELECT " INSTANCE_COLUMNS " FROM instance WHERE entity = $1 AND subject = $2"
      " AND state IN ('running', 'incident') ORDER BY id DESC");
QUERY(
    instance_add,
    "INSERT INTO instance (id, process_key, version, model, entity, subject, state, row_version,"
    " events, blob, incident, started_at, started_by, parent, parent_wait, depth, start_message,"
    " start_key, parent_node) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    " $15, $16, $17, $18, $19)");
QUERY(instance_set, "UPDATE instance SET state = $3, row_version = row_version + 1, events = $4,"
                    " blob = $5, incident = $6, ended_at = $7, subject_seen = $8 WHERE id = $1 AND "
                    "row_version = $2");
QUERY(instance_event_add,
      "INSERT INTO instance_event (instance, sequence, at, kind, node, actor, entries, detail,"
      " input) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");

QUERY(instance_personal_add,
      "INSERT INTO instance_personal (instance, sequence, input) VALUES ($1, $2, $3)");

static Instance *instance_of(Ctx *cx, const Row *row)
{
    Instance *instance = NEW(cx->arena, Instance);
    instance->id = row_integer(row, "id");
    instance->process_key = row_text(row, "process_key");
    instance->version = (int)row_integer(row, "version");
    instance->model = row_integer(row, "model");
    instance->entity = row_text(row, "entity");
    instance->subject = row_integer(row, "subject");
    instance->state = row_text(row, "state");
    instance->row_version = row_integer(row, "row_version");
    instance->events = row_integer(row, "events");
    instance->blob = row_cell(row, "blob").text;
    instance->incident = row_text(row, "incident");
    instance->started_at = row_integer(row, "started_at");
    instance->started_by = row_integer(row, "started_by");
    instance->ended_at = row_integer(row, "ended_at");
    instance->parent = row_integer(row, "parent");
    instance->parent_wait = row_integer(row, "parent_wait");
    instance->depth = row_integer(row, "depth");
    instance->subject_seen = (uint64_t)row_integer(row, "subject_seen");
    instance->suspended = row_text(row, "suspended");
    instance->start_message = row_text(row, "start_message");
    instance->start_key = row_text(row, "start_key");
    return instance;
}

FALLIBLE instance_load(Ctx *cx, Id id, Instance **out)
{
    Row *row;
    TRY(db_row(cx, &row, instance_by_id, id));
    if (!row)
        return FAIL(cx, ERR_NOT_FOUND, "there is no such process instance");
    *out = instance_of(cx, row);
    return NULL;
}

FALLIBLE instances_of(Ctx *cx, const char *entity, Id subject, bool running, Instance ***out,
                      size_t *count)
{
    Rows rows;
    if (running)
        TRY(db_rows(cx, &rows, instance_running_by_subject, entity, subject));
    else
        TRY(db_rows(cx, &rows, instance_by_subject, entity, subject));
    Instance **instances = NEW_ARRAY(cx->arena, Instance *, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        instances[i] = instance_of(cx, &rows.items[i]);
    *out = instances;
    *count = rows.count;
    return NULL;
}

static Cell id_or_null(Id id)
{
    return id ? cell_integer(id) : cell_null();
}

FALLIBLE instance_insert(Ctx *cx, const Instance *instance)
{
    return db_post(cx, instance_add, instance->id, instance->process_key, instance->version,
                   instance->model, instance->entity, id_or_null(instance->subject),
                   instance->state, instance->row_version, instance->events,
                   cell_bytes(instance->blob.bytes, instance->blob.length), instance->incident,
                   instance->started_at, instance->started_by, id_or_null(instance->parent),
                   id_or_null(instance->parent_wait), instance->depth, instance->start_message,
                   instance->start_key, instance->parent_node);
}

FALLIBLE instance_store(Ctx *cx, Instance *instance)
{
    TRY(db_post_one(cx, instance_set, instance->id, instance->row_version, instance->state,
                    instance->events, cell_bytes(instance->blob.bytes, instance->blob.length),
                    instance->incident, id_or_null(instance->ended_at),
                    (int64_t)instance->subject_seen));
    instance->row_version++;
    return NULL;
}

FALLIBLE instance_note(Ctx *cx, Instance *instance, const InstanceNote *note)
{
    const char *detail =
        note->detail.kind == VALUE_NULL ? NULL : json_text(cx->arena, note->detail);
    Id actor = cx->actor ? cx->actor->user : 0;
    Cell input =
        note->input.bytes ? cell_bytes(note->input.bytes, note->input.length) : cell_null();
    TRY(db_post(cx, instance_event_add, instance->id, instance->events, cx->now, note->kind,
                note->node, actor, note->entries ? note->entries : "", detail, input));
    if (note->personal.length)
        TRY(db_post(cx, instance_personal_add, instance->id, instance->events,
                    cell_bytes(note->personal.bytes, note->personal.length)));
    instance->events++;
    return NULL;
}
