// SPDX-License-Identifier: Apache-2.0
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"
#include "process/replay.h"

ROUTE(instance_replay_route, GET, "/api/v1/instances/{id}/replay", "process.read",
      "Whether the history of an instance, replayed, gives its state", .output = SCHEMA("Replayed"))
{
    Id instance;
    TRY(request_id(cx, request, "id", &instance));
    return instance_replay_check(cx, instance, &response->json);
}

ROUTE(instance_erase_route, POST, "/api/v1/instances/{id}/erase-inputs", "process.erase",
      "Take what came to an ended instance out of its history", .output = SCHEMA("Instance"))
{
    Id instance;
    TRY(request_id(cx, request, "id", &instance));
    TRY(instance_inputs_erase(cx, instance));
    return instance_show(cx, instance, &response->json);
}

ROUTE(instance_personal_route, POST, "/api/v1/instances/{id}/erase-personal", "process.erase",
      "Take the personal values out of an ended instance's history, and replay it without them",
      .output = SCHEMA("Replayed"))
{
    Id instance;
    TRY(request_id(cx, request, "id", &instance));
    return instance_personal_erase(cx, instance, &response->json);
}

ROUTE(histories_erase_route, POST, "/api/v1/records/{entity}/{id}/erase-histories", "process.erase",
      "Take what came to all ended instances on a record out of their histories",
      .output = SCHEMA("HistoriesErased"))
{
    Id record;
    TRY(request_id(cx, request, "id", &record));
    return record_histories_erase(cx, request_parameter(request, "entity"), record,
                                  &response->json);
}
