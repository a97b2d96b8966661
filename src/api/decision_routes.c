// SPDX-License-Identifier: Apache-2.0
// Decisions, for programs.
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
