// SPDX-License-Identifier: Apache-2.0
// The search box on a real company: before a record is indexed, after, and whatever is changed.
#include "record/search.h"

#include "base/ids.h"
#include "record/test_packs.h"

#include <string.h>

// The labels that a search of one entity finds, in their order.
static const char *find(Ctx *cx, const char *entity, const char *words)
{
    SearchRequest request = {.words = words, .entity = entity};
    Value answer;
    Buffer *out = buffer_new(cx->arena);
    CHECK_OK(search_find(cx, &request, &answer));
    Value groups = *value_get(answer, "groups");
    for (size_t g = 0; g < groups.list.count; g++) {
        Value items = *value_get(groups.list.items[g], "items");
        for (size_t i = 0; i < items.list.count; i++)
            buffer_format(out, "%s%s", out->length ? ", " : "",
                          value_get_text(items.list.items[i], "label"));
    }
    return out->bytes;
}

static Record *make(Ctx *cx, const char *entity, const char *json)
{
    Record *record;
    CHECK_OK(record_create(cx, entity, test_json(cx, json), &record));
    return record;
}

static Error *make_customers(Ctx *cx, void *state)
{
    (void)state;
    make(cx, "customer", "{\"name\":\"王小明\",\"city\":\"杭州\"}");
    make(cx, "customer", "{\"name\":\"溪湾泵业有限公司\",\"city\":\"重庆\"}");
    make(cx, "customer", "{\"name\":\"Kiel Ferries\",\"city\":\"Lübeck\"}");
    make(cx, "customer", "{\"name\":\"Lübeck Mills\",\"city\":\"Kiel\"}");
    make(cx, "customer", "{\"name\":\"Bremer Küste\",\"city\":\"Kiel\"}");
    return NULL;
}

static Error *find_customers(Ctx *cx, void *state)
{
    (void)state;
    CHECK_TEXT(find(cx, "customer", "wxm"), "王小明");
    CHECK_TEXT(find(cx, "customer", "wangxiaoming"), "王小明");
    CHECK_TEXT(find(cx, "customer", "wang xiao"), "王小明");
    CHECK_TEXT(find(cx, "customer", "小明"), "王小明");
    CHECK_TEXT(find(cx, "customer", "泵业"), "溪湾泵业有限公司");
    CHECK_TEXT(find(cx, "customer", "xiwan chongqing"), "溪湾泵业有限公司");
    CHECK_TEXT(find(cx, "customer", "lübeck"), "Lübeck Mills, Kiel Ferries");
    CHECK_TEXT(find(cx, "customer", "lubeck kiel"), "Lübeck Mills, Kiel Ferries");
    CHECK_TEXT(find(cx, "customer", "uste"), "Bremer Küste");
    CHECK_TEXT(find(cx, "customer", "c0009"), "王小明");
    CHECK_TEXT(find(cx, "customer", "nobody"), "");
    CHECK_TEXT(find(cx, "customer", " -%\"' *:& "), "");
    CHECK_TEXT(find(cx, NULL, "lübeck mills"), "Lübeck Mills");
    return NULL;
}

static void index_all(Ctx *cx)
{
    for (bool waits = true; waits;)
        CHECK_OK(search_work(cx, cx->company->database, &waits));
}

static Error *check_index(Ctx *cx, void *state)
{
    return search_check(cx, state);
}

static Error *rebuild(Ctx *cx, void *state)
{
    (void)state;
    return search_rebuild(cx);
}

static Error *change_customers(Ctx *cx, void *state)
{
    (void)state;
    Record *record;
    CHECK_OK(record_find(cx, "customer", "number", value_text("C-0009"), &record));
    CHECK_OK(record_change(cx, "customer", record->id, record->version,
                           test_json(cx, "{\"name\":\"李雷\"}"), &record));
    CHECK_OK(record_find(cx, "customer", "number", value_text("C-0012"), &record));
    return record_delete(cx, "customer", record->id, record->version);
}

static Error *find_changed(Ctx *cx, void *state)
{
    (void)state;
    CHECK_TEXT(find(cx, "customer", "wxm"), "");
    CHECK_TEXT(find(cx, "customer", "ll"), "李雷");
    CHECK_TEXT(find(cx, "customer", "lübeck"), "Kiel Ferries");
    return NULL;
}

DB_TEST(what_is_committed_is_found_before_and_after_it_is_indexed)
{
    int64_t checked = 0;
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make_customers, NULL);
    test_as(cx, "sofia", DOOR_API, find_customers, NULL);
    CHECK_FAILS(test_try_as(cx, "system", DOOR_SYSTEM, check_index, &checked), ERR_CONFLICT,
                "records wait");
    index_all(cx);
    test_as(cx, "sofia", DOOR_API, find_customers, NULL);
    test_as(cx, "system", DOOR_SYSTEM, check_index, &checked);
    CHECK(checked > 10);
    test_as(cx, "system", DOOR_SYSTEM, change_customers, NULL);
    test_as(cx, "sofia", DOOR_API, find_changed, NULL);
    index_all(cx);
    test_as(cx, "sofia", DOOR_API, find_changed, NULL);
    test_as(cx, "system", DOOR_SYSTEM, rebuild, NULL);
    index_all(cx);
    test_as(cx, "sofia", DOOR_API, find_changed, NULL);
    test_as(cx, "system", DOOR_SYSTEM, check_index, &checked);
}

static Error *find_with_marks(Ctx *cx, void *state)
{
    (void)state;
    SearchRequest request = {.words = "wang 杭州"};
    Value answer;
    CHECK_OK(search_find(cx, &request, &answer));
    CHECK_JSON(*value_at(answer, "/groups/0/items/0/hits"),
               "[{\"field\":\"name\",\"title\":\"Name\",\"parts\":[{\"text\":\"王\",\"hit\":true},"
               "{\"text\":\"小明\",\"hit\":false}]},{\"field\":\"city\",\"title\":\"City\","
               "\"parts\":[{\"text\":\"杭州\",\"hit\":true}]}]");
    request = (SearchRequest){.words = "s", .entity = "sale"};
    CHECK_OK(search_find(cx, &request, &answer));
    request.limit = SEARCH_LIMIT + 1;
    CHECK_FAILS(search_find(cx, &request, &answer), ERR_INVALID, "1 to 50 records");
    request = (SearchRequest){.words = "s", .entity = "nothing"};
    CHECK_FAILS(search_find(cx, &request, &answer), ERR_NOT_FOUND, "nothing");
    return NULL;
}

static Error *find_nothing_of_others(Ctx *cx, void *state)
{
    (void)state;
    CHECK_TEXT(find(cx, "sale", "ferry"), "");
    CHECK_TEXT(find(cx, NULL, "ferry"), "");
    return NULL;
}

static Error *find_note(Ctx *cx, void *state)
{
    CHECK_TEXT(find(cx, NULL, "ferry"), state);
    return NULL;
}

static Error *make_note(Ctx *cx, void *state)
{
    Record *sale = test_sale(cx, "12.50");
    Buffer *note = buffer_new(cx->arena);
    for (int i = 0; i < 40; i++)
        buffer_format(note, "word%d ", i);
    buffer_text(note, "ferry");
    Value changes = value_context(cx->arena);
    value_set(cx->arena, changes, "note", value_text(note->bytes));
    CHECK_OK(record_change(cx, "sale", sale->id, sale->version, changes, &sale));
    *(const char **)state = record_label(sale);
    return NULL;
}

DB_TEST(a_search_marks_what_it_found_and_finds_nothing_that_may_not_be_read)
{
    const char *label = NULL;
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make_customers, NULL);
    test_as(cx, "sofia", DOOR_API, find_with_marks, NULL);
    test_as(cx, "system", DOOR_SYSTEM, make_note, &label);
    label = text_copy(cx->arena, label);
    test_as(cx, "sofia", DOOR_API, find_note, (void *)label);
    test_as(cx, "tom", DOOR_API, find_nothing_of_others, NULL); // reads own sales only
    index_all(cx);
    test_as(cx, "sofia", DOOR_API, find_note, (void *)label);
    test_as(cx, "tom", DOOR_API, find_nothing_of_others, NULL);
}
