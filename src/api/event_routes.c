// SPDX-License-Identifier: Apache-2.0
#include "http/http.h"

ROUTE(events_route, GET, "/api/v1/events", "signed-in",
      "A stream of what has been committed (text/event-stream): change {entity, id, version}",
      .unit = UNIT_NONE)
{
    response->type = "text/event-stream";
    response->stream = true;
    return NULL;
}
