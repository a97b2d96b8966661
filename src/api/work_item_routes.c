// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"

#define ITEMS "/api/v1/work-items"

ROUTE(work_item_list_route, GET, ITEMS, "signed-in",
      "Work items: mine, of my team, of a record; open or done",
      .query = "mine:boolean team:boolean state subject process limit:integer after",
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
    Value next, shown;
    TRY(request_id(cx, request, "id", &item));
    const Value *fields = value_get(request->json, "fields");
    if (fields && fields->kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "fields is {name: value}"), "fields");
    TRY(work_item_complete(cx, item, fields ? *fields : value_context(cx->arena), &next));
    TRY(work_item_show(cx, item, &shown));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "item", shown);
    value_set(cx->arena, response->json, "next", next);
    return NULL;
}
