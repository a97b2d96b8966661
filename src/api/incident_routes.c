// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/incidents.h"

#define INCIDENTS "/api/v1/incidents"

ROUTE(incident_list_route, GET, INCIDENTS, "signed-in",
      "Incidents, newest first: of a process, a state, an owner, a department, an instance",
      .query = "process state owner department instance limit:integer after",
      .output = SCHEMA("IncidentPage"))
{
    Value query;
    TRY(plain_query_read(cx, request, &query));
    return incident_list(cx, query, &response->json);
}

ROUTE(incident_show_route, GET, INCIDENTS "/{id}", "signed-in",
      "An incident: what is wrong, what helps, what was done with it",
      .output = SCHEMA("IncidentDetail"))
{
    Id incident;
    TRY(request_id(cx, request, "id", &incident));
    return incident_show(cx, incident, &response->json);
}

ROUTE(incident_take_route, POST, INCIDENTS "/{id}/take", "signed-in", "Take an incident over",
      .input = SCHEMA("IncidentComment"), .output = SCHEMA("IncidentDetail"))
{
    Id incident;
    TRY(request_id(cx, request, "id", &incident));
    TRY(incident_take(cx, incident, value_get_text(request->json, "comment")));
    return incident_show(cx, incident, &response->json);
}

ROUTE(incident_hand_on_route, POST, INCIDENTS "/{id}/hand-on", "signed-in",
      "Hand an incident on to somebody who may handle it", .input = SCHEMA("IncidentHandOn"),
      .output = SCHEMA("IncidentDetail"))
{
    Id incident, to;
    TRY(request_id(cx, request, "id", &incident));
    const char *person = value_get_text(request->json, "to");
    if (!person || !id_parse(person, &to))
        return error_field(FAIL(cx, ERR_INVALID, "name the person by id"), "to");
    TRY(incident_hand_on(cx, incident, to, value_get_text(request->json, "comment")));
    return incident_show(cx, incident, &response->json);
}

ROUTE(incident_retry_route, POST, INCIDENTS "/{id}/retry", "signed-in",
      "Mend data of the record or the instance, if any is given, and try the step again",
      .input = SCHEMA("IncidentRetry"), .output = SCHEMA("IncidentDetail"))
{
    Id incident;
    TRY(request_id(cx, request, "id", &incident));
    TRY(incident_retry(cx, incident, request->json));
    return incident_show(cx, incident, &response->json);
}

ROUTE(incident_close_route, POST, INCIDENTS "/{id}/close", "signed-in",
      "Close an incident that only warns", .input = SCHEMA("IncidentComment"),
      .output = SCHEMA("IncidentDetail"))
{
    Id incident;
    TRY(request_id(cx, request, "id", &incident));
    TRY(incident_close(cx, incident, value_get_text(request->json, "comment")));
    return incident_show(cx, incident, &response->json);
}
