// SPDX-License-Identifier: Apache-2.0
// Decisions, for programs.
#include "base/limits.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"

ROUTE(decision_evaluate_route, POST, "/api/v1/decisions/{key}/evaluate", "process.read",
      "Evaluate a deployed decision; with its trace when asked", .unit = UNIT_READ,
      .input = SCHEMA("DecisionInput"), .output = SCHEMA("DecisionResult"))
{
    const Value *inputs = value_get(request->json, "inputs");
    const Value *trace = value_get(request->json, "trace");
    const Value *decision = value_get(request->json, "decision");
    if (!inputs || inputs->kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "inputs is an object"), "inputs");
    if (trace && trace->kind != VALUE_BOOLEAN)
        return error_field(FAIL(cx, ERR_INVALID, "trace is true or false"), "trace");
    if (decision && decision->kind != VALUE_TEXT)
        return error_field(FAIL(cx, ERR_INVALID, "decision is a name or an id"), "decision");
    return decision_evaluate(cx, request_parameter(request, "key"),
                             decision ? decision->text.bytes : NULL, *inputs,
                             trace && trace->boolean, &response->json);
}

ROUTE(decision_check_route, POST, "/api/v1/decisions/check", "process.read",
      "Check a DMN model: types, gaps, overlaps and rules that never fire; nothing is deployed",
      .unit = UNIT_READ, .accepts = "application/xml", .output = SCHEMA("DecisionCheck"))
{
    Value findings;
    if (request->body_length > LIMIT_MODEL_BYTES)
        return FAIL(cx, ERR_LIMIT, "a model has at most %lu bytes", LIMIT_MODEL_BYTES);
    TRY(decision_check(cx, request->body, request->body_length, &findings));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "findings", findings);
    return NULL;
}
