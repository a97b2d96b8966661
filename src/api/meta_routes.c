// SPDX-License-Identifier: Apache-2.0
#include "http/http.h"
#include "http/schemas.h"
#include "record/schema.h"

ROUTE(meta_route, GET, "/api/v1/meta", "signed-in",
      "Entities, fields, lists and rights as this user has them; drives the browser application",
      .output = SCHEMA("Meta"))
{
    return schema_meta(cx, NULL, &response->json);
}
