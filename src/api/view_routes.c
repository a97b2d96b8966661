// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/view.h"

#define VIEWS "/api/v1/views"
#define RECORD "/api/v1/records/{entity}/{id}"

ROUTE(view_list_route, GET, VIEWS, "signed-in",
      "The saved views of an entity: one's own, the team's and everybody's", .query = "entity",
      .output = SCHEMA("Views"))
{
    return views_list(cx, request_query(request, "entity"), &response->json);
}

ROUTE(view_save_route, POST, VIEWS, "signed-in",
      "Save a list's request as a view: for oneself, for the team, or (view.publish) for everybody",
      .input = SCHEMA("ViewInput"), .output = SCHEMA("View"))
{
    response->status = 201;
    return view_save(cx, request->json, &response->json);
}

ROUTE(view_change_route, PATCH, VIEWS "/{id}", "signed-in", "Change an own view",
      .input = SCHEMA("ViewChange"), .output = SCHEMA("View"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    return view_change(cx, id, request->json, &response->json);
}

ROUTE(view_delete_route, DELETE, VIEWS "/{id}", "signed-in", "Delete an own view")
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    TRY(view_delete(cx, id));
    response->status = 204;
    return NULL;
}

static FALLIBLE mark(Ctx *cx, const Request *request, Response *response, MarkKind kind,
                     Error *(*change)(Ctx *cx, MarkKind kind, const char *entity, Id id))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    TRY(change(cx, kind, request_parameter(request, "entity"), id));
    response->status = 204;
    return NULL;
}

ROUTE(favourite_set_route, POST, RECORD "/favourite", "signed-in", "Make a record a favourite")
{
    return mark(cx, request, response, MARK_FAVOURITE, mark_set);
}

ROUTE(favourite_remove_route, DELETE, RECORD "/favourite", "signed-in",
      "Let a record be no favourite any more")
{
    return mark(cx, request, response, MARK_FAVOURITE, mark_remove);
}

ROUTE(record_seen_route, POST, RECORD "/seen", "signed-in",
      "Say that a person looks at a record, so that it is among the recent ones")
{
    return mark(cx, request, response, MARK_RECENT, mark_set);
}

ROUTE(favourites_route, GET, "/api/v1/favourites", "signed-in",
      "One's favourite records, newest first", .output = SCHEMA("Marks"))
{
    return marks_list(cx, MARK_FAVOURITE, &response->json);
}

ROUTE(recent_route, GET, "/api/v1/recent", "signed-in", "The records one saw last, newest first",
      .output = SCHEMA("Marks"))
{
    return marks_list(cx, MARK_RECENT, &response->json);
}
