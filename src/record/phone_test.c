// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "record/catch_up.h"
#include "record/pack_apply.h"
#include "record/record_json.h"
#include "record/search.h"
#include "record/test_packs.h"

#define STORE                                                                                      \
    "entity: store\ntitle: Store\nsearch: [name, phone]\nfields:\n"                                \
    "  - {name: name, type: text, title: Name, required: true}\n"                                  \
    "  - {name: country, type: text, length: 2, title: Country}\n"                                 \
    "  - {name: phone, type: phone, country: country, title: Phone}\n"

static void apply(Ctx *cx, const char *file, const char *text)
{
    Value answer;
    PackEdit edit = {.files = value_context(cx->arena), .base = -1, .note = ""};
    value_set(cx->arena, edit.files, file, value_text(text));
    CHECK_OK(packs_apply(cx, cx->company->database, &edit, &answer));
}

static void company_begin(Ctx *cx)
{
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, TEST_PACKS, NULL, 0));
    apply(cx, "entities/store.yaml", STORE);
}

static const char *stored(Ctx *cx, const char *fields)
{
    Record *record;
    CHECK_OK(record_create(cx, "store", test_json(cx, fields), &record));
    return record_text(record, "phone");
}

static const char *shown(Ctx *cx, Record *record)
{
    Value json;
    CHECK_OK(record_json(cx, record, &json));
    return value_get_text(*value_get(*value_get(json, "references"), "phone"), "label");
}

static Error *store_numbers(Ctx *cx, void *state)
{
    (void)state;
    Record *record;
    CHECK_TEXT(stored(cx, "{\"name\": \"a\", \"phone\": \"0421 5551234\"}"), "+494215551234");
    CHECK_TEXT(stored(cx, "{\"phone\": \"0571 87654321\", \"country\": \"CN\", \"name\": \"b\"}"),
               "+8657187654321");
    CHECK_OK(
        record_create(cx, "store", test_json(cx, "{\"name\":\"c\",\"country\":\"CN\"}"), &record));
    CHECK_OK(record_change(cx, "store", record->id, 1,
                           test_json(cx, "{\"phone\": \"138 0013 8000\"}"), &record));
    CHECK_TEXT(record_text(record, "phone"), "+8613800138000");
    CHECK_TEXT(shown(cx, record), "+86 138 0013 8000");
    CHECK_OK(record_change(cx, "store", record->id, 2,
                           test_json(cx, "{\"phone\": \"+49 421 55599\"}"), &record));
    CHECK_TEXT(shown(cx, record), "0421 55599");
    CHECK_OK(
        record_change(cx, "store", record->id, 3, test_json(cx, "{\"phone\": \"\"}"), &record));
    CHECK(record_is_null(record, "phone"));
    CHECK_FAILS(record_change(cx, "store", record->id, 4, test_json(cx, "{\"phone\":\"+86 1380\"}"),
                              &record),
                ERR_INVALID, "too short");
    return NULL;
}

static int64_t found(Ctx *cx, ListRequest request)
{
    ListPage page;
    request.entity = "store";
    request.count = true;
    CHECK_OK(list_read(cx, &request, &page));
    return page.total;
}

static Error *find_numbers(Ctx *cx, void *state)
{
    (void)state;
    static const char *const words[] = {"5551234", "421", "0421 5551234", "1234", "+49 421"};
    static const struct {
        const char *operator, * value;
    } filters[] = {{"=", "0421-5551234"}, {"contains", "421 555"}, {"starts", "+49 (421)"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        CHECK_INT(found(cx, (ListRequest){.search = words[i]}), 1);
    CHECK_INT(found(cx, (ListRequest){.search = "5550000"}), 0);
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        ListFilter filter = {"phone", filters[i].operator, value_text(filters[i].value)};
        CHECK_INT(found(cx, (ListRequest){.filters = &filter, .filter_count = 1}), 1);
    }
    return NULL;
}

DB_TEST(a_phone_is_kept_as_e164_and_found_by_any_of_its_ends)
{
    Database *database = cx->company->database;
    company_begin(cx);
    apply(cx, "settings.yaml", "country: DE\n");
    CHECK_OK(database_write(cx, database, store_numbers, NULL));
    CHECK_OK(database_read(cx, database, find_numbers, NULL));
    bool waits = true;
    while (waits)
        CHECK_OK(search_work(cx, database, &waits));
    CHECK_OK(database_read(cx, database, find_numbers, NULL));
    packs_close(cx->company);
}

static Error *store_old(Ctx *cx, void *state)
{
    (void)state;
    static const char *const old[] = {"0421 5551234", "hotline", "+49 421 5559"};
    CHECK_FAILS(record_create(cx, "store",
                              test_json(cx, "{\"name\":\"x\",\"phone\":\"0421 5551234\"}"),
                              &(Record *){NULL}),
                ERR_INVALID, "does not tell its country");
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
        Record *record;
        CHECK_OK(record_create(cx, "store", test_json(cx, "{\"name\":\"x\"}"), &record));
        Cell cells[] = {cell_text(old[i]), cell_integer(record->id)};
        CHECK_OK(db_built_run(cx, NULL, "UPDATE \"store\" SET \"phone\" = $1 WHERE \"id\" = $2",
                              cells, 2));
    }
    return NULL;
}

static Error *look_at_old(Ctx *cx, void *state)
{
    static const char *const now[] = {"+494215551234", "hotline", "+494215559"};
    ListSort by_id = {"id", false};
    ListRequest request = {.entity = "store", .sorts = &by_id, .sort_count = 1};
    ListPage page;
    AuditEntry *entries;
    size_t count;
    (void)state;
    CHECK_OK(list_read(cx, &request, &page));
    CHECK_INT((long long)page.count, 3);
    for (size_t i = 0; i < page.count; i++)
        CHECK_TEXT(record_text(page.records[i], "phone"), now[i]);
    CHECK_INT(page.records[1]->version, 1);
    CHECK_OK(record_history(cx, "store", page.records[0]->id, 0, 1, &entries, &count));
    CHECK_TEXT(entries[0].before.text.bytes, "0421 5551234");
    CHECK_TEXT(entries[0].reason, "kept in the international form");
    return NULL;
}

DB_TEST(numbers_that_were_there_before_become_e164_and_what_is_none_stays)
{
    Database *database = cx->company->database;
    bool waits = true;
    company_begin(cx);
    CHECK_OK(database_write(cx, database, store_old, NULL));
    CHECK_OK(catch_up_work(cx, database, &waits));
    CHECK(!waits); // nobody has said anything new
    apply(cx, "settings.yaml", "country: DE\n");
    for (int i = 0; i < 10 && (i == 0 || waits); i++)
        CHECK_OK(catch_up_work(cx, database, &waits));
    CHECK(!waits);
    CHECK_OK(database_read(cx, database, look_at_old, NULL));
    packs_close(cx->company);
}

DB_TEST(settings_and_countries_are_read_with_the_packs)
{
    Value answer;
    PackEdit edit = {.files = value_context(cx->arena), .base = -1, .note = ""};
    company_begin(cx);
    value_set(cx->arena, edit.files, "settings.yaml", value_text("country: Germany\n"));
    CHECK_FAILS(packs_apply(cx, cx->company->database, &edit, &answer), ERR_INVALID,
                "'Germany' is no country");
    edit.files = value_context(cx->arena);
    value_set(cx->arena, edit.files, "settings.yaml", value_text("keep_ended_days: 0\n"));
    CHECK_FAILS(packs_apply(cx, cx->company->database, &edit, &answer), ERR_INVALID,
                "must be a whole number from 1 to");
    edit.files = value_context(cx->arena);
    value_set(cx->arena, edit.files, "entities/store.yaml",
              value_text("entity: store\ntitle: Store\nfields:\n"
                         "  - {name: phone, type: phone, country: nowhere, title: Phone}\n"));
    CHECK_FAILS(packs_apply(cx, cx->company->database, &edit, &answer), ERR_INVALID,
                "'country' is a country");
    packs_close(cx->company);
}
