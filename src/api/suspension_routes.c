// SPDX-License-Identifier: Apache-2.0
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"
#include "process/suspension.h"

#define INSTANCE "/api/v1/instances/{id}"
#define PROCESS "/api/v1/processes/{key}"

ROUTE(instance_suspend_route, POST, INSTANCE "/suspend", "process.suspend",
      "Let an instance stand still: nothing can be done, what comes is held",
      .input = SCHEMA("SuspendInput"), .output = SCHEMA("Instance"))
{
    Id instance;
    TRY(request_id(cx, request, "id", &instance));
    TRY(instance_suspend(cx, instance, value_get_text(request->json, "reason")));
    return instance_show(cx, instance, &response->json);
}

ROUTE(instance_resume_route, POST, INSTANCE "/resume", "process.suspend",
      "Let a suspended instance go on, with what came meanwhile", .output = SCHEMA("Instance"))
{
    Id instance;
    TRY(request_id(cx, request, "id", &instance));
    TRY(instance_resume(cx, instance));
    return instance_show(cx, instance, &response->json);
}

ROUTE(process_suspend_route, POST, PROCESS "/suspend", "process.suspend",
      "Refuse new starts of a process, and let its instances stand still if asked",
      .input = SCHEMA("SuspendInput"), .output = SCHEMA("Suspension"))
{
    const char *key = request_parameter(request, "key");
    const Value *instances = value_get(request->json, "instances");
    TRY(process_suspend(cx, key, value_get_text(request->json, "reason"),
                        instances && instances->kind == VALUE_BOOLEAN && instances->boolean));
    return process_suspension(cx, key, &response->json);
}

ROUTE(process_resume_route, POST, PROCESS "/resume", "process.suspend",
      "Take new starts again, and let those go on that were suspended with the process",
      .output = SCHEMA("Suspension"))
{
    const char *key = request_parameter(request, "key");
    TRY(process_resume(cx, key));
    return process_suspension(cx, key, &response->json);
}

ROUTE(process_suspension_route, GET, PROCESS "/suspension", "signed-in",
      "Whether a process is suspended, and why", .output = SCHEMA("Suspension"))
{
    return process_suspension(cx, request_parameter(request, "key"), &response->json);
}
