// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "record/list_columns.h"
#include "record/migrate.h"
#include "record/pack_apply.h"
#include "record/test_packs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void put_file(Ctx *cx, const char *folder, const char *name, const char *text)
{
    FILE *file = fopen(text_format(cx->arena, "%s/%s", folder, name), "we");
    CHECK(file != NULL);
    CHECK(fputs(text, file) >= 0);
    CHECK(fclose(file) == 0);
}

// A folder with one pack `own` of one entity file.
static char *make_pack(Ctx *cx, const char *entity)
{
    char *folder = text_copy(cx->arena, "/tmp/millrace-pack-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    const char *own = text_format(cx->arena, "%s/own", folder);
    CHECK(mkdir(own, 0700) == 0);
    CHECK(mkdir(text_format(cx->arena, "%s/entities", own), 0700) == 0);
    put_file(cx, own, "pack.yaml", "name: own\ntitle: Own\nversion: '1'\n");
    put_file(cx, own, "entities/widget.yaml", entity);
    return folder;
}

static void remove_pack(Ctx *cx, const char *folder)
{
    static const char *const names[] = {"own/entities/widget.yaml", "own/pack.yaml", "own/entities",
                                        "own", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK(remove(text_format(cx->arena, "%s/%s", folder, names[i])) == 0);
}

static Error *compile(Ctx *cx, const char *entity, Schema **out)
{
    Packs *packs;
    Schema *schema = NULL;
    char *folder = make_pack(cx, entity);
    Error *error = packs_read(cx, folder, NULL, 0, &packs);
    if (!error)
        error = schema_compile(cx, packs, &schema);
    if (out)
        *out = schema;
    remove_pack(cx, folder);
    return error;
}

typedef struct Slip {
    const char *entity;
    const char *words;
    int line;
} Slip;

TEST(a_slip_in_an_entity_is_refused_with_its_line)
{
    static const Slip slips[] = {
        {"entity: widget\ntitle: T\nfields:\n  - {name: a, type: text, title: A, lenght: 3}\n",
         "unknown key 'lenght'", 4},
        {"entity: widget\ntitle: T\nfields:\n  - {name: a, type: txt, title: A}\n",
         "unknown type 'txt'", 4},
        {"entity: widget\ntitle: T\nfields:\n  - {name: A, type: text, title: A}\n", "is no name",
         4},
        {"entity: widget\ntitle: T\nfields:\n  - {name: a, type: text}\n", "'title' is missing", 4},
        {"entity: widget\ntitle: T\nfields:\n  - {name: id, type: text, title: A}\n",
         "is there already", 4},
        {"entity: widget\ntitle: T\nfields:\n  - {name: a, type: reference, to: b, title: A}\n",
         "no loaded pack declares", 4},
        {"entity: widget\ntitle: T\nfields:\n  - {name: a, type: choice, title: A}\n",
         "a choice, and nothing else, has choices", 4},
        {"entity: widget\ntitle: T\nfields: []\n", "has no fields", 1},
        {"entity: widget\ntitle: T\nnumber: X-{year}\nfields:\n  - {name: a, type: text, title: "
         "A}\n",
         "exactly one {counter:N}", 3},
        {"entity: widget\ntitle: T\nlabel: b\nfields:\n  - {name: a, type: text, title: A}\n",
         "has no field 'b'", 3},
        {"entity: \"widget\\\"; DROP\"\ntitle: T\n", "is no name", 1},
        {"[1, 2]\n", "must be entries", 1},
    };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        Error *error = compile(cx, slips[i].entity, NULL);
        CHECK_FAILS(error, ERR_INVALID, slips[i].words);
        CHECK_INT(error->line, slips[i].line);
        CHECK(strstr(error->detail, "widget.yaml") != NULL);
    }
}

TEST(packs_stand_in_the_order_of_what_they_require)
{
    Packs *packs;
    Schema *schema;
    static const char *const shop[] = {"shop"};
    CHECK_OK(packs_read(cx, TEST_PACKS, shop, 1, &packs));
    CHECK_INT(packs->count, 2);
    CHECK_TEXT(packs->items[0].name, "base");
    CHECK_OK(schema_compile(cx, packs, &schema));
    const Entity *line = schema_entity(schema, "sale_line");
    CHECK_TEXT(line->parent->name, "sale");
    CHECK_TEXT(schema_entity(schema, "sale")->key->name, "number");
    const Role *clerk = &schema->roles[schema->role_count - 1];
    CHECK_TEXT(clerk->name, "clerk");
    CHECK_INT(clerk->permission_count, 7 + 3); // "*.read" is one for each entity
    Value texts;
    CHECK_OK(packs_texts(cx, packs, &texts));
    CHECK_TEXT(value_at(texts, "/shop.hello/zh-CN")->text.bytes, "你好");
    CHECK_FAILS(packs_read(cx, TEST_PACKS, (const char *[]){"moon"}, 1, &packs), ERR_NOT_FOUND,
                "no pack 'moon'");
    CHECK_FAILS(packs_read(cx, TEST_PACKS, (const char *[]){"../base"}, 1, &packs), ERR_INVALID,
                "no name for a pack");
}

#define WIDGET "entity: widget\ntitle: T\nfields:\n  - {name: a, type: text, title: A}\n"

static Error *nothing_more(Ctx *cx, void *state)
{
    (void)cx, (void)state;
    return NULL;
}

static Error *migrate(Ctx *cx, const char *entity, int *changes)
{
    Schema *schema = NULL;
    CHECK_OK(compile(cx, entity, &schema));
    return schema_migrate(cx, cx->company->database, schema, nothing_more, NULL, changes);
}

DB_TEST(a_schema_is_migrated_by_adding_and_never_by_losing)
{
    int changes = 0;
    CHECK_OK(migrate(cx, WIDGET, &changes));
    CHECK_INT(changes, 2); // the table, the index of its owner
    CHECK_OK(migrate(cx, WIDGET, &changes));
    CHECK_INT(changes, 0);
    CHECK_OK(migrate(cx,
                     WIDGET "  - {name: b, type: integer, title: B, indexed: true}\n"
                            "lists:\n  - {name: x, title: X, sort: [b desc, a]}\n",
                     &changes));
    CHECK_INT(changes, 3); // the column, its index, the list's index
    CHECK_OK(migrate(cx, WIDGET, &changes));
    CHECK_INT(changes, 3); // the column is parked, both indexes go
    CHECK_FAILS(migrate(cx, WIDGET "  - {name: b, type: date, title: B}\n", &changes), ERR_CONFLICT,
                "cannot become date");
    CHECK_OK(migrate(cx, WIDGET "  - {name: b, type: integer, title: B}\n", &changes));
    CHECK_INT(changes, 1); // it is taken up again
    CHECK_OK(migrate(cx,
                     "entity: widget\ntitle: T\nfields:\n  - {name: a, type: email, title: A}\n"
                     "  - {name: b, type: integer, title: B}\n",
                     &changes));
    CHECK_INT(changes, 0); // the bytes are the same
    CHECK_OK(migrate(cx, "entity: other\ntitle: T\nfields:\n  - {name: a, type: text, title: A}\n",
                     &changes));
    CHECK_INT(changes, 2 + 8 + 2 + 1); // ten columns are parked, one index goes
}

// The packs we ship.
DB_TEST(the_shipped_packs_load_and_load_again)
{
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, "packs", NULL, 0));
    packs_close(cx->company);
    CHECK_OK(packs_open(cx, cx->company->database, "packs", NULL, 0));
    packs_close(cx->company);
}

// The plan of a declared list's first page, with "SCAN sale USING INDEX ..." for a walk along an
// index in its order.
static const char *plan_of(Ctx *cx, const Entity *entity, const DeclaredList *list)
{
    ListRequest request;
    ListColumns columns;
    Querying querying;
    SortKeys keys;
    Rows rows;
    CHECK_OK(list_declared(cx, entity->name, list->name, &request));
    CHECK_OK(list_query(cx, entity, &request, VERB_READ, &querying));
    CHECK_OK(sort_keys(cx, entity, request.sorts, request.sort_count, &keys));
    CHECK_OK(list_columns(cx, entity, &request, &keys, &columns));
    const char *sql =
        text_format(cx->arena, "EXPLAIN %s SELECT %s FROM \"%s\"%s ORDER BY %s LIMIT 21",
                    db_driver(cx) == DRIVER_SQLITE ? "QUERY PLAN" : "", columns.sql, entity->name,
                    query_where(cx, &querying), sort_order(cx, &keys));
    CHECK_OK(db_built_rows(cx, &rows, sql, querying.cells, querying.count));
    Buffer *plan = buffer_new(cx->arena);
    for (size_t i = 0; i < rows.count; i++)
        buffer_format(plan, "%s; ", rows.items[i].cells[row_width(&rows.items[i]) - 1].text.bytes);
    return plan->bytes;
}

static Error *check_plans(Ctx *cx, void *state)
{
    const Schema *schema = cx->schema;
    int *lists = state;
    if (db_driver(cx) == DRIVER_POSTGRES) { // its tables are too small here to care for an index
        CHECK_OK(db_built_run(cx, NULL, "SET LOCAL enable_seqscan = off", NULL, 0));
        CHECK_OK(db_built_run(cx, NULL, "SET LOCAL enable_bitmapscan = off", NULL, 0));
    }
    for (size_t e = 0; e < schema->entity_count; e++)
        for (size_t i = 0; i < schema->entities[e]->list_count; i++, ++*lists) {
            const char *plan = plan_of(cx, schema->entities[e], &schema->entities[e]->lists[i]);
            if (strstr(plan, "TEMP B-TREE") || strstr(plan, "Sort") ||
                !(strstr(plan, "USING") || strstr(plan, " using ")))
                CHECK_TEXT(plan, schema->entities[e]->lists[i].name);
        }
    return NULL;
}

DB_TEST(every_declared_list_walks_an_index_and_sorts_nothing)
{
    int lists = 0;
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, "packs", NULL, 0));
    CHECK_OK(database_read(cx, cx->company->database, check_plans, &lists));
    CHECK(lists > 5);
    packs_close(cx->company);
}

DB_TEST(work_goes_on_with_the_schema_it_began_with)
{
    test_packs_open(cx);
    Company company = {0};
    Ctx before = {.arena = arena_new(LIMIT_UNIT_BYTES), .company = &company};
    Ctx after = {.arena = arena_new(LIMIT_UNIT_BYTES), .company = &company};
    for (int i = 0; i < 2; i++) {
        Ctx making = {.arena = arena_new(LIMIT_UNIT_BYTES)};
        Schema *schema = NEW(making.arena, Schema);
        schema->arena = making.arena;
        schema->revision = i + 1;
        schema->holders = 1;
        schema_publish(&company, schema);
        schema_hold(i ? &after : &before);
    }
    CHECK_INT(before.schema->revision, 1);
    CHECK_INT(before.schema->holders, 1);
    CHECK_INT(after.schema->revision, 2);
    CHECK_INT(after.schema->holders, 2);
    arena_free(before.arena);
    schema_publish(&company, NULL);
    CHECK_INT(after.schema->holders, 1);
    arena_free(after.arena);
}
