// SPDX-License-Identifier: Apache-2.0
#include "record/activity.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "record/query.h"
#include "record/rights.h"
#include "record/row.h"

bool activity_known(const Ctx *cx)
{
    return schema_has_field(cx->schema, ACTIVITY_ENTITY, "about") &&
           schema_has_field(cx->schema, ACTIVITY_ENTITY, "start");
}

Instant activity_begins(const Record *activity)
{
    const Value *start = value_get(activity->fields, "start");
    return start && start->kind == VALUE_DATE_TIME ? instant_from(*start->date_time) : 0;
}

// One page of rows behind a place, by the index on (about, start, id); what the right keeps only in
// part is asked of each row.
typedef struct Walk {
    const Entity *entity;
    const char *about;
    Instant start;
    Id id;
    int limit;
    Record **records;
    size_t kept;
    size_t read;
} Walk;

static FALLIBLE walk_on(Ctx *cx, Walk *walk)
{
    Querying querying;
    Rows rows;
    TRY(query_open(cx, walk->entity, VERB_READ, &querying));
    size_t about = query_parameter(cx, &querying, cell_text(walk->about));
    size_t start = query_parameter(cx, &querying, cell_integer(walk->start));
    size_t id = query_parameter(cx, &querying, cell_integer(walk->id));
    query_condition(cx, &querying, "\"about\" = $%zu AND (\"start\", \"id\") < ($%zu, $%zu)", about,
                    start, id);
    const char *sql = text_format(
        cx->arena, "SELECT %s FROM \"%s\"%s ORDER BY \"start\" DESC, \"id\" DESC LIMIT %d",
        query_probe_columns(cx, &querying), walk->entity->name, query_where(cx, &querying),
        walk->limit);
    TRY(db_built_rows(cx, &rows, sql, querying.cells, querying.count));
    for (size_t i = 0; i < rows.count; i++) {
        bool keeps = true;
        Record *record;
        if (!query_is_exact(&querying))
            TRY(query_probe(cx, &querying, rows.items[i].cells, &keeps));
        TRY(row_record(cx, walk->entity, &rows.items[i], NULL, 0, &record));
        walk->start = activity_begins(record);
        walk->id = record->id;
        if (keeps && walk->kept < (size_t)walk->limit)
            walk->records[walk->kept++] = row_readable(cx, record);
    }
    walk->read = rows.count;
    return NULL;
}

FALLIBLE activities_before(Ctx *cx, const Record *about, Instant before, int limit, Record ***out,
                           size_t *count)
{
    Walk walk = {.entity = schema_entity(cx->schema, ACTIVITY_ENTITY),
                 .about = text_format(cx->arena, "%s/%s", about->entity->name,
                                      id_text(cx->arena, about->id)),
                 .start = before,
                 .limit = limit,
                 .records = NEW_ARRAY(cx->arena, Record *, limit)};
    *out = walk.records;
    *count = 0;
    if (!activity_known(cx) || !rights_on_some(cx->actor, walk.entity, VERB_READ))
        return NULL;
    do
        TRY(walk_on(cx, &walk));
    while (walk.kept < (size_t)limit && walk.read == (size_t)limit);
    *count = walk.kept;
    return NULL;
}
