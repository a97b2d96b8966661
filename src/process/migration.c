// SPDX-License-Identifier: Apache-2.0
#include "process/migration.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/asked.h"
#include "process/calendars.h"
#include "process/jobs.h"
#include "process/migration_detail.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "record/record.h"

#include <string.h>

MIGRATION(process_0033_migration, 30,
          "CREATE TABLE process_migration (\n"
          "  id BIGINT PRIMARY KEY,\n"
          "  process_key TEXT NOT NULL,\n"
          "  from_model BIGINT NOT NULL,\n"
          "  to_model BIGINT NOT NULL,\n"
          "  mapping TEXT NOT NULL,\n"
          "  state TEXT NOT NULL,\n"
          "  created_at BIGINT NOT NULL,\n"
          "  created_by BIGINT NOT NULL,\n"
          "  started_by BIGINT\n"
          ");\n"
          "CREATE TABLE process_migration_result (\n"
          "  migration BIGINT NOT NULL,\n"
          "  instance BIGINT NOT NULL,\n"
          "  state TEXT NOT NULL,\n"
          "  problems TEXT NOT NULL,\n"
          "  events BIGINT NOT NULL,\n"
          "  PRIMARY KEY (migration, instance)\n"
          ");\n"
          "CREATE INDEX migration_result_state ON process_migration_result (migration, state, "
          "instance);\n"
          "CREATE INDEX instance_model ON instance (model, id) WHERE ended_at IS NULL");

MIGRATION(process_0041_migration_list, 30,
          "CREATE INDEX process_migration_process ON process_migration (process_key, id)");

QUERY(migration_page_of, "SELECT id FROM process_migration WHERE process_key = $1 AND id < $2"
                         " ORDER BY id DESC LIMIT $3");
QUERY(migration_count_of, "SELECT COUNT(*) AS plans FROM process_migration WHERE process_key = $1");
QUERY(migration_plan_add, "INSERT INTO process_migration (id, process_key, from_model, to_model, "
                          "mapping, state, created_at,"
                          " created_by) VALUES ($1, $2, $3, $4, $5, 'planned', $6, $7)");
QUERY(migration_by_id, "SELECT process_key, from_model, to_model, mapping, state, created_at,"
                       " created_by, started_by FROM process_migration WHERE id = $1");
QUERY(migration_start, "UPDATE process_migration SET state = $3, started_by = $4 WHERE id = $1"
                       " AND state = $2");
QUERY(migration_end, "UPDATE process_migration SET state = $2 WHERE id = $1");
QUERY(migration_version, "SELECT id FROM process_version WHERE process_key = $1 AND version = $2");
QUERY(migration_waiting, "SELECT id FROM instance WHERE model = $1 AND ended_at IS NULL"
                         " AND id > $2 ORDER BY id LIMIT $3");
QUERY(migration_left, "SELECT COUNT(*) AS instances FROM instance WHERE model = $1"
                      " AND ended_at IS NULL");
QUERY(migration_result_add,
      "INSERT INTO process_migration_result (migration, instance, state, problems, events)"
      " VALUES ($1, $2, $3, $4, $5)");
QUERY(migration_result_set, "UPDATE process_migration_result SET state = $3, problems = $4"
                            " WHERE migration = $1 AND instance = $2");
QUERY(migration_undoable,
      "SELECT instance, events FROM process_migration_result WHERE migration = $1"
      " AND state = 'migrated' AND instance > $2 ORDER BY instance LIMIT $3");
QUERY(migration_counted, "SELECT state, COUNT(*) AS instances FROM process_migration_result"
                         " WHERE migration = $1 GROUP BY state ORDER BY state");
QUERY(migration_result_page, "SELECT instance, state, problems FROM process_migration_result"
                             " WHERE migration = $1 AND instance > $2 ORDER BY instance LIMIT $3");
QUERY(instance_move, "UPDATE instance SET model = $2, version = $3 WHERE id = $1");
QUERY(item_move, "UPDATE work_item SET node = $3, model = $4 WHERE instance = $1 AND wait = $2"
                 " AND state IN ('offered', 'claimed', 'started')");
QUERY(job_move, "UPDATE process_job SET node = $3 WHERE owner = $1 AND wait = $2");
QUERY(subscription_move, "UPDATE process_wait SET node = $3 WHERE owner = $1 AND wait = $2");
QUERY(called_move, "UPDATE instance SET parent_node = $3 WHERE parent = $1 AND parent_wait = $2");

typedef struct Plan {
    Id id;
    const char *process;
    const ProcessModel *from;
    const ProcessModel *to;
    Value mapping;
    const char *state;
    Instant created_at;
    Id created_by;
} Plan;

static FALLIBLE plan_load(Ctx *cx, Id id, Plan *out)
{
    Row *row;
    if (!actor_may(cx->actor, "process.migrate"))
        return FAIL(cx, ERR_DENIED, "you may not migrate processes");
    TRY(db_row(cx, &row, migration_by_id, id));
    if (!row)
        return FAIL(cx, ERR_NOT_FOUND, "there is no such migration");
    const char *mapping = row_text(row, "mapping");
    *out = (Plan){.id = id,
                  .process = row_text(row, "process_key"),
                  .state = row_text(row, "state"),
                  .created_at = row_integer(row, "created_at"),
                  .created_by = row_integer(row, "created_by")};
    TRY(model_by_id(cx, row_integer(row, "from_model"), &out->from));
    TRY(model_by_id(cx, row_integer(row, "to_model"), &out->to));
    return json_parse(cx, mapping, strlen(mapping), &out->mapping);
}

// ---- planning -------------------------------------------------------------------------------

static FALLIBLE version_read(Ctx *cx, const char *process, Value asked, const char *name,
                             const ProcessModel **out)
{
    const Value *given = value_get(asked, name);
    int64_t version = 0;
    Row *row = NULL;
    if (given && given->kind == VALUE_NUMBER && decimal_to_integer(given->number, &version))
        TRY(db_row(cx, &row, migration_version, process, version));
    if (!row)
        return error_field(
            FAIL(cx, ERR_INVALID, "%s is a version of the process %s", name, process), name);
    return model_by_id(cx, row_integer(row, "id"), out);
}

static FALLIBLE mapping_check(Ctx *cx, Value mapping, const ProcessModel *from,
                              const ProcessModel *to)
{
    for (size_t i = 0; i < mapping.context->count; i++) {
        const ValueEntry *entry = &mapping.context->entries[i];
        if (!graph_node(from->graph, entry->key))
            return error_field(
                FAIL(cx, ERR_INVALID, "version %d has no step %s", from->version, entry->key),
                "mapping");
        if (entry->value.kind != VALUE_TEXT || !graph_node(to->graph, entry->value.text.bytes))
            return error_field(FAIL(cx, ERR_INVALID, "version %d has no step that %s could become",
                                    to->version, entry->key),
                               "mapping");
    }
    return NULL;
}

FALLIBLE migration_create(Ctx *cx, const char *process, Value asked, Id *out)
{
    const ProcessModel *from, *to;
    const Value *given = value_get(asked, "mapping");
    Value mapping = given && given->kind == VALUE_CONTEXT ? *given : value_context(cx->arena);
    if (!actor_may(cx->actor, "process.migrate"))
        return FAIL(cx, ERR_DENIED, "you may not migrate processes");
    TRY(model_newest(cx, process, &to));
    TRY(version_read(cx, process, asked, "from", &from));
    TRY(version_read(cx, process, asked, "to", &to));
    if (from->id == to->id)
        return error_field(FAIL(cx, ERR_INVALID, "this is one and the same version"), "to");
    TRY(mapping_check(cx, mapping, from, to));
    *out = id_new(cx);
    return db_run(cx, NULL, migration_plan_add, *out, process, from->id, to->id,
                  json_text(cx->arena, mapping), cx->now, cx->actor->user);
}

// ---- one instance ---------------------------------------------------------------------------

static Value problems_value(Ctx *cx, const Graph *graph, const FlowMigration *migration)
{
    Value *items = NEW_ARRAY(cx->arena, Value, migration->problem_count + 1);
    for (size_t i = 0; i < migration->problem_count; i++) {
        const FlowMigrationProblem *problem = &migration->problems[i];
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "step",
                  value_text(problem->node >= 0 ? graph->nodes[problem->node].id : NULL));
        value_set(cx->arena, items[i], "message", value_text(problem->message));
    }
    return value_list(items, migration->problem_count);
}

static Value error_value(Ctx *cx, const Error *error)
{
    Value *item = NEW(cx->arena, Value);
    *item = value_context(cx->arena);
    value_set(cx->arena, *item, "step", value_null());
    value_set(cx->arena, *item, "message", value_text(error->message));
    return value_list(item, 1);
}

static FALLIBLE try_one(Ctx *cx, const Plan *plan, Id id, Value *problems)
{
    Instance *instance;
    FlowState state;
    FlowMigration migration;
    FlowMigrationPlan flow = migration_plan_of(cx, plan->mapping);
    TRY(instance_load(cx, id, &instance));
    TRY(flow_unpack(cx, plan->from->graph, instance->blob.bytes, instance->blob.length, &state));
    TRY(subject_read(cx, instance->entity, instance->subject, &flow.subject));
    const struct BusinessCalendars *calendars_before = cx->calendars;
    TRY(calendars_use(cx, plan->to->graph));
    Error *error = flow_migrate(cx, plan->from->graph, &state, plan->to->graph, &flow, &migration);
    cx->calendars = calendars_before;
    *problems = error ? error_value(cx, error) : problems_value(cx, plan->from->graph, &migration);
    return NULL;
}

// What stands beside the state at the places that go on.
static FALLIBLE kept_move(Ctx *cx, Id instance, const ProcessModel *to,
                          const FlowMigration *migration)
{
    for (size_t i = 0; i < migration->kept_count; i++) {
        const FlowKept *kept = &migration->kept[i];
        if (kept->to < 0)
            continue;
        const char *node = to->graph->nodes[kept->to].id;
        TRY(db_run(cx, NULL, item_move, instance, kept->wait, node, to->id));
        TRY(db_run(cx, NULL, job_move, instance, kept->wait, node));
        TRY(db_run(cx, NULL, subscription_move, instance, kept->wait, node));
        TRY(db_run(cx, NULL, called_move, instance, kept->wait, node));
    }
    return NULL;
}

typedef struct One {
    const Plan *plan;
    Id id;
    int64_t events; // of the instance, afterwards
    Value problems;
} One;

static FALLIBLE migrate_one(Ctx *cx, void *state)
{
    One *one = state;
    const Plan *plan = one->plan;
    Instance *instance;
    FlowMigration migration;
    FlowMigrationPlan flow = migration_plan_of(cx, plan->mapping);
    RunCause cause = {"migrated",
                      migration_detail(cx, plan->id, plan->from->id, plan->to->id, plan->mapping),
                      false};
    TRY(instance_load(cx, one->id, &instance));
    TRY(runner_migrate(cx, instance, plan->to, &flow, &cause, &migration));
    one->problems = problems_value(cx, plan->from->graph, &migration);
    if (migration.problem_count)
        return NULL;
    TRY(db_run(cx, NULL, instance_move, one->id, plan->to->id, plan->to->version));
    TRY(kept_move(cx, one->id, plan->to, &migration));
    TRY(instance_load(cx, one->id, &instance)); // what followed may have moved it on
    one->events = instance->events;
    return NULL;
}

// One that cannot go over does not hold up the others.
static FALLIBLE one_run(Ctx *cx, One *one, bool *done)
{
    Error *error = db_attempt(cx, migrate_one, one);
    if (error && error->code == ERR_UNAVAILABLE)
        return error;
    if (error)
        one->problems = error_value(cx, error);
    *done = !error && !one->problems.list.count;
    return NULL;
}

// ---- running --------------------------------------------------------------------------------

static FALLIBLE chunk_add(Ctx *cx, Id migration, const char *kind, Id after)
{
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "migration", value_text(id_text(cx->arena, migration)));
    value_set(cx->arena, detail, "after", value_text(id_text(cx->arena, after)));
    return job_add(cx, &(Job){.kind = kind, .due_at = cx->now, .detail = detail}, NULL);
}

static FALLIBLE chunk_read(Ctx *cx, const Job *job, Plan *plan, Id *after)
{
    Id id;
    if (!id_parse(value_get_text(job->detail, "migration"), &id) ||
        !id_parse(value_get_text(job->detail, "after"), after))
        return FAIL(cx, ERR_INTERNAL, "the chunk of a migration cannot be read");
    return plan_load(cx, id, plan);
}

static FALLIBLE forward_run(Ctx *cx, const Job *job)
{
    Plan plan;
    Id after;
    Rows rows;
    TRY(chunk_read(cx, job, &plan, &after));
    TRY(db_rows(cx, &rows, migration_waiting, plan.from->id, after, MIGRATION_CHUNK));
    for (size_t i = 0; i < rows.count; i++) {
        One one = {&plan, row_integer(&rows.items[i], "id"), 0, value_null()};
        bool done;
        TRY(one_run(cx, &one, &done));
        TRY(db_run(cx, NULL, migration_result_add, plan.id, one.id, done ? "migrated" : "refused",
                   json_text(cx->arena, one.problems), one.events));
        after = one.id;
    }
    return rows.count < MIGRATION_CHUNK ? db_run(cx, NULL, migration_end, plan.id, "done")
                                        : chunk_add(cx, plan.id, "migrate", after);
}

static FALLIBLE has_moved(Ctx *cx, Id id, const Plan *back, int64_t events, Value *problems)
{
    Instance *instance;
    TRY(instance_load(cx, id, &instance));
    *problems = value_null();
    if (instance->model != back->from->id || instance->events != events || instance->ended_at)
        *problems = error_value(cx, FAIL(cx, ERR_CONFLICT, "the instance has moved since"));
    return NULL;
}

static FALLIBLE back_run(Ctx *cx, const Job *job)
{
    Plan plan;
    Id after;
    Rows rows;
    TRY(chunk_read(cx, job, &plan, &after));
    Plan back = plan;
    back.from = plan.to;
    back.to = plan.from;
    back.mapping = migration_inverse(cx, plan.mapping);
    TRY(db_rows(cx, &rows, migration_undoable, plan.id, after, MIGRATION_CHUNK));
    for (size_t i = 0; i < rows.count; i++) {
        One one = {&back, row_integer(&rows.items[i], "instance"), 0, value_null()};
        bool done = false;
        TRY(has_moved(cx, one.id, &back, row_integer(&rows.items[i], "events"), &one.problems));
        if (one.problems.kind == VALUE_NULL)
            TRY(one_run(cx, &one, &done));
        TRY(db_run(cx, NULL, migration_result_set, plan.id, one.id, done ? "undone" : "kept",
                   json_text(cx->arena, one.problems)));
        after = one.id;
    }
    return rows.count < MIGRATION_CHUNK ? db_run(cx, NULL, migration_end, plan.id, "undone")
                                        : chunk_add(cx, plan.id, "migrate-back", after);
}

JOB_KIND(migrate, "migrate", forward_run, NULL);
JOB_KIND(migrate_back, "migrate-back", back_run, NULL);

static FALLIBLE begin(Ctx *cx, const Plan *plan, const char *from, const char *to)
{
    int64_t changed = 0;
    TRY(db_run(cx, &changed, migration_start, plan->id, from, to, cx->actor->user));
    return changed == 1 ? NULL : FAIL(cx, ERR_CONFLICT, "this migration is %s", plan->state);
}

FALLIBLE migration_run(Ctx *cx, Id id)
{
    Plan plan;
    TRY(plan_load(cx, id, &plan));
    if (plan.mapping.context->count && plan.created_by == cx->actor->user)
        return error_hint(FAIL(cx, ERR_DENIED,
                               "a migration that leads steps over to others is run "
                               "by somebody else than who planned it"),
                          "Somebody else with the right looks at it and runs it.");
    TRY(begin(cx, &plan, "planned", "running"));
    return chunk_add(cx, id, "migrate", 0);
}

FALLIBLE migration_undo(Ctx *cx, Id id)
{
    Plan plan;
    TRY(plan_load(cx, id, &plan));
    TRY(begin(cx, &plan, "done", "undoing"));
    return chunk_add(cx, id, "migrate-back", 0);
}

// ---- showing --------------------------------------------------------------------------------

static FALLIBLE page_of(Ctx *cx, Value request, Id *after, int *limit)
{
    const char *text = asked_text(request, "after");
    *after = 0;
    TRY(asked_limit(cx, request, limit));
    return text && !id_parse(text, after) ? asked_no_cursor(cx) : NULL;
}

// [{step: {key, name} or null, message}] of what is kept as [{step: its id or null, message}].
static Value named_problems(Ctx *cx, const Plan *plan, Value problems)
{
    size_t count = problems.kind == VALUE_LIST ? problems.list.count : 0;
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++) {
        const Value kept = problems.list.items[i];
        const char *id = value_get_text(kept, "step");
        const GraphNode *node = id ? graph_node(plan->from->graph, id) : NULL;
        if (id && !node)
            node = graph_node(plan->to->graph, id); // on the way back
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "step", migration_step(cx, node));
        value_set(cx->arena, items[i], "message", value_text(value_get_text(kept, "message")));
    }
    return value_list(items, count);
}

static FALLIBLE result_value(Ctx *cx, const Plan *plan, Describer *describer, Id id,
                             const char *state, Value problems, Value *out)
{
    Instance *instance;
    Value subject;
    TRY(instance_load(cx, id, &instance));
    TRY(describe_subject(cx, describer, instance->entity, instance->subject, &subject));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "instance", value_text(id_text(cx->arena, id)));
    value_set(cx->arena, *out, "subject", subject);
    value_set(cx->arena, *out, "state", value_text(state));
    value_set(cx->arena, *out, "problems", named_problems(cx, plan, problems));
    return NULL;
}

static Value results_value(Ctx *cx, Value *items, size_t count, Id last, bool more)
{
    Value page = value_context(cx->arena);
    value_set(cx->arena, page, "items", value_list(items, count));
    value_set(cx->arena, page, "next", value_text(more ? id_text(cx->arena, last) : NULL));
    return page;
}

FALLIBLE migration_try(Ctx *cx, Id id, Value request, Value *out)
{
    Plan plan;
    Rows rows;
    Id after;
    int limit;
    TRY(plan_load(cx, id, &plan));
    TRY(page_of(cx, request, &after, &limit));
    TRY(db_rows(cx, &rows, migration_waiting, plan.from->id, after, limit));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    Describer *describer = describer_new(cx);
    for (size_t i = 0; i < rows.count; i++) {
        Value problems;
        after = row_integer(&rows.items[i], "id");
        TRY(try_one(cx, &plan, after, &problems));
        TRY(result_value(cx, &plan, describer, after, problems.list.count ? "refused" : "would",
                         problems, &items[i]));
    }
    *out = results_value(cx, items, rows.count, after, rows.count == (size_t)limit);
    return NULL;
}

FALLIBLE migration_results(Ctx *cx, Id id, Value request, Value *out)
{
    Plan plan;
    Rows rows;
    Id after;
    int limit;
    TRY(plan_load(cx, id, &plan));
    TRY(page_of(cx, request, &after, &limit));
    TRY(db_rows(cx, &rows, migration_result_page, id, after, limit));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    Describer *describer = describer_new(cx);
    for (size_t i = 0; i < rows.count; i++) {
        Value problems;
        const char *text = row_text(&rows.items[i], "problems");
        after = row_integer(&rows.items[i], "instance");
        TRY(json_parse(cx, text, strlen(text), &problems));
        TRY(result_value(cx, &plan, describer, after, row_text(&rows.items[i], "state"), problems,
                         &items[i]));
    }
    *out = results_value(cx, items, rows.count, after, rows.count == (size_t)limit);
    return NULL;
}

static FALLIBLE counts_value(Ctx *cx, const Plan *plan, Value *out)
{
    static const char *const states[] = {"migrated", "refused", "undone", "kept"};
    Rows rows;
    Row *left;
    TRY(db_rows(cx, &rows, migration_counted, plan->id));
    TRY(db_row(cx, &left, migration_left, plan->from->id));
    *out = value_context(cx->arena);
    for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
        int64_t count = 0;
        for (size_t i = 0; i < rows.count; i++)
            if (text_equal(row_text(&rows.items[i], "state"), states[s]))
                count = row_integer(&rows.items[i], "instances");
        value_set(cx->arena, *out, states[s], value_integer(count));
    }
    value_set(cx->arena, *out, "left", value_integer(row_integer(left, "instances")));
    return NULL;
}

FALLIBLE migration_show(Ctx *cx, Id id, Value *out)
{
    Plan plan;
    Value by, counts;
    TRY(plan_load(cx, id, &plan));
    TRY(describe_user(cx, describer_new(cx), plan.created_by, &by));
    TRY(counts_value(cx, &plan, &counts));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, id)));
    value_set(cx->arena, *out, "process", process_value(cx, plan.to));
    value_set(cx->arena, *out, "from", value_integer(plan.from->version));
    value_set(cx->arena, *out, "to", value_integer(plan.to->version));
    value_set(cx->arena, *out, "mapping", plan.mapping);
    value_set(cx->arena, *out, "changes", migration_changes(cx, plan.from, plan.to, plan.mapping));
    value_set(cx->arena, *out, "state", value_text(plan.state));
    value_set(cx->arena, *out, "created_at", value_text(instant_text(cx->arena, plan.created_at)));
    value_set(cx->arena, *out, "created_by", by);
    value_set(cx->arena, *out, "instances", counts);
    return NULL;
}

FALLIBLE migration_list(Ctx *cx, const char *process, Value request, Value *out)
{
    Rows rows;
    Row *counted;
    Id after = INT64_MAX;
    int limit;
    const char *text = asked_text(request, "after");
    if (!actor_may(cx->actor, "process.migrate"))
        return FAIL(cx, ERR_DENIED, "you may not migrate processes");
    if (text && !id_parse(text, &after))
        return asked_no_cursor(cx);
    TRY(asked_limit(cx, request, &limit));
    TRY(db_rows(cx, &rows, migration_page_of, process, after, limit));
    TRY(db_row(cx, &counted, migration_count_of, process));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        after = row_integer(&rows.items[i], "id");
        TRY(migration_show(cx, after, &items[i]));
    }
    const char *next = rows.count == (size_t)limit ? id_text(cx->arena, after) : NULL;
    *out = page_value(cx, items, rows.count, next, row_integer(counted, "plans"));
    return NULL;
}
