// SPDX-License-Identifier: Apache-2.0
#include "process/deviations.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/asked.h"
#include "process/deviation.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

// A table of the engine, not an entity: no door of records leads to it, so that nobody grants one
// by an import.
MIGRATION(process_0030_deviation, 30,
          "CREATE TABLE process_deviation (\n"
          "  id BIGINT PRIMARY KEY,\n"
          "  instance BIGINT NOT NULL,\n"
          "  process_key TEXT NOT NULL,\n"
          "  kind TEXT NOT NULL,\n"
          "  wait BIGINT NOT NULL,\n"
          "  node TEXT,\n"
          "  target TEXT,\n"
          "  fields TEXT,\n"
          "  before TEXT,\n"
          "  reason TEXT NOT NULL,\n"
          "  state TEXT NOT NULL,\n"
          "  requested_at BIGINT NOT NULL,\n"
          "  requested_by BIGINT NOT NULL,\n"
          "  decided_at BIGINT,\n"
          "  decided_by BIGINT,\n"
          "  comment TEXT\n"
          ");\n"
          "CREATE INDEX deviation_instance ON process_deviation (instance, id);\n"
          "CREATE INDEX deviation_state ON process_deviation (state, id);\n"
          "CREATE INDEX deviation_process ON process_deviation (process_key, id);\n"
          "CREATE INDEX deviation_process_state ON process_deviation (process_key, state, id)");

#define ROW                                                                                        \
    "SELECT id, instance, process_key, kind, wait, node, target, fields, before, reason, state,"   \
    " requested_at, requested_by, decided_at, decided_by, comment FROM process_deviation WHERE "
#define COUNT "SELECT COUNT(*) AS deviations FROM process_deviation WHERE "
#define PAGE " AND id < $1 ORDER BY id DESC LIMIT $2"

QUERY(deviation_by_id, ROW "id = $1");
QUERY(deviation_add,
      "INSERT INTO process_deviation (id, instance, process_key, kind, wait, node, target,"
      " fields, before, reason, state, requested_at, requested_by)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
QUERY(deviation_decide, "UPDATE process_deviation SET state = $2, decided_at = $3, decided_by = $4,"
                        " comment = $5 WHERE id = $1 AND state = 'requested'");
QUERY(deviation_page_all, ROW "id < $1 ORDER BY id DESC LIMIT $2");
QUERY(deviation_page_state, ROW "state = $3" PAGE);
QUERY(deviation_page_process, ROW "process_key = $3" PAGE);
QUERY(deviation_page_process_state, ROW "process_key = $3 AND state = $4" PAGE);
QUERY(deviation_page_instance, ROW "instance = $3" PAGE);
QUERY_FULL(deviation_count_all, COUNT "id > $1", NULL, "the exact count of all deviations");
QUERY(deviation_count_state, COUNT "id > $1 AND state = $2");
QUERY(deviation_count_process, COUNT "id > $1 AND process_key = $2");
QUERY(deviation_count_process_state, COUNT "id > $1 AND process_key = $2 AND state = $3");
QUERY(deviation_count_instance, COUNT "id > $1 AND instance = $2");
QUERY(deviation_counted,
      "SELECT node, target, kind, state, COUNT(*) AS deviations FROM process_deviation"
      " WHERE process_key = $1 GROUP BY node, target, kind, state"
      " ORDER BY node, target, kind, state");
QUERY(deviation_hand,
      "SELECT COUNT(*) AS hands FROM process_deviation WHERE instance = $1 AND node = $2"
      " AND state = 'granted' AND (requested_by = $3 OR decided_by = $3)");

static Deviation *deviation_of(Ctx *cx, const Row *row)
{
    Deviation *deviation = NEW(cx->arena, Deviation);
    *deviation = (Deviation){.id = row_integer(row, "id"),
                             .instance = row_integer(row, "instance"),
                             .process_key = row_text(row, "process_key"),
                             .kind = row_text(row, "kind"),
                             .wait = row_integer(row, "wait"),
                             .node = row_text(row, "node"),
                             .to = row_text(row, "target"),
                             .fields = row_text(row, "fields"),
                             .before = row_text(row, "before"),
                             .reason = row_text(row, "reason"),
                             .state = row_text(row, "state"),
                             .requested_at = row_integer(row, "requested_at"),
                             .requested_by = row_integer(row, "requested_by"),
                             .decided_at = row_integer(row, "decided_at"),
                             .decided_by = row_integer(row, "decided_by"),
                             .comment = row_text(row, "comment")};
    return deviation;
}

static bool sees_all(const Ctx *cx)
{
    return actor_may(cx->actor, "process.read") || actor_may(cx->actor, "deviation.grant");
}

// Whoever may not see the instance does not see its deviations.
static FALLIBLE instance_of_deviation(Ctx *cx, Id id, Instance **out)
{
    return actor_may(cx->actor, "deviation.grant") ? instance_load(cx, id, out)
                                                   : instance_readable(cx, id, out);
}

static FALLIBLE deviation_load(Ctx *cx, Id id, Deviation **out)
{
    Row *row;
    Instance *instance;
    TRY(db_row(cx, &row, deviation_by_id, id));
    if (row) {
        Deviation *deviation = deviation_of(cx, row);
        Error *error = instance_of_deviation(cx, deviation->instance, &instance);
        if (!error || error->code != ERR_NOT_FOUND) {
            *out = deviation;
            return error;
        }
    }
    return FAIL(cx, ERR_NOT_FOUND, "there is no such deviation");
}

FALLIBLE deviation_hand_had(Ctx *cx, Id instance, const char *node, Id user, bool *had)
{
    Row *row;
    TRY(db_row(cx, &row, deviation_hand, instance, node, user));
    *had = row_integer(row, "hands") > 0;
    return NULL;
}

// ---- asking ---------------------------------------------------------------------------------

static FALLIBLE reason_read(Ctx *cx, const char *given, const char *field, const char **out)
{
    const char *text = given ? text_trim(cx->arena, given) : "";
    if (!*text)
        return error_field(FAIL(cx, ERR_INVALID, "a deviation needs a reason"), field);
    if (strlen(text) > LIMIT_DEVIATION_REASON)
        return error_field(
            FAIL(cx, ERR_LIMIT, "a reason has at most %d bytes", LIMIT_DEVIATION_REASON), field);
    *out = text;
    return NULL;
}

static FALLIBLE wait_read(Ctx *cx, Value asked, const Instance *instance, const Graph *graph,
                          Deviation *out)
{
    const char *text = asked_text(asked, "wait");
    char *end = NULL;
    long long wait = text ? strtoll(text, &end, 10) : 0;
    if (!text || *end || wait < 2 || wait > INT32_MAX)
        return error_field(FAIL(cx, ERR_INVALID, "name the token by its wait"), "wait");
    FlowState state;
    TRY(flow_unpack(cx, graph, instance->blob.bytes, instance->blob.length, &state));
    const FlowPlace *place = flow_place(&state, (int)wait);
    if (!place || place->node < 0)
        return error_field(
            FAIL(cx, ERR_CONFLICT, "the process has gone on: there is no such token any more"),
            "wait");
    out->wait = wait;
    out->node = graph->nodes[place->node].id;
    return NULL;
}

static FALLIBLE fields_read(Ctx *cx, Value asked, const Instance *instance, const Graph *graph,
                            Deviation *out)
{
    const Value *fields = value_get(asked, "fields");
    Value record, before = value_context(cx->arena);
    if (!fields || fields->kind != VALUE_CONTEXT || !fields->context->count)
        return error_field(FAIL(cx, ERR_INVALID, "name the fields and their values"), "fields");
    TRY(subject_read(cx, instance->entity, instance->subject, &record));
    for (size_t i = 0; i < fields->context->count; i++) {
        const char *field = fields->context->entries[i].key;
        const Value *is = value_get(record, field);
        if (!is || !graph_owned(graph, field))
            return error_field(
                error_hint(FAIL(cx, ERR_INVALID, "the process does not own the field %s", field),
                           "Fields that no process owns are changed as ever."),
                field);
        value_set(cx->arena, before, field, *is);
    }
    out->fields = json_text(cx->arena, *fields);
    out->before = json_text(cx->arena, before);
    return NULL;
}

// Variables of the process; those that are not there yet may come with it.
static FALLIBLE variables_read(Ctx *cx, Value asked, const Instance *instance, const Graph *graph,
                               Deviation *out)
{
    const Value *variables = value_get(asked, "fields");
    Value now, before = value_context(cx->arena);
    if (!variables || variables->kind != VALUE_CONTEXT || !variables->context->count)
        return error_field(FAIL(cx, ERR_INVALID, "name the variables and their values"), "fields");
    if (variables->context->count > LIMIT_DEVIATION_VARIABLES)
        return error_field(
            FAIL(cx, ERR_LIMIT, "at most %d variables are set at once", LIMIT_DEVIATION_VARIABLES),
            "fields");
    out->wait = 1;
    if (asked_text(asked, "wait"))
        TRY(wait_read(cx, asked, instance, graph, out));
    TRY(deviation_variables(cx, out, instance, &now));
    for (size_t i = 0; i < variables->context->count; i++) {
        const char *name = variables->context->entries[i].key;
        const Value *is = value_get(now, name);
        if (text_equal(name, graph->variable))
            return error_field(
                error_hint(FAIL(cx, ERR_INVALID, "%s is the record of the process", name),
                           "Ask for values of its fields."),
                "fields");
        value_set(cx->arena, before, name, is ? *is : value_null());
    }
    out->fields = json_text(cx->arena, *variables);
    out->before = json_text(cx->arena, before);
    return NULL;
}

static FALLIBLE event_read(Ctx *cx, Value asked, const Instance *instance, Deviation *out)
{
    const Value *event = value_get(asked, "event");
    if (!event || event->kind != VALUE_NUMBER || !decimal_to_integer(event->number, &out->wait) ||
        out->wait < 0)
        return error_field(FAIL(cx, ERR_INVALID, "name the event of the history by its sequence"),
                           "event");
    return restart_node(cx, instance->id, out->wait, &out->node);
}

// What a kind needs of what is asked.
static const struct {
    const char *kind;
    bool wait, to, fields, variables, event;
} kinds[] = {
    {"skip", .wait = true},   {"move", .wait = true, .to = true},
    {"add", .to = true},      {"cancel", .wait = true},
    {"set", .fields = true},  {DATA, .variables = true},
    {RESTART, .event = true},
};

static FALLIBLE asked_read(Ctx *cx, Value asked, const Instance *instance, Deviation *out)
{
    const ProcessModel *model;
    const char *kind = asked_text(asked, "kind");
    size_t at = 0;
    TRY(model_by_id(cx, instance->model, &model));
    while (at < sizeof kinds / sizeof *kinds && !text_equal(kinds[at].kind, kind))
        at++;
    if (at == sizeof kinds / sizeof *kinds)
        return error_field(
            FAIL(cx, ERR_INVALID, "kind is skip, move, add, cancel, set, data or restart"), "kind");
    out->kind = kinds[at].kind;
    out->to = kinds[at].to ? asked_text(asked, "to") : NULL;
    if (kinds[at].to && !out->to)
        return error_field(FAIL(cx, ERR_INVALID, "name the step where the token goes"), "to");
    if (kinds[at].wait)
        TRY(wait_read(cx, asked, instance, model->graph, out));
    if (kinds[at].event)
        TRY(event_read(cx, asked, instance, out));
    if (kinds[at].variables)
        TRY(variables_read(cx, asked, instance, model->graph, out));
    if (kinds[at].fields)
        TRY(fields_read(cx, asked, instance, model->graph, out));
    return reason_read(cx, asked_text(asked, "reason"), "reason", &out->reason);
}

FALLIBLE deviation_request(Ctx *cx, Id id, Value asked, Id *out)
{
    Instance *instance;
    TRY(instance_readable(cx, id, &instance));
    if (!actor_may(cx->actor, "deviation.request") || !cx->actor->user)
        return FAIL(cx, ERR_DENIED, "you may not ask for a deviation");
    Deviation deviation = {.id = id_new(cx), .instance = id};
    TRY(asked_read(cx, asked, instance, &deviation));
    TRY(deviation_try(cx, &deviation, instance));
    TRY(db_run(cx, NULL, deviation_add, deviation.id, id, instance->process_key, deviation.kind,
               deviation.wait, deviation.node, deviation.to, deviation.fields, deviation.before,
               deviation.reason, "requested", cx->now, cx->actor->user));
    *out = deviation.id;
    return NULL;
}

// ---- deciding -------------------------------------------------------------------------------

static FALLIBLE decide(Ctx *cx, const Deviation *deviation, const char *state, const char *comment)
{
    int64_t changed = 0;
    TRY(db_run(cx, &changed, deviation_decide, deviation->id, state, cx->now, cx->actor->user,
               comment));
    if (changed == 1)
        return NULL;
    Row *row; // somebody else may have been faster
    TRY(db_row(cx, &row, deviation_by_id, deviation->id));
    return FAIL(cx, ERR_CONFLICT, "this deviation is %s already", row_text(row, "state"));
}

// Why the actor may not decide; *why NULL: it may.
static FALLIBLE decider_check(Ctx *cx, const Deviation *deviation)
{
    Instance *instance;
    const ProcessModel *model;
    const GraphNode *apart;
    if (!actor_may(cx->actor, "deviation.grant") || !cx->actor->user)
        return FAIL(cx, ERR_DENIED, "you may not decide on deviations");
    if (deviation->requested_by == cx->actor->user)
        return error_hint(FAIL(cx, ERR_DENIED, "whoever asked for a deviation does not grant it"),
                          "Somebody else decides.");
    TRY(instance_load(cx, deviation->instance, &instance));
    TRY(model_by_id(cx, instance->model, &model));
    TRY(deviation_apart(cx, deviation, model, cx->actor->user, &apart));
    if (!apart)
        return NULL;
    return error_hint(
        FAIL(cx, ERR_DENIED,
             "you had a hand in the step '%s', from which what is asked for is kept apart",
             graph_node_name(apart, cx->language)),
        "Somebody else decides.");
}

FALLIBLE deviation_grant(Ctx *cx, Id id, const char *comment)
{
    Deviation *deviation;
    TRY(deviation_load(cx, id, &deviation));
    TRY(decider_check(cx, deviation));
    TRY(decide(cx, deviation, "granted", comment));
    return deviation_carry_out(cx, deviation);
}

FALLIBLE deviation_refuse(Ctx *cx, Id id, const char *given)
{
    Deviation *deviation;
    const char *comment;
    TRY(deviation_load(cx, id, &deviation));
    if (!actor_may(cx->actor, "deviation.grant") || deviation->requested_by == cx->actor->user)
        return FAIL(cx, ERR_DENIED, "you may not decide on this deviation");
    TRY(reason_read(cx, given, "comment", &comment));
    return decide(cx, deviation, "refused", comment);
}

FALLIBLE deviation_close(Ctx *cx, Id id, const char *comment)
{
    Deviation *deviation;
    TRY(deviation_load(cx, id, &deviation));
    if (!actor_may(cx->actor, "deviation.grant") && deviation->requested_by != cx->actor->user)
        return FAIL(cx, ERR_DENIED, "only whoever asked for it takes a deviation back");
    return decide(cx, deviation, "closed", comment);
}

// ---- showing --------------------------------------------------------------------------------

static Value step_value(Ctx *cx, const Graph *graph, const char *key)
{
    if (!key)
        return value_null();
    const GraphNode *node = graph_node(graph, key);
    Value step = value_context(cx->arena);
    value_set(cx->arena, step, "key", value_text(key));
    value_set(cx->arena, step, "name",
              value_text(node ? graph_node_name(node, cx->language) : key));
    return step;
}

static Value when_value(Ctx *cx, Instant at)
{
    return value_text(at ? instant_text(cx->arena, at) : NULL);
}

static FALLIBLE values_of(Ctx *cx, const Deviation *deviation, Value *out)
{
    *out = value_null();
    bool shown = sees_all(cx) || deviation->requested_by == cx->actor->user;
    return deviation->fields && shown
               ? json_parse(cx, deviation->fields, strlen(deviation->fields), out)
               : NULL;
}

static FALLIBLE deviation_value(Ctx *cx, Describer *describer, const Deviation *deviation,
                                Value *out)
{
    Instance *instance;
    const ProcessModel *model;
    Value subject, requester, decider, fields, shown = value_context(cx->arena);
    TRY(instance_load(cx, deviation->instance, &instance));
    TRY(model_by_id(cx, instance->model, &model));
    TRY(describe_subject(cx, describer, instance->entity, instance->subject, &subject));
    TRY(describe_user(cx, describer, deviation->requested_by, &requester));
    TRY(describe_user(cx, describer, deviation->decided_by, &decider));
    TRY(values_of(cx, deviation, &fields));
    const struct {
        const char *name;
        Value value;
    } members[] = {
        {"id", value_text(id_text(cx->arena, deviation->id))},
        {"instance", value_text(id_text(cx->arena, deviation->instance))},
        {"process", process_value(cx, model)},
        {"subject", subject},
        {"kind", value_text(deviation->kind)},
        {"step", step_value(cx, model->graph, deviation->node)},
        {"to", step_value(cx, model->graph, deviation->to)},
        {"fields", fields},
        {"event",
         text_equal(deviation->kind, RESTART) ? value_integer(deviation->wait) : value_null()},
        {"reason", value_text(deviation->reason)},
        {"state", value_text(deviation->state)},
        {"requested_at", when_value(cx, deviation->requested_at)},
        {"requested_by", requester},
        {"decided_at", when_value(cx, deviation->decided_at)},
        {"decided_by", decider},
        {"comment", value_text(deviation->comment)},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        value_set(cx->arena, shown, members[i].name, members[i].value);
    *out = shown;
    return NULL;
}

FALLIBLE deviation_show(Ctx *cx, Id id, Value *out)
{
    Deviation *deviation;
    TRY(deviation_load(cx, id, &deviation));
    return deviation_value(cx, describer_new(cx), deviation, out);
}

typedef struct Request {
    const char *process;
    const char *state;
    Id instance;
    Id after;
    int limit;
} Request;

static FALLIBLE request_read(Ctx *cx, Value given, Request *out)
{
    const char *instance = asked_text(given, "instance"), *after = asked_text(given, "after");
    *out = (Request){.process = asked_text(given, "process"),
                     .state = asked_text(given, "state"),
                     .after = INT64_MAX};
    TRY(asked_limit(cx, given, &out->limit));
    if (after && !id_parse(after, &out->after))
        return asked_no_cursor(cx);
    if (instance && !id_parse(instance, &out->instance))
        return FAIL(cx, ERR_NOT_FOUND, "there is no such process instance");
    if (instance && (out->process || out->state))
        return error_field(FAIL(cx, ERR_INVALID, "an instance's deviations are few: ask for all"),
                           out->process ? "process" : "state");
    return NULL;
}

static FALLIBLE page_read(Ctx *cx, const Request *asked, Rows *rows, Row **counted)
{
    int more = asked->limit + 1;
    Id after = asked->after;
    const char *process = asked->process, *state = asked->state;
    if (asked->instance) {
        TRY(db_rows(cx, rows, deviation_page_instance, after, more, asked->instance));
        return db_row(cx, counted, deviation_count_instance, 0, asked->instance);
    }
    if (process && state) {
        TRY(db_rows(cx, rows, deviation_page_process_state, after, more, process, state));
        return db_row(cx, counted, deviation_count_process_state, 0, process, state);
    }
    if (process) {
        TRY(db_rows(cx, rows, deviation_page_process, after, more, process));
        return db_row(cx, counted, deviation_count_process, 0, process);
    }
    if (state) {
        TRY(db_rows(cx, rows, deviation_page_state, after, more, state));
        return db_row(cx, counted, deviation_count_state, 0, state);
    }
    TRY(db_rows(cx, rows, deviation_page_all, after, more));
    return db_row(cx, counted, deviation_count_all, 0);
}

FALLIBLE deviation_list(Ctx *cx, Value given, Value *out)
{
    Request request;
    Instance *instance;
    TRY(request_read(cx, given, &request));
    if (request.instance)
        TRY(instance_of_deviation(cx, request.instance, &instance));
    else if (!sees_all(cx))
        return error_hint(FAIL(cx, ERR_DENIED, "you may list the deviations of an instance only"),
                          "Give its id as instance.");
    Rows rows;
    Row *counted;
    TRY(page_read(cx, &request, &rows, &counted));
    size_t count = rows.count > (size_t)request.limit ? (size_t)request.limit : rows.count;
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    Describer *describer = describer_new(cx);
    for (size_t i = 0; i < count; i++)
        TRY(deviation_value(cx, describer, deviation_of(cx, &rows.items[i]), &items[i]));
    const char *next = NULL;
    if (rows.count > count)
        next = id_text(cx->arena, row_integer(&rows.items[count - 1], "id"));
    *out = page_value(cx, items, count, next, row_integer(counted, "deviations"));
    return NULL;
}

FALLIBLE deviation_counts(Ctx *cx, const char *process, Value *out)
{
    const ProcessModel *model;
    Rows rows;
    int64_t total = 0;
    TRY(model_newest(cx, process, &model));
    TRY(db_rows(cx, &rows, deviation_counted, process));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        const char *node = row_text(row, "node");
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "step",
                  step_value(cx, model->graph, node ? node : row_text(row, "target")));
        value_set(cx->arena, items[i], "kind", value_text(row_text(row, "kind")));
        value_set(cx->arena, items[i], "state", value_text(row_text(row, "state")));
        value_set(cx->arena, items[i], "count", value_integer(row_integer(row, "deviations")));
        total += row_integer(row, "deviations");
    }
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, rows.count));
    value_set(cx->arena, *out, "total", value_integer(total));
    return NULL;
}
