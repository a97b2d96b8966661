// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/merge.h"
#include "record/record_json.h"

#define RECORD "/api/v1/records/{entity}/{id}"

static FALLIBLE read_version(Ctx *cx, const Request *request, const char *key, int64_t *out)
{
    const Value *version = value_get(request->json, key);
    *out = 0;
    if (!version)
        return NULL;
    if (version->kind != VALUE_NUMBER || !decimal_to_integer(version->number, out) || *out < 1)
        return error_field(FAIL(cx, ERR_INVALID, "'%s' is the version you saw", key), key);
    return NULL;
}

static FALLIBLE read_take(Ctx *cx, const Request *request, MergeRequest *merge)
{
    const Value *take = value_get(request->json, "take");
    if (!take)
        return NULL;
    if (take->kind != VALUE_LIST)
        return error_field(FAIL(cx, ERR_INVALID, "'take' is a list of fields"), "take");
    const char **names = NEW_ARRAY(cx->arena, const char *, take->list.count);
    for (size_t i = 0; i < take->list.count; i++) {
        if (take->list.items[i].kind != VALUE_TEXT)
            return error_field(FAIL(cx, ERR_INVALID, "'take' is a list of fields"), "take");
        names[i] = take->list.items[i].text.bytes;
    }
    merge->take = names;
    merge->take_count = take->list.count;
    return NULL;
}

static FALLIBLE merged_json(Ctx *cx, Id merge, Record *record, Value *out)
{
    Value json;
    TRY(record_json(cx, record, &json));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, merge)));
    value_set(cx->arena, *out, "record", json);
    return NULL;
}

ROUTE(record_merge_route, POST, RECORD "/merge", "signed-in",
      "Merge another record into this one: what led to it leads here; fields named by take come "
      "from it",
      .input = SCHEMA("MergeInput"), .output = SCHEMA("Merged"))
{
    Id merge;
    Record *record;
    const char *loser = value_get_text(request->json, "loser");
    MergeRequest input = {.entity = request_parameter(request, "entity")};
    TRY(request_id(cx, request, "id", &input.winner));
    if (!loser || !id_parse(loser, &input.loser))
        return error_field(FAIL(cx, ERR_INVALID, "the body needs loser: the id of a record"),
                           "loser");
    TRY(read_version(cx, request, "version", &input.winner_version));
    TRY(read_version(cx, request, "loser_version", &input.loser_version));
    TRY(read_take(cx, request, &input));
    TRY(record_merge(cx, &input, &merge, &record));
    return merged_json(cx, merge, record, &response->json);
}

ROUTE(record_merges_route, GET, RECORD "/merges", "signed-in",
      "What was merged into a record, newest first", .output = SCHEMA("Merges"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    return record_merges(cx, request_parameter(request, "entity"), id, &response->json);
}

ROUTE(merge_undo_route, POST, "/api/v1/merges/{id}/undo", "signed-in",
      "Undo a merge: the record is back with all that was its; refused where somebody has changed "
      "it since",
      .output = SCHEMA("Merged"))
{
    Id id;
    Record *record;
    TRY(request_id(cx, request, "id", &id));
    TRY(record_merge_undo(cx, id, &record));
    return merged_json(cx, id, record, &response->json);
}
