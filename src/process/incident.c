// SPDX-License-Identifier: Apache-2.0
#include "process/incident.h"

#include "base/ids.h"
#include "db/database.h"
#include "process/people.h"
#include "process/replay.h"
#include "process/runner.h"
#include "process/shapes.h"

// Until here an incident was a text of its instance; of those that still stand the rows are made,
// in the language in which they were written.
MIGRATION(process_0040_incident, 30,
          "CREATE TABLE process_incident (\n"
          "  id BIGINT PRIMARY KEY,\n"
          "  instance BIGINT NOT NULL,\n"
          "  process_key TEXT NOT NULL,\n"
          "  wait BIGINT NOT NULL,\n"
          "  node TEXT,\n"
          "  stands BIGINT NOT NULL,\n"
          "  code TEXT NOT NULL,\n"
          "  message TEXT NOT NULL,\n"
          "  state TEXT NOT NULL,\n"
          "  department TEXT,\n"
          "  owner BIGINT NOT NULL,\n"
          "  failures BIGINT NOT NULL,\n"
          "  opened_at BIGINT NOT NULL,\n"
          "  opened_by BIGINT NOT NULL,\n"
          "  resolved_at BIGINT,\n"
          "  resolved_by BIGINT,\n"
          "  resolution TEXT\n"
          ");\n"
          "INSERT INTO process_incident (id, instance, process_key, wait, stands, code, message,"
          " state, owner, failures, opened_at, opened_by) SELECT id, id, process_key, 0, 1,"
          " 'unknown', incident, 'open', 0, 1, started_at, 0 FROM instance"
          " WHERE state = 'incident' AND incident IS NOT NULL;\n"
          "CREATE INDEX incident_instance ON process_incident (instance, id);\n"
          "CREATE INDEX incident_state ON process_incident (state, id);\n"
          "CREATE INDEX incident_process ON process_incident (process_key, id);\n"
          "CREATE INDEX incident_process_state ON process_incident (process_key, state, id);\n"
          "CREATE INDEX incident_owner ON process_incident (owner, state, id);\n"
          "CREATE INDEX incident_department ON process_incident (department, state, id);\n"
          "CREATE TABLE process_incident_event (\n"
          "  id BIGINT PRIMARY KEY,\n"
          "  incident BIGINT NOT NULL,\n"
          "  at BIGINT NOT NULL,\n"
          "  kind TEXT NOT NULL,\n"
          "  actor BIGINT NOT NULL,\n"
          "  receiver BIGINT NOT NULL,\n"
          "  comment TEXT\n"
          ");\n"
          "CREATE INDEX incident_event_of ON process_incident_event (incident, id)");

QUERY(incident_add, "INSERT INTO process_incident (" INCIDENT_COLUMNS
                    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, NULL,"
                    " NULL, NULL)");
QUERY(incident_set,
      "UPDATE process_incident SET wait = $4, node = $5, code = $6, message = $7, state = $8,"
      " owner = $9, failures = $10, resolved_at = $11, resolved_by = $12, resolution = $13"
      " WHERE id = $1 AND state = $2 AND owner = $3");
QUERY(incident_unresolved, "SELECT " INCIDENT_COLUMNS " FROM process_incident WHERE instance = $1"
                           " AND state <> 'resolved' ORDER BY id");
QUERY(incident_event_add,
      "INSERT INTO process_incident_event (id, incident, at, kind, actor, receiver, comment)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)");
QUERY(incident_event_all, "SELECT at, kind, actor, receiver, comment FROM process_incident_event"
                          " WHERE incident = $1 ORDER BY id");

Incident *incident_of(Ctx *cx, const Row *row)
{
    Incident *incident = NEW(cx->arena, Incident);
    *incident = (Incident){.id = row_integer(row, "id"),
                           .instance = row_integer(row, "instance"),
                           .process_key = row_text(row, "process_key"),
                           .wait = row_integer(row, "wait"),
                           .node = row_text(row, "node"),
                           .stands = row_integer(row, "stands") != 0,
                           .code = row_text(row, "code"),
                           .message = row_text(row, "message"),
                           .state = row_text(row, "state"),
                           .department = row_text(row, "department"),
                           .owner = row_integer(row, "owner"),
                           .failures = row_integer(row, "failures"),
                           .opened_at = row_integer(row, "opened_at"),
                           .opened_by = row_integer(row, "opened_by"),
                           .resolved_at = row_integer(row, "resolved_at"),
                           .resolved_by = row_integer(row, "resolved_by"),
                           .resolution = row_text(row, "resolution")};
    return incident;
}

FALLIBLE incident_move(Ctx *cx, const Incident *before, const Incident *after, bool *moved)
{
    int64_t changed = 0;
    bool over = after->resolved_at != 0;
    TRY(db_run(cx, &changed, incident_set, before->id, before->state, before->owner, after->wait,
               after->node, after->code, after->message, after->state, after->owner,
               after->failures, over ? cell_integer(after->resolved_at) : cell_null(),
               over ? cell_integer(after->resolved_by) : cell_null(), after->resolution));
    *moved = changed == 1;
    return NULL;
}

FALLIBLE incidents_unresolved(Ctx *cx, Id instance, Incident ***out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, incident_unresolved, instance));
    *out = NEW_ARRAY(cx->arena, Incident *, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        (*out)[i] = incident_of(cx, &rows.items[i]);
    *count = rows.count;
    return NULL;
}

static Id actor_now(const Ctx *cx)
{
    return cx->actor ? cx->actor->user : 0;
}

FALLIBLE incident_note(Ctx *cx, Id incident, IncidentEvent event)
{
    return db_post(cx, incident_event_add, id_new(cx), incident, cx->now, event.kind, actor_now(cx),
                   event.receiver, event.comment);
}

FALLIBLE incident_events(Ctx *cx, Id incident, IncidentEvent **out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, incident_event_all, incident));
    *out = NEW_ARRAY(cx->arena, IncidentEvent, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        (*out)[i] = (IncidentEvent){.kind = row_text(&rows.items[i], "kind"),
                                    .at = row_integer(&rows.items[i], "at"),
                                    .actor = row_integer(&rows.items[i], "actor"),
                                    .receiver = row_integer(&rows.items[i], "receiver"),
                                    .comment = row_text(&rows.items[i], "comment")};
    *count = rows.count;
    return NULL;
}

// ---- after a step ---------------------------------------------------------------------------

typedef struct Projection {
    Instance *instance;
    const ProcessModel *model;
    const FlowState *state;
    const char *cause;
    Incident **rows; // unresolved before the step
    size_t row_count;
    bool *met; // of the rows: found again
} Projection;

static const char *node_of(const Projection *of, int node)
{
    return node >= 0 ? of->model->graph->nodes[node].id : NULL;
}

static const FlowPlace *place_at(const Projection *of, int64_t wait)
{
    return wait ? flow_place(of->state, (int)wait) : NULL;
}

static bool stands_at(const Projection *of, int64_t wait)
{
    const FlowPlace *place = place_at(of, wait);
    return place && place_is_incident(place);
}

// The owner of the process, else the department of the step, has to see to it; its lead is asked
// first, or of the nearest department above that has one who is not away.
static FALLIBLE owner_choose(Ctx *cx, const Projection *of, const GraphNode *node, Incident *out)
{
    const Graph *graph = of->model->graph;
    People *people = people_new(cx);
    Person *lead;
    out->department = graph->owner ? graph->owner : node ? node_department(graph, node) : NULL;
    if (!out->department)
        return NULL;
    TRY(department_lead(cx, people, out->department, &lead));
    out->owner = lead ? lead->id : 0;
    return NULL;
}

// The unresolved row that tells of the same: at the same place, or at the same step when the try
// before has given its place up.
static size_t row_match(const Projection *of, const IncidentFound *found)
{
    for (size_t i = 0; i < of->row_count; i++)
        if (!of->met[i] && of->rows[i]->wait == found->wait)
            return i;
    for (size_t i = 0; i < of->row_count; i++)
        if (!of->met[i] && text_equal(of->rows[i]->node, node_of(of, found->node)) &&
            !place_at(of, of->rows[i]->wait) && of->rows[i]->stands == stands_at(of, found->wait))
            return i;
    return of->row_count;
}

static FALLIBLE moved_check(Ctx *cx, const Incident *before, const Incident *after)
{
    bool moved;
    TRY(incident_move(cx, before, after, &moved));
    return moved ? NULL : FAIL(cx, ERR_UNAVAILABLE, "this incident was changed just now");
}

static FALLIBLE incident_again(Ctx *cx, const Projection *of, size_t row,
                               const IncidentFound *found)
{
    Incident after = *of->rows[row];
    of->met[row] = true;
    after.wait = found->wait;
    after.node = node_of(of, found->node);
    after.code = found->code ? found->code : "error";
    after.message = found->message;
    after.failures++;
    TRY(moved_check(cx, of->rows[row], &after));
    of->instance->incident = after.code;
    return incident_note(cx, after.id, (IncidentEvent){.kind = "again"});
}

// A row from before there were rows has no place; it stands as long as the instance does.
static bool still_there(const Projection *of, const Incident *row)
{
    if (of->state->status != FLOW_RUNNING)
        return false;
    if (row->stands && !row->wait)
        return text_equal(of->instance->state, "incident");
    return !row->stands || stands_at(of, row->wait);
}

static const char *resolution_of(const Projection *of, const Incident *row)
{
    if (row->stands && text_equal(of->cause, "retried"))
        return of->cause;
    if (row->stands && (text_equal(of->cause, "deviation") || text_equal(of->cause, RESTARTED)))
        return "deviation";
    return of->state->status == FLOW_RUNNING ? "went on" : "ended";
}

static FALLIBLE incident_settle(Ctx *cx, const Projection *of, const Incident *row)
{
    Incident after = *row;
    const FlowPlace *place = place_at(of, row->wait);
    if (still_there(of, row)) {
        of->instance->incident = row->code;
        if (!place || text_equal(node_of(of, place->node), row->node))
            return NULL;
        after.node = node_of(of, place->node); // as the version calls it to which it migrated
        return moved_check(cx, row, &after);
    }
    after.state = INCIDENT_RESOLVED;
    after.resolved_at = cx->now;
    after.resolved_by = actor_now(cx);
    after.resolution = resolution_of(of, row);
    TRY(moved_check(cx, row, &after));
    return incident_note(cx, row->id, (IncidentEvent){.kind = INCIDENT_RESOLVED});
}

static FALLIBLE incident_open(Ctx *cx, const Projection *of, const IncidentFound *found)
{
    Incident new = {.id = id_new(cx),
                    .instance = of->instance->id,
                    .process_key = of->instance->process_key,
                    .wait = found->wait,
                    .node = node_of(of, found->node),
                    .stands = stands_at(of, found->wait),
                    .code = found->code ? found->code : "error",
                    .message = found->message,
                    .state = INCIDENT_OPEN,
                    .failures = 1,
                    .opened_at = cx->now,
                    .opened_by = actor_now(cx)};
    TRY(owner_choose(cx, of, found->node >= 0 ? &of->model->graph->nodes[found->node] : NULL,
                     &new));
    TRY(db_post(cx, incident_add, new.id, new.instance, new.process_key, new.wait, new.node,
                new.stands, new.code, new.message, new.state, new.department, new.owner,
                new.failures, new.opened_at, new.opened_by));
    TRY(incident_note(cx, new.id, (IncidentEvent){.kind = "opened"}));
    return incident_settle(cx, of, &new); // the same step may have ended the instance
}

FALLIBLE incidents_project(Ctx *cx, Instance *instance, const ProcessModel *model,
                           const FlowState *state, const IncidentsFound *found, const char *cause)
{
    Projection of = {.instance = instance, .model = model, .state = state, .cause = cause};
    if (!instance->incident && !found->count)
        return NULL;
    TRY(incidents_unresolved(cx, instance->id, &of.rows, &of.row_count));
    of.met = NEW_ARRAY(cx->arena, bool, of.row_count + 1);
    instance->incident = NULL;
    for (size_t i = 0; i < found->count; i++) {
        size_t row = row_match(&of, &found->items[i]);
        if (row < of.row_count)
            TRY(incident_again(cx, &of, row, &found->items[i]));
        else
            TRY(incident_open(cx, &of, &found->items[i]));
    }
    for (size_t i = 0; i < of.row_count; i++)
        if (!of.met[i])
            TRY(incident_settle(cx, &of, of.rows[i]));
    return NULL;
}
