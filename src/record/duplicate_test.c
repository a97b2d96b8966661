// SPDX-License-Identifier: Apache-2.0
#include "record/duplicate.h"

#include "base/ids.h"
#include "record/catch_up.h"
#include "record/duplicate_keys.h"
#include "record/pack_apply.h"
#include "record/test_packs.h"

#include <string.h>

#define SHOP(name, ...)                                                                            \
    "entity: " name "\ntitle: Shop\nfields:\n"                                                     \
    "  - {name: name, type: text, title: Name, required: true}\n"                                  \
    "  - {name: phone, type: phone, title: Phone}\n"                                               \
    "  - {name: mobile, type: phone, title: Mobile}\n"                                             \
    "  - {name: email, type: email, title: E-mail}\n"                                              \
    "  - {name: website, type: url, title: Website}\n"                                             \
    "  - {name: tax_id, type: text, read: tax.read, title: Tax id}\n" __VA_ARGS__
#define RULES                                                                                      \
    "duplicates:\n  score: 50\n  rules:\n"                                                         \
    "    - {name: name, match: name, fields: [name], weight: 70}\n"                                \
    "    - {name: phone, match: phone, fields: [phone, mobile], weight: 60}\n"                     \
    "    - {name: email, match: email, fields: [email], weight: 80}\n"                             \
    "    - {name: domain, match: domain, fields: [website, email], weight: 40}\n"
#define TAX_RULE(more)                                                                             \
    "    - {name: tax, match: identifier, fields: [tax_id], weight: 95" more "}\n"

static Error *try_apply(Ctx *cx, const char *file, const char *text)
{
    Value answer;
    PackEdit edit = {.files = value_context(cx->arena), .base = -1, .note = ""};
    value_set(cx->arena, edit.files, file, value_text(text));
    return packs_apply(cx, cx->company->database, &edit, &answer);
}

static void shop_begin(Ctx *cx, const char *shop)
{
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, TEST_PACKS, NULL, 0));
    CHECK_OK(try_apply(cx, "entities/shop.yaml", shop));
    CHECK_OK(try_apply(cx, "roles.yaml",
                       "- role: seller\n  permissions: [user.read, \"shop.read\", shop.create, "
                       "shop.edit.own]\n"
                       "- role: trainee\n  permissions: [shop.read.own, shop.create, "
                       "shop.edit.own]\n"
                       "- role: clerk\n  permissions: [\"*.read\", tax.read]\n"));
}

static Record *shop(Ctx *cx, const char *fields)
{
    Record *record;
    CHECK_OK(record_create(cx, "shop", test_json(cx, fields), &record));
    return record;
}

// "NAME score rule+rule; ..." of those that the fields may be the same as.
static const char *told(Ctx *cx, Value answer)
{
    Buffer *text = buffer_new(cx->arena);
    Value items = *value_get(answer, "items");
    buffer_text(text, "");
    for (size_t i = 0; i < items.list.count; i++) {
        Value item = items.list.items[i], reasons = *value_get(item, "reasons");
        int64_t score;
        CHECK(decimal_to_integer(value_get(item, "score")->number, &score));
        buffer_format(text, "%s%s %lld", i ? "; " : "", value_get_text(item, "label"),
                      (long long)score);
        for (size_t r = 0; r < reasons.list.count; r++)
            buffer_format(text, "%c%s", r ? '+' : ' ',
                          value_get_text(reasons.list.items[r], "rule"));
    }
    return text->bytes;
}

static const char *alike(Ctx *cx, const char *fields)
{
    Value answer;
    CHECK_OK(duplicates_of(cx, "shop", test_json(cx, fields), 0, &answer));
    return told(cx, answer);
}

static int64_t keys_kept(Ctx *cx)
{
    Rows rows;
    CHECK_OK(db_built_rows(cx, &rows, "SELECT COUNT(*) FROM duplicate_key", NULL, 0));
    return rows.items[0].cells[0].integer;
}

static Error *find_by_each_rule(Ctx *cx, void *state)
{
    Value answer;
    (void)state;
    Record *alder = shop(cx, "{\"name\":\"Alder Pumps GmbH\",\"phone\":\"+49 421 5551234\","
                             "\"email\":\"Info@alder.example\",\"tax_id\":\"DE 123.456\","
                             "\"website\":\"https://www.alder.example/en\"}");
    shop(cx, "{\"name\":\"Far Away Ltd\",\"email\":\"far@gmail.com\"}");
    CHECK_TEXT(alike(cx, "{\"name\":\"PUMPS ALDER\"}"), "Alder Pumps GmbH 70 name");
    CHECK_TEXT(alike(cx, "{\"name\":\"Alder Pmups & Co.\"}"), "Alder Pumps GmbH 63 name");
    CHECK_TEXT(alike(cx, "{\"mobile\":\"+49421/5551234\"}"), "Alder Pumps GmbH 60 phone");
    CHECK_TEXT(alike(cx, "{\"email\":\"info@ALDER.example\"}"), "Alder Pumps GmbH 80 email");
    CHECK_TEXT(alike(cx, "{\"tax_id\":\"de123456\"}"), "Alder Pumps GmbH 95 tax");
    CHECK_TEXT(alike(cx, "{\"website\":\"http://alder.example\"}"), ""); // 40 are too few
    CHECK_TEXT(alike(cx, "{\"website\":\"http://alder.example\",\"name\":\"Alder Pumps\"}"),
               "Alder Pumps GmbH 82 name+domain");
    CHECK_TEXT(alike(cx, "{\"email\":\"near@gmail.com\"}"), "");
    // What is not whole yet, or is no field, counts for nothing.
    CHECK_TEXT(alike(cx, "{\"phone\":\"+49\",\"email\":\"inf\",\"no\":1,\"name\":\"Alder Pumps\"}"),
               "Alder Pumps GmbH 70 name");
    CHECK_TEXT(alike(cx, "{}"), "");
    // A change is found by what it is, and no more by what it was.
    CHECK_OK(record_change(cx, "shop", alder->id, 1,
                           test_json(cx, "{\"name\":\"Birch\",\"phone\":null}"), &alder));
    CHECK_TEXT(alike(cx, "{\"name\":\"Alder Pumps\"}"), "");
    CHECK_TEXT(alike(cx, "{\"phone\":\"+494215551234\"}"), "");
    CHECK_TEXT(alike(cx, "{\"name\":\"birch\"}"), "Birch 70 name");
    CHECK_OK(duplicates_of_record(cx, alder, &answer));
    CHECK_TEXT(told(cx, answer), "");
    int64_t before = keys_kept(cx);
    CHECK_OK(record_delete(cx, "shop", alder->id, 0));
    CHECK(keys_kept(cx) < before);
    CHECK_TEXT(alike(cx, "{\"name\":\"birch\"}"), "");
    return NULL;
}

DB_TEST(a_record_is_found_by_each_rule_as_long_as_it_is_as_it_says)
{
    shop_begin(cx, SHOP("shop", RULES TAX_RULE("")));
    CHECK_OK(database_write(cx, cx->company->database, find_by_each_rule, NULL));
    packs_close(cx->company);
}

static Error *make_secret(Ctx *cx, void *state)
{
    (void)state;
    shop(cx, "{\"name\":\"Alder Pumps\",\"tax_id\":\"DE 123.456\"}");
    return NULL;
}

static Error *as_trainee(Ctx *cx, void *state)
{
    (void)state;
    CHECK_TEXT(alike(cx, "{\"name\":\"Alder Pumps\"}"), "");
    shop(cx, "{\"name\":\"Alder Pumps\"}");
    CHECK_TEXT(alike(cx, "{\"name\":\"Alder Pumps\"}"), "Alder Pumps 70 name");
    return NULL;
}

static Error *as_seller(Ctx *cx, void *state)
{
    (void)state;
    CHECK_TEXT(alike(cx, "{\"tax_id\":\"DE123456\"}"), "");
    CHECK_TEXT(alike(cx, "{\"name\":\"Alder Pumps\",\"tax_id\":\"DE123456\"}"),
               "Alder Pumps 70 name; Alder Pumps 70 name");
    return NULL;
}

static Error *as_clerk(Ctx *cx, void *state)
{
    (void)state;
    CHECK_TEXT(alike(cx, "{\"tax_id\":\"DE123456\"}"), "Alder Pumps 95 tax");
    return NULL;
}

DB_TEST(nobody_learns_of_a_record_or_a_field_that_they_may_not_read)
{
    shop_begin(cx, SHOP("shop", RULES TAX_RULE("")));
    test_as(cx, "system", DOOR_SYSTEM, make_secret, NULL);
    test_as(cx, "tom", DOOR_API, as_trainee, NULL);
    test_as(cx, "sofia", DOOR_API, as_seller, NULL);
    test_as(cx, "ben", DOOR_API, as_clerk, NULL);
    packs_close(cx->company);
}

static Error *refuse_same(Ctx *cx, void *state)
{
    const bool *readable = state;
    Record *record;
    Error *error = record_create(
        cx, "shop", test_json(cx, "{\"name\":\"Elm\",\"email\":\"a@b.example\"}"), &record);
    CHECK_FAILS(error, ERR_CONFLICT, "another shop has the same 'email' already");
    CHECK_TEXT(error->field, "email");
    CHECK_INT((long long)value_get(*error->about, "duplicates")->list.count, *readable);
    record = shop(cx, "{\"name\":\"Elm\"}");
    CHECK_FAILS(record_change(cx, "shop", record->id, 1,
                              test_json(cx, "{\"email\":\"A@B.example\"}"), &record),
                ERR_CONFLICT, "the same 'email'");
    return NULL;
}

static Error *make_first(Ctx *cx, void *state)
{
    (void)state;
    Record *record = shop(cx, "{\"name\":\"Ash\",\"email\":\"a@b.example\"}");
    CHECK_OK(
        record_change(cx, "shop", record->id, 1, test_json(cx, "{\"name\":\"Oak\"}"), &record));
    return NULL;
}

DB_TEST(a_rule_that_refuses_names_only_what_may_be_read)
{
    shop_begin(cx, SHOP("shop", "duplicates:\n  rules:\n"
                                "    - {name: email, match: email, fields: [email], weight: 80,"
                                " refuse: true}\n"));
    test_as(cx, "system", DOOR_SYSTEM, make_first, NULL);
    test_as(cx, "tom", DOOR_API, refuse_same, &(bool){false});
    test_as(cx, "sofia", DOOR_API, refuse_same, &(bool){true});
    packs_close(cx->company);
}

static void work_all(Ctx *cx)
{
    bool waits = true;
    while (waits) {
        CHECK_OK(catch_up_work(cx, cx->company->database, &waits));
        if (!waits)
            CHECK_OK(duplicates_work(cx, cx->company->database, &waits));
    }
}

typedef struct Made {
    Id ids[5];
} Made;

static Error *make_several(Ctx *cx, void *state)
{
    static const char *const fields[] = {"{\"name\":\"Alder Pumps\",\"email\":\"a@alder.example\"}",
                                         "{\"name\":\"Alder Pumps GmbH\"}",
                                         "{\"name\":\"Pumps Alder\",\"email\":\"a@alder.example\"}",
                                         "{\"name\":\"Birch\"}", "{\"name\":\"Birsh\"}"};
    Made *made = state;
    for (int i = 0; i < 5; i++)
        made->ids[i] = shop(cx, fields[i])->id;
    return NULL;
}

// "left/right score; ..." by the places of the records in `made`.
static const char *pairs(Ctx *cx, const Made *made, bool dismissed, int limit)
{
    Buffer *text = buffer_new(cx->arena);
    const char *after = NULL;
    buffer_text(text, "");
    do {
        Value page;
        CHECK_OK(duplicate_pairs(cx, "shop", dismissed, after, limit, &page));
        Value items = *value_get(page, "items");
        CHECK(value_get(page, "complete")->boolean);
        for (size_t i = 0; i < items.list.count; i++) {
            int places[2];
            int64_t score;
            Value sides[] = {*value_get(items.list.items[i], "left"),
                             *value_get(items.list.items[i], "right")};
            for (int s = 0; s < 2; s++)
                for (int m = 0; m < 5; m++)
                    if (text_equal(id_text(cx->arena, made->ids[m]),
                                   value_get_text(sides[s], "id")))
                        places[s] = m;
            CHECK(decimal_to_integer(value_get(items.list.items[i], "score")->number, &score));
            buffer_format(text, "%d/%d %lld; ", places[0], places[1], (long long)score);
        }
        after = value_get_text(page, "next");
    } while (after);
    return text->bytes;
}

static Error *look_at_pairs(Ctx *cx, void *state)
{
    const Made *made = state;
    CHECK_TEXT(pairs(cx, made, false, 20), "0/2 94; 1/2 70; 0/1 70; 3/4 56; ");
    CHECK_TEXT(pairs(cx, made, false, 1), "0/2 94; 1/2 70; 0/1 70; 3/4 56; ");
    return NULL;
}

static Error *dismiss_some(Ctx *cx, void *state)
{
    const Made *made = state;
    Record *record;
    Value answer;
    CHECK_OK(duplicate_dismiss(cx, "shop", made->ids[2], made->ids[0], true));
    CHECK_OK(record_get(cx, "shop", made->ids[0], &record));
    CHECK_OK(duplicates_of_record(cx, record, &answer));
    CHECK_TEXT(told(cx, answer), "Alder Pumps GmbH 70 name");
    CHECK_OK(
        record_change(cx, "shop", made->ids[1], 1, test_json(cx, "{\"name\":\"Maple\"}"), &record));
    CHECK_OK(record_delete(cx, "shop", made->ids[3], 0));
    CHECK_FAILS(duplicate_dismiss(cx, "shop", made->ids[3], made->ids[0], true), ERR_NOT_FOUND,
                "there is no shop");
    CHECK_FAILS(duplicate_dismiss(cx, "sale", made->ids[2], made->ids[0], true), ERR_INVALID,
                "are not looked for");
    return NULL;
}

static Error *look_again(Ctx *cx, void *state)
{
    const Made *made = state;
    CHECK_TEXT(pairs(cx, made, false, 20), "");
    CHECK_TEXT(pairs(cx, made, true, 20), "0/2 94; ");
    CHECK_OK(duplicate_dismiss(cx, "shop", made->ids[0], made->ids[2], false));
    return NULL;
}

static Error *look_at_last(Ctx *cx, void *state)
{
    CHECK_TEXT(pairs(cx, state, false, 20), "0/2 94; ");
    CHECK_TEXT(pairs(cx, state, true, 20), "");
    return NULL;
}

// The records are there before the rules.
DB_TEST(pairs_are_listed_by_their_score_until_somebody_says_that_they_are_not_the_same)
{
    Made made;
    shop_begin(cx, SHOP("shop"));
    Database *database = cx->company->database;
    CHECK_OK(database_write(cx, database, make_several, &made));
    CHECK_OK(try_apply(cx, "entities/shop.yaml", SHOP("shop", RULES)));
    work_all(cx);
    CHECK_OK(database_read(cx, database, look_at_pairs, &made));
    CHECK_OK(database_write(cx, database, dismiss_some, &made));
    work_all(cx);
    CHECK_OK(database_write(cx, database, look_again, &made));
    work_all(cx);
    CHECK_OK(database_read(cx, database, look_at_last, &made));
    packs_close(cx->company);
}

static Error *count_keys(Ctx *cx, void *state)
{
    *(int64_t *)state = keys_kept(cx);
    return NULL;
}

DB_TEST(keys_of_rules_that_are_no_more_go)
{
    Made made;
    int64_t first, second, none, again;
    shop_begin(cx, SHOP("shop", RULES));
    Database *database = cx->company->database;
    CHECK_OK(database_write(cx, database, make_several, &made));
    work_all(cx);
    CHECK_OK(database_read(cx, database, count_keys, &first));
    CHECK_OK(try_apply(cx, "entities/shop.yaml", SHOP("shop", RULES TAX_RULE(""))));
    work_all(cx);
    CHECK_OK(database_read(cx, database, count_keys, &second));
    CHECK_INT(second, first);
    CHECK_OK(database_read(cx, database, look_at_pairs, &made));
    CHECK_OK(try_apply(cx, "entities/shop.yaml", SHOP("shop")));
    work_all(cx);
    CHECK_OK(database_read(cx, database, count_keys, &none));
    CHECK_INT(none, 0);
    CHECK_OK(try_apply(cx, "entities/shop.yaml", SHOP("shop", RULES TAX_RULE(""))));
    work_all(cx);
    CHECK_OK(database_read(cx, database, count_keys, &again));
    CHECK_INT(again, first);
    packs_close(cx->company);
}

DB_TEST(a_slip_in_a_rule_is_refused)
{
    static const struct {
        const char *rule, *words;
    } slips[] = {
        {"{name: a, match: sound, fields: [name]}", "unknown comparison 'sound'"},
        {"{name: a, match: name, fields: [nobody]}", "has no field 'nobody'"},
        {"{name: a, match: phone, fields: [name]}", "'name' is a text, which 'phone'"},
        {"{name: a, match: name, fields: []}", "from 1 to 6 fields"},
        {"{name: a, match: email, fields: [email], similar: true}", "only names are similar"},
        {"{name: a, match: name, fields: [name], weight: 0}", "weight"},
    };
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, TEST_PACKS, NULL, 0));
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        const char *text =
            text_format(cx->arena, "%sduplicates: {rules: [%s]}\n", SHOP("shop"), slips[i].rule);
        CHECK_FAILS(try_apply(cx, "entities/shop.yaml", text), ERR_INVALID, slips[i].words);
    }
    packs_close(cx->company);
}

static Error *look_at_plan(Ctx *cx, void *state)
{
    (void)state;
    const char *scans;
    CHECK_OK(db_built_scans(cx,
                            "SELECT record FROM (SELECT record FROM duplicate_key WHERE"
                            " generation = 1 AND key = 2 ORDER BY record DESC LIMIT 50) AS k0"
                            " UNION SELECT record FROM (SELECT record FROM duplicate_key WHERE"
                            " generation = 1 AND key = 3 ORDER BY record DESC LIMIT 50) AS k1",
                            &scans));
    CHECK(scans == NULL || strstr(scans, "duplicate_key") == NULL);
    return NULL;
}

DB_TEST(candidates_are_found_by_an_index)
{
    shop_begin(cx, SHOP("shop", RULES));
    CHECK_OK(database_read(cx, cx->company->database, look_at_plan, NULL));
    packs_close(cx->company);
}
