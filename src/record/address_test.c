// SPDX-License-Identifier: Apache-2.0
#include "record/test_packs.h"

#define DEPOT                                                                                      \
    "entity: depot\ntitle: Depot\nkey: name\nsearch: [name, place]\nfields:\n"                     \
    "  - {name: name, type: text, title: Name, required: true, unique: true}\n"                    \
    "  - {name: place, type: address, title: Place, validate: place.country = \"DE\"}\n"

static const DeclaredFile declared[] = {{"entities/depot.yaml", DEPOT}};

static Record *depot(Ctx *cx, const char *json)
{
    Record *made, *again;
    CHECK_OK(record_create(cx, "depot", test_json(cx, json), &made));
    CHECK_OK(record_get(cx, "depot", made->id, &again));
    CHECK(value_equal(made->fields, again->fields));
    return again;
}

static int found(Ctx *cx, ListRequest request)
{
    ListPage page;
    request.entity = "depot";
    CHECK_OK(list_read(cx, &request, &page));
    return (int)page.count;
}

DECLARED_TEST(an_address_keeps_its_parts, declared)
{
    Record *one = depot(cx, "{\"name\":\"A\",\"place\":{\"street\":\" Hafenstr. 1 \\n\\nHof 2\","
                            "\"city\":\"Bremen\",\"postal_code\":\"28195\",\"country\":\"de\"}}");
    CHECK_JSON(*value_get(one->fields, "place"),
               "{\"street\":\"Hafenstr. 1\\nHof 2\",\"postal_code\":\"28195\","
               "\"city\":\"Bremen\",\"region\":null,\"country\":\"DE\"}");
    Record *two = depot(cx, "{\"name\":\"B\",\"place\":\"Hafenstr. 1 / Hof 2|28195|Bremen||DE\"}");
    CHECK(value_equal(*value_get(one->fields, "place"), *value_get(two->fields, "place")));
    Record *none = depot(cx, "{\"name\":\"C\",\"place\":{\"street\":\" \",\"city\":\"\"}}");
    CHECK(record_is_null(none, "place"));
    return NULL;
}

DECLARED_TEST(an_address_that_does_not_fit_is_refused_with_the_part, declared)
{
    static const struct {
        const char *place, *words;
    } refusals[] = {
        {"{\"town\":\"Bremen\"}", "has no part 'town'"},
        {"{\"city\":7}", "'city' of 'place' must be a text"},
        {"{\"city\":\"a\\nb\"}", "'city' of 'place' holds a control character"},
        {"{\"postal_code\":\"123456789012345678901\"}", "longer than 20 characters"},
        {"{\"street\":\"1\\n2\\n3\\n4\\n5\"}", "more than 4 lines"},
        {"{\"country\":\"UK\"}", "no code of ISO 3166: UK"},
        {"{\"country\":\"D \"}", "no code of ISO 3166: D"},
        {"\"Hafenstr. 1, Bremen\"", "must be an address"},
        {"7", "must be an address"},
        {"{\"country\":\"FR\"}", "must hold"},
    };
    Record *record;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        CHECK_FAILS(
            record_create(cx, "depot",
                          test_json(cx, text_format(cx->arena, "{\"name\":\"A\",\"place\":%s}",
                                                    refusals[i].place)),
                          &record),
            ERR_INVALID, refusals[i].words);
    return NULL;
}

DECLARED_TEST(an_address_is_found_by_its_words_and_parts_and_not_sorted_by, declared)
{
    depot(cx, "{\"name\":\"A\",\"place\":\"Dam 1|28195|Bremen||DE\"}");
    depot(cx, "{\"name\":\"B\",\"place\":\"Dam 2|10115|Berlin||DE\"}");
    depot(cx, "{\"name\":\"C\"}");
    ListFilter filter = {"place", "contains", value_text("bremen")};
    CHECK_INT(found(cx, (ListRequest){.filters = &filter, .filter_count = 1}), 1);
    filter = (ListFilter){"place", "is null", value_null()};
    CHECK_INT(found(cx, (ListRequest){.filters = &filter, .filter_count = 1}), 1);
    CHECK_INT(found(cx, (ListRequest){.where = "place.city = \"Berlin\""}), 1);
    CHECK_INT(found(cx, (ListRequest){.search = "bremen dam"}), 1);
    ListPage page;
    ListSort sort = {"place", false};
    filter = (ListFilter){"place", "=", value_text("x")};
    ListRequest sorted = {.entity = "depot", .sorts = &sort, .sort_count = 1};
    ListRequest compared = {.entity = "depot", .filters = &filter, .filter_count = 1};
    CHECK_FAILS(list_read(cx, &sorted, &page), ERR_INVALID, "'place' cannot be sorted by");
    CHECK_FAILS(list_read(cx, &compared, &page), ERR_INVALID, "'place' cannot be compared");
    return NULL;
}
