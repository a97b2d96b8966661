// SPDX-License-Identifier: Apache-2.0
// Comments, notes, followers and notices.
#include "api/list_query.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/comment.h"
#include "record/follow.h"

#define RECORD "/api/v1/records/{entity}/{id}"

typedef struct Place {
    const char *entity;
    Id record;
} Place;

static FALLIBLE read_place(Ctx *cx, const Request *request, Place *out)
{
    out->entity = request_parameter(request, "entity");
    return request_id(cx, request, "id", &out->record);
}

ROUTE(comment_add_route, POST, RECORD "/comments", "signed-in",
      "Comment on a record, or write a note; @login mentions a person",
      .input = SCHEMA("RecordCommentInput"), .output = SCHEMA("WrittenComment"))
{
    Place place;
    TRY(read_place(cx, request, &place));
    response->status = 201;
    return comment_add(cx, place.entity, place.record, request->json, &response->json);
}

ROUTE(comment_change_route, PATCH, RECORD "/comments/{comment}", "signed-in",
      "Change a comment or a note that one has written", .input = SCHEMA("RecordCommentChange"),
      .output = SCHEMA("WrittenComment"))
{
    Place place;
    Id comment;
    TRY(read_place(cx, request, &place));
    TRY(request_id(cx, request, "comment", &comment));
    return comment_change(cx, place.entity, place.record, comment,
                          value_get_text(request->json, "text"), &response->json);
}

ROUTE(comment_remove_route, DELETE, RECORD "/comments/{comment}", "signed-in",
      "Take back a comment or a note that one has written")
{
    Place place;
    Id comment;
    TRY(read_place(cx, request, &place));
    TRY(request_id(cx, request, "comment", &comment));
    TRY(comment_remove(cx, place.entity, place.record, comment));
    response->status = 204;
    return NULL;
}

ROUTE(followers_route, GET, RECORD "/followers", "signed-in", "Who follows a record",
      .output = SCHEMA("Followers"))
{
    Place place;
    TRY(read_place(cx, request, &place));
    return record_followers(cx, place.entity, place.record, &response->json);
}

ROUTE(follow_route, PUT, RECORD "/following", "signed-in",
      "Follow a record: be told of comments on it and of changes of its followed fields",
      .output = SCHEMA("Followers"))
{
    Place place;
    TRY(read_place(cx, request, &place));
    TRY(record_follow(cx, place.entity, place.record));
    return record_followers(cx, place.entity, place.record, &response->json);
}

ROUTE(unfollow_route, DELETE, RECORD "/following", "signed-in", "Follow a record no longer")
{
    Place place;
    TRY(read_place(cx, request, &place));
    TRY(record_unfollow(cx, place.entity, place.record));
    response->status = 204;
    return NULL;
}

ROUTE(notices_route, GET, "/api/v1/notices", "signed-in",
      "What the actor is told: mentions, comments, changes of what is followed, reminders",
      .query = "limit:integer after", .output = SCHEMA("Notices"))
{
    int limit;
    Id before;
    TRY(id_page_query_read(cx, request, &limit, &before));
    return notices_of_actor(cx, before, limit, &response->json);
}

ROUTE(notices_unread_route, GET, "/api/v1/notices/unread", "signed-in",
      "How many notices the actor has not read, counted up to 99",
      .output = SCHEMA("UnreadNotices"))
{
    int64_t unread;
    TRY(notices_unread(cx, &unread));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "unread", value_integer(unread));
    return NULL;
}

ROUTE(notices_read_route, POST, "/api/v1/notices/read", "signed-in",
      "Mark all of the actor's notices as read")
{
    TRY(notice_read(cx, 0));
    response->status = 204;
    return NULL;
}

ROUTE(notice_read_route, POST, "/api/v1/notices/{id}/read", "signed-in",
      "Mark one of the actor's notices as read")
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    TRY(notice_read(cx, id));
    response->status = 204;
    return NULL;
}
