// SPDX-License-Identifier: Apache-2.0
#include "record/pack_apply.h"

#include "base/json.h"
#include "record/test_packs.h"
#include "record/yaml.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MACHINE                                                                                    \
    "entity: machine\ntitle: {en: Machine, zh-CN: 机器}\nfields:\n"                              \
    "  - {name: name, type: text, title: Name, required: true}\n"                                  \
    "  - {name: customer, type: reference, to: customer, title: Customer}\n"

static Value files(Ctx *cx, const char *name, const char *text)
{
    Value files = value_context(cx->arena);
    value_set(cx->arena, files, name, text ? value_text(text) : value_null());
    return files;
}

static Error *apply(Ctx *cx, const char *name, const char *text, int64_t base, Value *out)
{
    PackEdit edit = {.files = files(cx, name, text), .base = base, .note = "because"};
    return packs_apply(cx, cx->company->database, &edit, out);
}

static Error *make_machine(Ctx *cx, void *state)
{
    Record *record, *customer;
    Value fields = test_json(cx, "{\"name\": \"Pump\"}");
    CHECK_OK(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    value_set(cx->arena, fields, "customer", *value_get(customer->fields, "id"));
    TRY(record_create(cx, "machine", fields, &record));
    *(Id *)state = record->id;
    return NULL;
}

typedef struct Seen {
    Id id;
    const char *power;
} Seen;

static Error *set_power(Ctx *cx, void *state)
{
    const Seen *seen = state;
    Record *record;
    CHECK_OK(record_get(cx, "machine", seen->id, &record));
    return record_change(cx, "machine", seen->id, record->version,
                         test_json(cx, "{\"power\": \"strong\"}"), &record);
}

static Error *get_power(Ctx *cx, void *state)
{
    Seen *seen = state;
    Record *record;
    TRY(record_get(cx, "machine", seen->id, &record));
    seen->power = record_text(record, "power");
    return NULL;
}

// The company stays open, unlike that of test_packs_open.
static void company_begin(Ctx *cx)
{
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, TEST_PACKS, NULL, 0));
}

DB_TEST(a_company_declares_an_entity_while_it_works)
{
    Value answer;
    Seen seen = {0};
    Database *database = cx->company->database;
    company_begin(cx);
    CHECK_INT(cx->schema->revision, 1);
    const Schema *before = cx->schema;
    CHECK_OK(apply(cx, "entities/machine.yaml", MACHINE, 1, &answer));
    CHECK_INT(cx->schema->revision, 2);
    CHECK(schema_entity(before, "machine") == NULL);
    CHECK(strstr(value_get_text(answer, "diff"), "+entity: machine") != NULL);
    CHECK_OK(database_write(cx, database, make_machine, &seen.id));

    // A field more, written; gone back, the column is parked; declared again, its value is there.
    CHECK_OK(apply(cx, "entities/machine.yaml",
                   MACHINE "  - {name: power, type: text, title: Power, indexed: true}\n", 2,
                   &answer));
    CHECK_OK(database_write(cx, database, set_power, &seen));
    CHECK_OK(packs_rollback(cx, database, 2, &answer));
    CHECK(entity_field(schema_entity(cx->schema, "machine"), "power") == NULL);
    CHECK_OK(packs_rollback(cx, database, 3, &answer));
    CHECK_INT(cx->schema->revision, 5);
    CHECK_OK(database_read(cx, database, get_power, &seen));
    CHECK_TEXT(seen.power, "strong");
    schema_publish(cx->company, NULL);
}

DB_TEST(an_edit_that_is_wrong_or_late_changes_nothing)
{
    Value answer;
    PackEdit edit = {.files = files(cx, "entities/machine.yaml", MACHINE), .base = -1};
    company_begin(cx);
    CHECK_OK(packs_try(cx, cx->company->database, &edit, &answer));
    CHECK(value_get(answer, "changes")->list.count >= 1);
    CHECK_INT(cx->schema->revision, 1);
    CHECK_FAILS(apply(cx, "entities/machine.yaml", MACHINE "  - {name: x, type: moon, title: X}\n",
                      -1, &answer),
                ERR_INVALID, "unknown type 'moon'");
    CHECK_FAILS(apply(cx, "data/machine.yaml", "a", -1, &answer), ERR_INVALID, "has no file");
    CHECK_FAILS(apply(cx, "entities/../x.yaml", "a", -1, &answer), ERR_INVALID, "has no file");
    CHECK_OK(apply(cx, "entities/machine.yaml", MACHINE, 1, &answer));
    CHECK_FAILS(apply(cx, "entities/machine.yaml", NULL, 1, &answer), ERR_CONFLICT,
                "changed meanwhile");
    CHECK_INT(cx->schema->revision, 2);
    schema_publish(cx->company, NULL);
}

static Error *two_customers(Ctx *cx, void *state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        Record *record;
        Value fields = test_json(cx, "{\"name\": \"Same\"}");
        value_set(cx->arena, fields, "tax_id", value_text(text_format(cx->arena, "DE77%d", i)));
        TRY(record_create(cx, "customer", fields, &record));
    }
    return NULL;
}

DB_TEST(a_rule_that_records_break_is_refused_and_leaves_the_company_as_it_was)
{
    Value answer;
    company_begin(cx);
    CHECK_OK(database_write(cx, cx->company->database, two_customers, NULL));
    CHECK_FAILS(apply(cx, "entities/customer.yaml",
                      "entity: customer\nfields:\n  - {name: name, unique: true}\n", -1, &answer),
                ERR_CONFLICT, NULL);
    CHECK_INT(cx->schema->revision, 1);
    CHECK_OK(apply(cx, "entities/customer.yaml",
                   "entity: customer\nfields:\n  - {name: name, indexed: true}\n", -1, &answer));
    schema_publish(cx->company, NULL);
}

// Another program on the same database.
DB_TEST(another_program_takes_up_what_was_applied)
{
    Value answer;
    company_begin(cx);
    Company second = *cx->company;
    second.schema = NULL;
    second.keep = NULL;
    Ctx other = *cx;
    other.company = &second;
    CHECK_OK(packs_open(&other, second.database, TEST_PACKS, NULL, 0));
    CHECK_OK(apply(cx, "entities/machine.yaml", MACHINE, 1, &answer));
    CHECK(schema_entity(other.schema, "machine") == NULL);
    CHECK_OK(packs_refresh(&other, second.database));
    CHECK(schema_entity(other.schema, "machine") != NULL);
    CHECK_INT(second.schema->revision, 2);
    schema_publish(&second, NULL);
    schema_publish(cx->company, NULL);
}

#define SHIPPED "entity: gadget\ntitle: Gadget\nfields:\n"

static void ship(Ctx *cx, const char *folder, const char *fields)
{
    const char *path = text_format(cx->arena, "%s/gadgets/entities/gadget.yaml", folder);
    FILE *file = fopen(path, "we");
    CHECK(file && fputs(SHIPPED, file) >= 0 && fputs(fields, file) >= 0 && fclose(file) == 0);
}

DB_TEST(an_upgrade_brings_what_is_new_and_leaves_what_the_company_said)
{
    Value answer;
    char *folder = test_path(cx, "packs");
    cx->actor = actor_system();
    CHECK(mkdir(folder, 0700) == 0);
    CHECK(mkdir(text_format(cx->arena, "%s/gadgets", folder), 0700) == 0);
    CHECK(mkdir(text_format(cx->arena, "%s/gadgets/entities", folder), 0700) == 0);
    FILE *head = fopen(text_format(cx->arena, "%s/gadgets/pack.yaml", folder), "we");
    CHECK(head && fputs("name: gadgets\ntitle: G\nversion: \"1\"\n", head) >= 0);
    CHECK(fclose(head) == 0);
    ship(cx, folder,
         "  - {name: a, type: text, title: A, help: first}\n"
         "  - {name: b, type: text, title: B}\n");
    CHECK_OK(packs_open(cx, cx->company->database, folder, NULL, 0));
    CHECK_OK(apply(cx, "entities/gadget.yaml",
                   "entity: gadget\nfields:\n  - {name: a, help: ours}\n"
                   "  - {name: c, type: integer, title: C}\n",
                   1, &answer));
    packs_close(cx->company);

    ship(cx, folder,
         "  - {name: a, type: text, title: A2, help: second}\n"
         "  - {name: b, type: text, title: B}\n"
         "  - {name: d, type: date, title: D}\n");
    CHECK_OK(packs_open(cx, cx->company->database, folder, NULL, 0));
    CHECK_INT(cx->schema->revision, 3);
    const Entity *gadget = schema_entity(cx->schema, "gadget");
    CHECK_TEXT(entity_field(gadget, "a")->title.en, "A2");
    CHECK_TEXT(entity_field(gadget, "a")->help.en, "ours");
    CHECK(entity_field(gadget, "c") && entity_field(gadget, "d"));
    PackEdit none = {.files = value_context(cx->arena), .base = -1};
    CHECK_OK(packs_try(cx, cx->company->database, &none, &answer));
    packs_close(cx->company);
}

#define VISIT                                                                                      \
    "entity: visit\ntitle: Visit\nfields:\n"                                                       \
    "  - {name: place, type: text, title: Place}\n"                                                \
    "  - {name: day, type: date, title: Day}\n"                                                    \
    "  - {name: took, type: duration, title: Took, validate: took > duration(\"PT0S\")}\n"         \
    "  - {name: about, type: multi_choice, title: About, choices: [sale, repair, other]}\n"        \
    "unique:\n  - {name: place_and_day, fields: [place, day]}\n"

static Error *make_visit(Ctx *cx, void *state)
{
    Record *record;
    return record_create(cx, "visit", test_json(cx, state), &record);
}

static Error *visit(Ctx *cx, const char *fields)
{
    return database_write(cx, cx->company->database, make_visit, (void *)fields);
}

static Error *list_visits(Ctx *cx, void *state)
{
    const ListFilter filters[] = {{"about", "contains", value_text("repair")},
                                  {"took", ">=", value_text("PT1H")}};
    ListSort sort = {"took", true};
    ListRequest request = {.entity = "visit",
                           .filters = filters,
                           .filter_count = 2,
                           .sorts = &sort,
                           .sort_count = 1,
                           .limit = 10};
    return list_read(cx, &request, state);
}

DB_TEST(several_choices_and_durations_are_kept_filtered_and_sorted)
{
    Value answer;
    ListPage page;
    company_begin(cx);
    CHECK_OK(apply(cx, "entities/visit.yaml", VISIT, -1, &answer));
    CHECK_OK(visit(cx, "{\"took\": \"PT90M\", \"about\": [\"repair\", \"sale\", \"sale\"]}"));
    CHECK_OK(visit(cx, "{\"took\": \"P1DT1H\", \"about\": \"other; repair\"}"));
    CHECK_OK(visit(cx, "{\"took\": \"PT2H\", \"about\": [\"other\"]}"));
    CHECK_OK(visit(cx, "{\"took\": \"PT5M\", \"about\": [\"repair\"]}"));
    CHECK_OK(database_read(cx, cx->company->database, list_visits, &page));
    CHECK_INT(page.count, 2);
    CHECK_TEXT(json_text(cx->arena, *value_get(page.records[0]->fields, "took")), "\"P1DT1H\"");
    CHECK_TEXT(json_text(cx->arena, *value_get(page.records[1]->fields, "took")), "\"PT1H30M\"");
    CHECK_TEXT(json_text(cx->arena, *value_get(page.records[1]->fields, "about")),
               "[\"sale\",\"repair\"]");
    CHECK_FAILS(visit(cx, "{\"about\": [\"moon\"]}"), ERR_INVALID, "no choice 'moon'");
    CHECK_FAILS(visit(cx, "{\"about\": [7]}"), ERR_INVALID, "one of its choices");
    CHECK_FAILS(visit(cx, "{\"about\": {}}"), ERR_INVALID, "a list of its choices");
    CHECK_FAILS(visit(cx, "{\"took\": \"two hours\"}"), ERR_INVALID, "a duration");
    CHECK_FAILS(visit(cx, "{\"took\": \"P99999999999D\"}"), ERR_INVALID, NULL);
    CHECK_FAILS(visit(cx, "{\"took\": \"PT0S\"}"), ERR_INVALID, "must hold");
    schema_publish(cx->company, NULL);
}

DB_TEST(fields_are_unique_together)
{
    Value answer;
    company_begin(cx);
    CHECK_OK(apply(cx, "entities/visit.yaml", VISIT, -1, &answer));
    CHECK_OK(visit(cx, "{\"place\": \"Kiel\", \"day\": \"2026-11-28\"}"));
    CHECK_OK(visit(cx, "{\"place\": \"Kiel\", \"day\": \"2026-11-29\"}"));
    CHECK_FAILS(visit(cx, "{\"place\": \"Kiel\", \"day\": \"2026-11-29\"}"), ERR_CONFLICT,
                "'place_and_day'");
    CHECK_OK(visit(cx, "{\"place\": \"Kiel\"}"));
    CHECK_OK(visit(cx, "{\"place\": \"Kiel\"}"));
    CHECK_FAILS(
        apply(cx, "entities/visit.yaml", VISIT "  - {name: one, fields: [place]}\n", -1, &answer),
        ERR_INVALID, "unique together");
    schema_publish(cx->company, NULL);
}

TEST(yaml_is_written_as_it_is_read)
{
    static const char *const texts[] = {"entity: machine\ntitle: {en: Machine, zh-CN: 机器}\n",
                                        "- \"007\"\n- 7\n- \"true\"\n- true\n- null\n- \"\"\n",
                                        "a: \"x: y\\n# z \\\"q\\\" \\\\ \\u2028 \\uFEFF\"\n",
                                        "fields:\n  - name: a\n    choices:\n      - {value: x}\n",
                                        "a: []\nb: {}\nc: [[], [1, [2, {d: [3]}]]]\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        YamlNode *root, *again;
        CHECK_OK(yaml_read(cx, "a.yaml", texts[i], strlen(texts[i]), &root));
        Value value = yaml_value(cx->arena, root);
        const char *text = yaml_write(cx->arena, value);
        CHECK_OK(yaml_read(cx, "b.yaml", text, strlen(text), &again));
        CHECK(value_equal(value, yaml_value(cx->arena, again)));
        CHECK_TEXT(yaml_write(cx->arena, yaml_value(cx->arena, again)), text);
    }
    CHECK_TEXT(
        yaml_write(cx->arena, test_json(cx, "{\"entity\": \"machine\", \"fields\": [{\"name\": "
                                            "\"a\", \"help\": \"Is it 3: \\\"x\\\"?\"}]}")),
        "entity: machine\nfields:\n  - {name: a, help: \"Is it 3: \\\"x\\\"?\"}\n");
}
