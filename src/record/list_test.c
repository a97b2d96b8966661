// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "base/json.h"
#include "record/test_packs.h"

#include <stdlib.h>
#include <string.h>

static uint64_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return *state >> 33;
}

// Customers with few cities, many without one, so that ties and nulls abound.
static void make_customers(Ctx *cx, int count)
{
    static const char *const cities[] = {NULL, "Bremen", "Kiel", "北京", "bremen", "Ulm"};
    uint64_t random = 7;
    for (int i = 0; i < count; i++) {
        Value fields = value_context(cx->arena);
        Record *record;
        value_set(cx->arena, fields, "name", value_text(text_format(cx->arena, "Customer %d", i)));
        value_set(cx->arena, fields, "city", value_text(cities[random_next(&random) % 6]));
        if (random_next(&random) % 3)
            value_set(cx->arena, fields, "limit",
                      value_integer((int64_t)(random_next(&random) % 5)));
        CHECK_OK(record_create(cx, "customer", fields, &record));
    }
}

static ListPage read_page(Ctx *cx, const char *entity, const char *json)
{
    ListRequest request;
    ListPage page;
    CHECK_OK(list_request_read(cx, entity, test_json(cx, json), &request));
    CHECK_OK(list_read(cx, &request, &page));
    return page;
}

static int compare_values(Value a, Value b)
{
    if (a.kind == VALUE_NULL || b.kind == VALUE_NULL)
        return (a.kind != VALUE_NULL) - (b.kind != VALUE_NULL); // null is the smallest
    return a.kind == VALUE_NUMBER ? decimal_compare(a.number, b.number)
                                  : strcmp(a.text.bytes, b.text.bytes);
}

static int compare_records(const Record *a, const Record *b, const ListRequest *request)
{
    for (size_t i = 0; i < request->sort_count; i++) {
        int order = compare_values(*value_get(a->fields, request->sorts[i].field),
                                   *value_get(b->fields, request->sorts[i].field));
        if (order)
            return request->sorts[i].descending ? -order : order;
    }
    int order = (a->id > b->id) - (a->id < b->id);
    bool descending =
        request->sort_count ? request->sorts[request->sort_count - 1].descending : true;
    return descending ? -order : order;
}

// Every record once, in order, whatever the sort and the size of the pages.
static void check_walk(Ctx *cx, ListRequest request, int expected)
{
    Record *last = NULL;
    ListPage page;
    int seen = 0;
    request.after = NULL;
    do {
        CHECK_OK(list_read(cx, &request, &page));
        CHECK_INT(page.total, expected);
        for (size_t i = 0; i < page.count; i++, seen++) {
            CHECK(!last || compare_records(last, page.records[i], &request) < 0);
            last = page.records[i];
        }
        request.after = page.next;
    } while (page.next);
    CHECK_INT(seen, expected);
}

PACK_TEST(pages_walk_every_record_once_in_order_with_nulls_and_ties)
{
    static const ListSort sorts[][2] = {
        {{"city", false}},
        {{"city", true}},
        {{"limit", false}},
        {{"limit", true}},
        {{"created_at", true}},
        {{"id", false}},
        {{"city", false}, {"limit", false}},
        {{"city", true}, {"limit", true}},
        {{"city", false}, {"limit", true}},
        {{"limit", true}, {"city", false}},
        {{"city", true}, {"id", false}},
    };
    make_customers(cx, 70); // two more came with the pack
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        for (int limit = 1; limit <= 40; limit = limit * 3 + 1) {
            ListRequest request = {.entity = "customer",
                                   .sorts = sorts[i],
                                   .sort_count = sorts[i][1].field ? 2 : 1,
                                   .limit = limit,
                                   .count = true};
            check_walk(cx, request, 72);
        }
    check_walk(cx, (ListRequest){.entity = "customer", .limit = 10, .count = true}, 72);
    return NULL;
}

static bool holds(const Value *value, const char *operator, Value wanted)
{
    if (text_equal(operator, "!="))
        return !value_equal(*value, wanted);
    if (value->kind == VALUE_NULL)
        return false;
    int order = compare_values(*value, wanted);
    if (text_equal(operator, "="))
        return order == 0;
    if (text_equal(operator, "<"))
        return order < 0;
    if (text_equal(operator, "<="))
        return order <= 0;
    return text_equal(operator, ">") ? order > 0 : order >= 0;
}

PACK_TEST(filters_agree_with_a_naive_reading)
{
    static const char *const operators[] = {"=", "!=", "<", "<=", ">", ">="};
    make_customers(cx, 50);
    ListPage all = read_page(cx, "customer", "{\"limit\":200}");
    for (int round = 0; round < 60; round++) {
        bool by_city = round % 2;
        Value wanted =
            by_city ? value_text(round % 4 == 1 ? "Kiel" : "bremen") : value_integer(round % 5);
        ListFilter filter = {by_city ? "city" : "limit", operators[round % 6], wanted};
        ListRequest request = {.entity = "customer",
                               .filters = &filter,
                               .filter_count = 1,
                               .limit = 200,
                               .count = true};
        ListPage page;
        size_t expected = 0;
        CHECK_OK(list_read(cx, &request, &page));
        for (size_t i = 0; i < all.count; i++)
            expected +=
                holds(value_get(all.records[i]->fields, filter.field), filter.operator, wanted);
        CHECK_INT(page.count, expected);
        CHECK_INT(page.total, expected);
    }
    return NULL;
}

static size_t found(Ctx *cx, const char *json)
{
    return read_page(cx, "customer", json).count;
}

PACK_TEST(filters_know_lists_texts_and_nulls)
{
    make_customers(cx, 50);
    size_t kiel = found(cx, "{\"limit\":99,\"filter\":[{\"field\":\"city\",\"value\":\"Kiel\"}]}");
    size_t ulm = found(cx, "{\"limit\":99,\"filter\":[{\"field\":\"city\",\"value\":\"Ulm\"}]}");
    CHECK_INT(found(cx, "{\"limit\":99,\"filter\":[{\"field\":\"city\",\"operator\":\"in\","
                        "\"value\":[\"Kiel\",\"Ulm\"]}]}"),
              kiel + ulm);
    CHECK_INT(found(cx, "{\"filter\":[{\"field\":\"city\",\"operator\":\"in\",\"value\":[]}]}"), 0);
    CHECK_INT(
        found(cx, "{\"limit\":99,\"filter\":[{\"field\":\"city\",\"operator\":\"is null\"}]}") +
            found(cx, "{\"limit\":99,\"filter\":[{\"field\":\"city\","
                      "\"operator\":\"is not null\"}]}"),
        52);
    CHECK_INT(found(cx, "{\"filter\":[{\"field\":\"name\",\"operator\":\"starts\","
                        "\"value\":\"Alder\"}]}"),
              1);
    CHECK_INT(found(cx, "{\"filter\":[{\"field\":\"name\",\"operator\":\"contains\","
                        "\"value\":\"WATER\"}]}"),
              1);
    CHECK_INT(found(cx, "{\"filter\":[{\"field\":\"name\",\"operator\":\"contains\","
                        "\"value\":\"%\"}]}"),
              0);
    CHECK_INT(found(cx, "{\"search\":\"alder bremen\"}"), 1);
    CHECK_INT(found(cx, "{\"search\":\"水务\"}"), 1);
    CHECK_INT(found(cx, "{\"search\":\"nobody\"}"), 0);
    CHECK_INT(found(cx, "{\"search\":\"xwsw\"}"), 1);
    CHECK_INT(found(cx, "{\"search\":\" -% \"}"), 0);
    CHECK_INT(found(cx, "{\"search\":\"  \"}"), 20);
    CHECK_INT(read_page(cx, "customer", "{\"search\":\"kiel\",\"count\":true,\"limit\":3}").total,
              (int64_t)kiel);
    return NULL;
}

typedef struct Refusal {
    const char *json;
    const char *words;
} Refusal;

PACK_TEST(what_a_list_cannot_do_is_refused_with_its_field)
{
    static const Refusal refusals[] = {
        {"{\"filter\":[{\"field\":\"nope\",\"value\":1}]}", "no field 'nope'"},
        {"{\"filter\":[{\"field\":\"city\",\"operator\":\"~\",\"value\":1}]}", "unknown operator"},
        {"{\"filter\":[{\"field\":\"limit\",\"value\":\"x\"}]}", "must be a number"},
        {"{\"filter\":[{\"field\":\"limit\",\"operator\":\"<\"}]}", "needs a value"},
        {"{\"filter\":[{\"field\":\"limit\",\"operator\":\"contains\",\"value\":\"1\"}]}",
         "is for texts"},
        {"{\"filter\":[{\"field\":\"city\",\"operator\":\"in\",\"value\":\"x\"}]}", "needs a list"},
        {"{\"filter\":[{\"field\":\"city\\\" OR 1=1 --\",\"value\":1}]}", "no field"},
        {"{\"filter\":[{\"fields\":\"city\"}]}", "has no 'fields'"},
        {"{\"filter\":{}}", "must be a list"},
        {"{\"sort\":[{\"field\":\"nope\"}]}", "no field 'nope'"},
        {"{\"sort\":[{\"field\":\"city\"},{\"field\":\"city\"}]}", "sorted by twice"},
        {"{\"columns\":[\"nope\"]}", "no field 'nope'"},
        {"{\"limit\":0}", "1 to 200"},
        {"{\"limit\":201}", "1 to 200"},
        {"{\"after\":\"zz\"}", "cursor"},
        {"{\"after\":\"5b5d\"}", "cursor"},
        {"{\"colour\":1}", "has no 'colour'"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        ListRequest request;
        ListPage page;
        Error *error = list_request_read(cx, "customer", test_json(cx, refusals[i].json), &request);
        if (!error)
            error = list_read(cx, &request, &page);
        CHECK_FAILS(error, ERR_INVALID, refusals[i].words);
        CHECK(error->field != NULL);
    }
    // A cursor belongs to its sort.
    ListPage page = read_page(cx, "customer", "{\"limit\":1,\"sort\":[{\"field\":\"city\"}]}");
    ListRequest other = {.entity = "customer", .after = page.next};
    CHECK_FAILS(list_read(cx, &other, &page), ERR_INVALID, "cursor");
    return NULL;
}

PACK_TEST(references_on_a_page_come_with_their_names)
{
    Record *sale = test_sale(cx, "3");
    ListRequest request;
    ListPage page;
    CHECK_OK(list_declared(cx, "sale", "drafts", &request));
    CHECK_OK(list_read(cx, &request, &page));
    CHECK_INT(page.count, 1);
    CHECK_TEXT(value_get_text(page.labels, record_text(sale, "customer")), "Alder Waterworks");
    CHECK(value_get(page.records[0]->fields, "note") == NULL);
    CHECK(value_get(page.records[0]->fields, "amount") != NULL);
    return NULL;
}

static Error *count_seen(Ctx *cx, void *state)
{
    int *seen = state;
    ListFilter mine = {"owner", "=", value_text("$me")};
    ListRequest request = {.entity = "sale", .count = true};
    ListPage page;
    TRY(list_read(cx, &request, &page));
    *seen = (int)page.total;
    CHECK_INT(page.count, page.total);
    for (size_t i = 0; i < page.count; i++) { // the list and the single read agree
        Record *record;
        CHECK_OK(record_get(cx, "sale", page.records[i]->id, &record));
    }
    request.filters = &mine;
    request.filter_count = 1;
    TRY(list_read(cx, &request, &page));
    for (size_t i = 0; i < page.count; i++)
        CHECK_INT(record_reference(page.records[i], "owner"), cx->actor->user);
    return NULL;
}

static Error *make_sale(Ctx *cx, void *state)
{
    Record *customer, *sale;
    Value fields = test_json(cx, "{\"amount\":5}");
    CHECK_OK(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    value_set(cx->arena, fields, "customer", *value_get(customer->fields, "id"));
    (void)state;
    return record_create(cx, "sale", fields, &sale);
}

DB_TEST(a_list_and_its_count_hold_what_the_actor_may_read)
{
    int seen = -1;
    test_packs_open(cx);
    for (int i = 0; i < 3; i++)
        test_as(cx, "sofia", DOOR_API, make_sale, NULL);
    test_as(cx, "tom", DOOR_API, make_sale, NULL);
    test_as(cx, "sofia", DOOR_API, count_seen, &seen);
    CHECK_INT(seen, 4);
    test_as(cx, "tom", DOOR_API, count_seen, &seen);
    CHECK_INT(seen, 1);
    // Mia sees what belongs to her department, and her own: not what Ben made for Finance.
    test_as(cx, "ben", DOOR_API, make_sale, NULL);
    test_as(cx, "mia", DOOR_API, count_seen, &seen);
    CHECK_INT(seen, 4);
    test_as(cx, "admin", DOOR_API, count_seen, &seen);
    CHECK_INT(seen, 5);
}
