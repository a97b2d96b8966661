// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"

#define ITEMS "/api/v1/work-items"

ROUTE(work_item_list_route, GET, ITEMS, "signed-in",
      "Work items: a queue of mine or of my team, or those of a record; open or done",
      .query = "queue mine:boolean team:boolean state subject process overdue:boolean"
               " offered:boolean limit:integer after",
      .output = SCHEMA("WorkItemPage"))
{
    Value query;
    TRY(plain_query_read(cx, request, &query));
    return work_item_list(cx, query, &response->json);
}

ROUTE(work_item_show_route, GET, ITEMS "/{id}", "signed-in",
      "A work item with its instruction and form", .output = SCHEMA("WorkItem"))
{
    Id item;
    TRY(request_id(cx, request, "id", &item));
    return work_item_show(cx, item, &response->json);
}

ROUTE(work_item_claim_route, POST, ITEMS "/{id}/claim", "signed-in",
      "Take a work item; refused when duties must be separate", .output = SCHEMA("WorkItem"))
{
    Id item;
    TRY(request_id(cx, request, "id", &item));
    TRY(work_item_claim(cx, item));
    return work_item_show(cx, item, &response->json);
}

ROUTE(work_item_release_route, POST, ITEMS "/{id}/release", "signed-in",
      "Give a work item back to its queue", .output = SCHEMA("WorkItem"))
{
    Id item;
    TRY(request_id(cx, request, "id", &item));
    TRY(work_item_release(cx, item));
    return work_item_show(cx, item, &response->json);
}

ROUTE(work_item_complete_route, POST, ITEMS "/{id}/complete", "signed-in",
      "Complete a work item with its form; the process goes on in the same transaction",
      .input = SCHEMA("StepInput"), .output = SCHEMA("Completed"))
{
    Id item;
    TRY(request_id(cx, request, "id", &item));
    const Value *fields = value_get(request->json, "fields");
    if (fields && fields->kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "fields is {name: value}"), "fields");
    return work_item_complete(cx, item, fields ? *fields : value_context(cx->arena),
                              &response->json);
}

ROUTE(work_item_start_route, POST, ITEMS "/{id}/start", "signed-in",
      "Say that the work has begun; takes the item when it is free", .output = SCHEMA("WorkItem"))
{
    Id item;
    TRY(request_id(cx, request, "id", &item));
    TRY(work_item_start(cx, item));
    return work_item_show(cx, item, &response->json);
}

ROUTE(work_item_skip_route, POST, ITEMS "/{id}/skip", "signed-in",
      "Leave out a step that is not mandatory, with a reason", .input = SCHEMA("SkipInput"),
      .output = SCHEMA("Completed"))
{
    Id item;
    TRY(request_id(cx, request, "id", &item));
    return work_item_skip(cx, item, value_get_text(request->json, "reason"), &response->json);
}

// ---- from hand to hand ----------------------------------------------------------------------

static FALLIBLE user_read(Ctx *cx, Value input, Id *out)
{
    const char *id = value_get_text(input, "to");
    if (!id || !id_parse(id, out))
        return error_field(FAIL(cx, ERR_INVALID, "say to whom: the id of a user"), "to");
    return NULL;
}

static FALLIBLE receiver_read(Ctx *cx, Value input, WorkReceiver *out)
{
    *out = (WorkReceiver){.position = value_get_text(input, "position"),
                          .department = value_get_text(input, "department")};
    return value_get_text(input, "to") ? user_read(cx, input, &out->user) : NULL;
}

ROUTE(work_item_people_route, GET, ITEMS "/{id}/people", "signed-in",
      "To whom a work item can be handed", .output = SCHEMA("WorkPeople"))
{
    Id item;
    TRY(request_id(cx, request, "id", &item));
    return work_item_people(cx, item, &response->json);
}

ROUTE(work_item_delegate_route, POST, ITEMS "/{id}/delegate", "signed-in",
      "Let somebody else do the work; it comes back to be completed", .input = SCHEMA("HandOver"),
      .output = SCHEMA("WorkItem"))
{
    Id item, to;
    TRY(request_id(cx, request, "id", &item));
    TRY(user_read(cx, request->json, &to));
    TRY(work_item_delegate(cx, item, to, value_get_text(request->json, "comment")));
    return work_item_show(cx, item, &response->json);
}

// The delegate may have given the last right to see the item away with it.
static FALLIBLE show_if_seen(Ctx *cx, Id item, Value *out)
{
    Error *error = work_item_show(cx, item, out);
    if (!error || error->code != ERR_NOT_FOUND)
        return error;
    *out = value_null();
    return NULL;
}

ROUTE(work_item_return_route, POST, ITEMS "/{id}/return", "signed-in",
      "Give a delegated item back with the form filled in, or take it back",
      .input = SCHEMA("ReturnInput"), .output = SCHEMA("HandedOver"))
{
    Id item;
    Value shown;
    TRY(request_id(cx, request, "id", &item));
    const Value *fields = value_get(request->json, "fields");
    TRY(work_item_return(cx, item, fields ? *fields : value_null(),
                         value_get_text(request->json, "comment")));
    TRY(show_if_seen(cx, item, &shown));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "item", shown);
    return NULL;
}

ROUTE(work_item_forward_route, POST, ITEMS "/{id}/forward", "signed-in",
      "Hand a work item to another of its candidates, or to one of their groups",
      .input = SCHEMA("HandOver"), .output = SCHEMA("HandedOver"))
{
    Id item;
    WorkReceiver to;
    Value shown;
    TRY(request_id(cx, request, "id", &item));
    TRY(receiver_read(cx, request->json, &to));
    TRY(work_item_forward(cx, item, &to, value_get_text(request->json, "comment")));
    TRY(show_if_seen(cx, item, &shown));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "item", shown);
    return NULL;
}

ROUTE(work_item_reassign_route, POST, ITEMS "/{id}/reassign", "signed-in",
      "Give a work item to another candidate, as a lead of its department",
      .input = SCHEMA("HandOver"), .output = SCHEMA("WorkItem"))
{
    Id item, to;
    TRY(request_id(cx, request, "id", &item));
    TRY(user_read(cx, request->json, &to));
    TRY(work_item_reassign(cx, item, to, value_get_text(request->json, "comment")));
    return work_item_show(cx, item, &response->json);
}

// ---- notes ----------------------------------------------------------------------------------

ROUTE(work_item_comment_route, POST, ITEMS "/{id}/comments", "signed-in",
      "Say something about a work item, for its history", .input = SCHEMA("CommentInput"),
      .output = SCHEMA("WorkItem"))
{
    Id item;
    TRY(request_id(cx, request, "id", &item));
    TRY(work_item_comment(cx, item, value_get_text(request->json, "comment")));
    return work_item_show(cx, item, &response->json);
}

ROUTE(work_item_follow_up_route, POST, ITEMS "/{id}/follow-up", "signed-in",
      "Hide a work item from my queue until an instant, or show it again",
      .input = SCHEMA("FollowUpInput"), .output = SCHEMA("WorkItem"))
{
    Id item;
    Instant until = 0;
    TRY(request_id(cx, request, "id", &item));
    const char *text = value_get_text(request->json, "until");
    if (text && !instant_parse(text, &until))
        return error_field(FAIL(cx, ERR_INVALID, "until is an instant, 2026-11-30T08:00:00Z"),
                           "until");
    TRY(work_item_put_off(cx, item, until));
    return work_item_show(cx, item, &response->json);
}

ROUTE(work_item_read_route, POST, ITEMS "/{id}/read", "signed-in",
      "Mark a work item as read or unread for me", .input = SCHEMA("ReadInput"))
{
    Id item;
    TRY(request_id(cx, request, "id", &item));
    const Value *read = value_get(request->json, "read");
    response->status = 204;
    return work_item_read_by_me(cx, item, !read || read->kind != VALUE_BOOLEAN || read->boolean);
}

// ---- many -----------------------------------------------------------------------------------

ROUTE(work_item_next_route, POST, ITEMS "/next", "signed-in",
      "Take the most urgent work item that I may do", .input = SCHEMA("NextInput"),
      .output = SCHEMA("WorkItem"))
{
    Id item;
    TRY(work_item_next(cx, value_get_text(request->json, "process"), &item));
    return work_item_show(cx, item, &response->json);
}

static FALLIBLE bulk_read(Ctx *cx, Value input, WorkBulk *out)
{
    static const char *const deeds[] = {[WORK_CLAIM] = "claim",
                                        [WORK_RELEASE] = "release",
                                        [WORK_FORWARD] = "forward",
                                        [WORK_REASSIGN] = "reassign"};
    const Value *items = value_get(input, "items");
    const char *action = value_get_text(input, "action");
    int deed = -1;
    for (int i = 0; i < (int)(sizeof deeds / sizeof *deeds); i++)
        deed = text_equal(deeds[i], action) ? i : deed;
    if (deed < 0)
        return error_field(FAIL(cx, ERR_INVALID, "action is claim, release, forward or reassign"),
                           "action");
    if (!items || items->kind != VALUE_LIST)
        return error_field(FAIL(cx, ERR_INVALID, "items is a list of ids"), "items");
    Id *ids = NEW_ARRAY(cx->arena, Id, items->list.count + 1);
    for (size_t i = 0; i < items->list.count; i++)
        if (items->list.items[i].kind != VALUE_TEXT ||
            !id_parse(items->list.items[i].text.bytes, &ids[i]))
            return error_field(FAIL(cx, ERR_INVALID, "items is a list of ids"), "items");
    *out = (WorkBulk){.deed = deed,
                      .items = ids,
                      .count = items->list.count,
                      .comment = value_get_text(input, "comment")};
    return receiver_read(cx, input, &out->to);
}

ROUTE(work_item_bulk_route, POST, ITEMS "/bulk", "signed-in",
      "Claim, release, forward or reassign many work items, each by itself",
      .input = SCHEMA("WorkBulkInput"), .output = SCHEMA("WorkBulkResult"))
{
    WorkBulk bulk;
    TRY(bulk_read(cx, request->json, &bulk));
    return work_items_bulk(cx, &bulk, &response->json);
}

ROUTE(work_team_route, GET, "/api/v1/work-team", "signed-in",
      "The departments that I lead and the load of their people", .output = SCHEMA("WorkTeam"))
{
    (void)request;
    return work_team_show(cx, &response->json);
}

ROUTE(work_standing_route, GET, "/api/v1/work-standing", "signed-in",
      "For whom I stand in now, and whether I lead", .output = SCHEMA("WorkStanding"))
{
    (void)request;
    return work_standing(cx, &response->json);
}
