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

ROUTE(process_list_route, GET, PROCESSES, "signed-in", "The deployed processes",
      .output = SCHEMA("ProcessPage"))
{
    return process_list(cx, &response->json);
}

ROUTE(process_deploy_route, POST, PROCESSES, "process.deploy",
      "Deploy a BPMN process or a DMN decision; all problems are told at once",
      .accepts = "application/xml", .output = SCHEMA("Deployed"))
{
    const char *key;
    int version;
    if (request->body_length > LIMIT_MODEL_BYTES)
        return FAIL(cx, ERR_LIMIT, "a model has at most %lu bytes", LIMIT_MODEL_BYTES);
    if (strlen(request->body) != request->body_length)
        return FAIL(cx, ERR_INVALID, "the model holds a NUL byte");
    TRY(model_deploy(cx, request->body, request->body_length, &key, &version));
    response->status = 201;
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "key", value_text(key));
    value_set(cx->arena, response->json, "version", value_integer(version));
    if (model_is_decision(request->body)) { // they do not keep it from being deployed
        Value warnings;
        TRY(decision_check(cx, request->body, request->body_length, &warnings));
        value_set(cx->arena, response->json, "warnings", warnings);
    }
    return NULL;
}

ROUTE(process_show_route, GET, PROCESSES "/{key}", "signed-in", "A process and its steps",
      .output = SCHEMA("Process"))
{
    return process_show(cx, request_parameter(request, "key"), &response->json);
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

ROUTE(instance_list_route, GET, INSTANCES, "signed-in", "Running and ended instances",
      .query = "process state subject limit:integer after", .output = SCHEMA("InstancePage"))
{
    Value query;
    TRY(plain_query_read(cx, request, &query));
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

ROUTE(message_publish_route, POST, "/api/v1/messages", "message.publish",
      "Bring a message to the instances that wait for it", .input = SCHEMA("MessageInput"),
      .output = SCHEMA("Delivered"))
{
    const char *name = value_get_text(request->json, "name");
    const char *key = value_get_text(request->json, "key");
    const Value *payload = value_get(request->json, "payload");
    int delivered;
    if (!name || !*name)
        return error_field(FAIL(cx, ERR_INVALID, "a message needs a name"), "name");
    TRY(message_publish(cx, name, key ? key : "", payload ? *payload : value_context(cx->arena),
                        value_get_text(request->json, "idempotency_key"), 0, &delivered));
    response->status = 202;
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "delivered", value_integer(delivered));
    return NULL;
}
