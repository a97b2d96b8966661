// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"
#include "base/ids.h"
#include "base/limits.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"

#include <string.h>

#define PROCESSES "/api/v1/processes"
#define INSTANCES "/api/v1/instances"
#define KEEP_MAX_S (400 * 24 * 3600)
#define LIMIT_DEPLOYMENT_FILES 100

ROUTE(process_list_route, GET, PROCESSES, "signed-in", "The deployed processes",
      .output = SCHEMA("ProcessPage"))
{
    return process_list(cx, &response->json);
}

static Value deployed_value(Ctx *cx, const Deployed *deployed)
{
    Value shown = value_context(cx->arena);
    value_set(cx->arena, shown, "key", value_text(deployed->key));
    value_set(cx->arena, shown, "version", value_integer(deployed->version));
    value_set(cx->arena, shown, "drawing", value_boolean(deployed->drawing));
    value_set(cx->arena, shown, "known", value_boolean(deployed->known));
    value_set(cx->arena, shown, "decision", value_boolean(deployed->decision));
    value_set(cx->arena, shown, "problems", deployed->problems);
    return shown;
}

ROUTE(process_deploy_route, POST, PROCESSES, "process.deploy",
      "Deploy a BPMN process or a DMN decision; all problems are told at once. ?drawing=true keeps"
      " a process that cannot be executed as a drawing only",
      .query = "drawing:boolean", .accepts = "application/xml", .output = SCHEMA("Deployed"))
{
    Deployed deployed;
    const char *drawing = request_query(request, "drawing");
    if (drawing && strcmp(drawing, "true") != 0 && strcmp(drawing, "false") != 0)
        return error_field(FAIL(cx, ERR_INVALID, "drawing is true or false"), "drawing");
    if (request->body_length > LIMIT_MODEL_BYTES)
        return FAIL(cx, ERR_LIMIT, "a model has at most %lu bytes", LIMIT_MODEL_BYTES);
    if (strlen(request->body) != request->body_length)
        return FAIL(cx, ERR_INVALID, "the model holds a NUL byte");
    TRY(model_deploy(cx, request->body, request->body_length, text_equal(drawing, "true"),
                     &deployed));
    response->status = 201;
    response->json = deployed_value(cx, &deployed);
    if (model_is_decision(request->body)) { // they do not keep it from being deployed
        Value warnings;
        TRY(decision_check(cx, request->body, request->body_length, &warnings));
        value_set(cx->arena, response->json, "warnings", warnings);
    }
    return NULL;
}

static FALLIBLE given_files(Ctx *cx, const Value *given, BpmnFile *files)
{
    for (size_t i = 0; i < given->list.count; i++) {
        const char *name = value_get_text(given->list.items[i], "name");
        const Value *text = value_get(given->list.items[i], "text");
        if (!name || !*name || !text || text->kind != VALUE_TEXT)
            return error_field(FAIL(cx, ERR_INVALID, "each of the files needs a name and a text"),
                               "files");
        files[i] = (BpmnFile){name, text->text.bytes, text->text.length};
        if (strlen(files[i].bytes) != files[i].length)
            return FAIL(cx, ERR_INVALID, "the model holds a NUL byte");
    }
    return NULL;
}

ROUTE(deployment_route, POST, "/api/v1/deployments", "process.deploy",
      "Deploy several models together: BPMN files that import each other by their names, and the"
      " decisions that they ask; all or none",
      .input = SCHEMA("DeploymentInput"), .output = SCHEMA("Deployment"))
{
    const Value *given = value_get(request->json, "files");
    const Value *drawing = value_get(request->json, "drawing");
    if (!given || given->kind != VALUE_LIST || given->list.count > LIMIT_DEPLOYMENT_FILES)
        return error_field(
            FAIL(cx, ERR_INVALID, "the body needs files, at most %d", LIMIT_DEPLOYMENT_FILES),
            "files");
    bool as_drawing = drawing && drawing->kind == VALUE_BOOLEAN && drawing->boolean;
    size_t count = given->list.count, deployed_count;
    BpmnFile *files = NEW_ARRAY(cx->arena, BpmnFile, count);
    Deployed *deployed = NEW_ARRAY(cx->arena, Deployed, count);
    TRY(given_files(cx, given, files));
    TRY(models_deploy(cx, files, count, as_drawing, deployed, &deployed_count));
    Value *items = NEW_ARRAY(cx->arena, Value, count);
    for (size_t i = 0; i < deployed_count; i++) {
        items[i] = deployed_value(cx, &deployed[i]);
        value_set(cx->arena, items[i], "file", value_text(deployed[i].file));
    }
    response->status = 201;
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "items", value_list(items, deployed_count));
    return NULL;
}

ROUTE(process_show_route, GET, PROCESSES "/{key}", "signed-in",
      "A process and its steps, as of a version; without one the newest",
      .query = "version:integer", .output = SCHEMA("Process"))
{
    int64_t version;
    TRY(request_query_integer(cx, request, "version", 0, &version));
    return process_show(cx, request_parameter(request, "key"), (int)version, &response->json);
}

ROUTE(process_diagram_route, GET, PROCESSES "/{key}/diagram", "signed-in",
      "The model of a process, as BPMN 2.0 XML", .query = "version:integer")
{
    int64_t version;
    Text xml;
    TRY(request_query_integer(cx, request, "version", 0, &version));
    TRY(process_diagram(cx, request_parameter(request, "key"), (int)version, &xml));
    response->type = "application/xml; charset=utf-8";
    response->body = xml.bytes;
    response->body_length = xml.length;
    return NULL;
}

ROUTE(process_versions_route, GET, PROCESSES "/{key}/versions", "process.read",
      "The versions of a process, newest first, and how many instances run on each",
      .output = SCHEMA("ProcessVersions"))
{
    return process_versions(cx, request_parameter(request, "key"), &response->json);
}

ROUTE(instance_list_route, GET, INSTANCES, "signed-in", "Running and ended instances",
      .query = "process state version:integer step suspended:boolean subject limit:integer after",
      .output = SCHEMA("InstancePage"))
{
    Value query;
    int64_t version;
    TRY(plain_query_read(cx, request, &query));
    TRY(request_query_integer(cx, request, "version", 0, &version));
    value_set(cx->arena, query, "version", value_integer(version));
    return instance_list(cx, query, &response->json);
}

ROUTE(instance_start_route, POST, INSTANCES, "process.start", "Start a process for a record",
      .input = SCHEMA("InstanceInput"), .output = SCHEMA("Instance"))
{
    const char *process = value_get_text(request->json, "process");
    const Value *subject = value_get(request->json, "subject");
    const Value *variables = value_get(request->json, "variables");
    const char *entity = subject ? value_get_text(*subject, "entity") : NULL;
    const char *id = subject ? value_get_text(*subject, "id") : NULL;
    Id record = 0, instance;
    if (!process)
        return error_field(FAIL(cx, ERR_INVALID, "the body needs the key of a process"), "process");
    if (subject && (!entity || !id || !id_parse(id, &record)))
        return error_field(FAIL(cx, ERR_INVALID, "subject is {entity, id}"), "subject");
    TRY(instance_start(cx, process, entity, record,
                       variables ? *variables : value_context(cx->arena), &instance));
    response->status = 201;
    return instance_show(cx, instance, &response->json);
}

ROUTE(instance_show_route, GET, INSTANCES "/{id}", "signed-in", "The state of an instance",
      .output = SCHEMA("Instance"))
{
    Id instance;
    TRY(request_id(cx, request, "id", &instance));
    return instance_show(cx, instance, &response->json);
}

ROUTE(instance_history_route, GET, INSTANCES "/{id}/history", "signed-in",
      "What happened in an instance, oldest first", .output = SCHEMA("InstanceHistory"))
{
    Id instance;
    TRY(request_id(cx, request, "id", &instance));
    return instance_history(cx, instance, &response->json);
}

ROUTE(instance_cancel_route, POST, INSTANCES "/{id}/cancel", "signed-in",
      "Cancel an instance by the way its model offers", .input = SCHEMA("CancelInput"),
      .output = SCHEMA("Instance"))
{
    Id instance;
    TRY(request_id(cx, request, "id", &instance));
    const char *reason = value_get_text(request->json, "reason");
    if (!reason || !*reason)
        return error_field(FAIL(cx, ERR_INVALID, "cancelling needs a reason"), "reason");
    TRY(instance_cancel(cx, instance, reason));
    return instance_show(cx, instance, &response->json);
}

static Value told_value(Ctx *cx, int delivered, bool queued)
{
    Value told = value_context(cx->arena);
    value_set(cx->arena, told, "delivered", value_integer(delivered));
    value_set(cx->arena, told, "queued", value_boolean(queued));
    return told;
}

static Value member(const Request *request, const char *name)
{
    const Value *found = value_get(request->json, name);
    return found ? *found : value_null();
}

ROUTE(message_publish_route, POST, "/api/v1/messages", "message.publish",
      "Bring a message to the instances that wait for it", .input = SCHEMA("MessageInput"),
      .output = SCHEMA("Delivered"))
{
    const char *key = value_get_text(request->json, "key");
    const char *to = value_get_text(request->json, "to");
    Value keep = member(request, "keep_seconds");
    int64_t seconds = 0;
    if (keep.kind != VALUE_NULL &&
        (keep.kind != VALUE_NUMBER || !decimal_to_integer(keep.number, &seconds) || seconds < 0 ||
         seconds > KEEP_MAX_S))
        return error_field(FAIL(cx, ERR_INVALID, "keep_seconds is 0 to %d", KEEP_MAX_S),
                           "keep_seconds");
    if (to && !text_equal(to, "one") && !text_equal(to, "all"))
        return error_field(FAIL(cx, ERR_INVALID, "to is 'one' or 'all'"), "to");
    IncomingMessage message = {.name = value_get_text(request->json, "name"),
                               .key = key ? key : "",
                               .payload = member(request, "payload"),
                               .idempotency_key = value_get_text(request->json, "idempotency_key"),
                               .keep_until = seconds ? cx->now + seconds * 1000000 : 0,
                               .to_one = text_equal(to, "one")};
    int delivered;
    bool queued;
    TRY(message_publish(cx, &message, &delivered, &queued));
    response->status = 202;
    response->json = told_value(cx, delivered, queued);
    return NULL;
}

ROUTE(signal_publish_route, POST, "/api/v1/signals", "message.publish",
      "Tell a signal to all instances that wait for it", .input = SCHEMA("SignalInput"),
      .output = SCHEMA("Delivered"))
{
    int delivered;
    bool queued;
    TRY(signal_publish(cx, value_get_text(request->json, "name"), member(request, "payload"),
                       &delivered, &queued));
    response->status = 202;
    response->json = told_value(cx, delivered, queued);
    return NULL;
}
