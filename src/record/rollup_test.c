// SPDX-License-Identifier: Apache-2.0
// What a record tells of its children stays right, whatever becomes of them.
#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "record/pack_apply.h"
#include "record/test_packs.h"

#include <pthread.h>

#define THREADS 4
#define UNITS 25

#define BOX_FIELDS                                                                                 \
    "entity: box\ntitle: Box\nkey: name\nfields:\n"                                                \
    "  - {name: name, type: text, title: Name, required: true, unique: true}\n"                    \
    "  - {name: within, type: reference, to: box, title: Within}\n"                                \
    "  - {name: limit, type: integer, title: Limit}\n"
#define BOX_ROLLUPS                                                                                \
    "  - name: count\n    type: integer\n    title: Count\n"                                       \
    "    rollup: {children: things, function: count}\n"                                            \
    "  - name: weight\n    type: decimal\n    title: Weight\n"                                     \
    "    rollup: {children: things, function: sum, field: weight}\n"                               \
    "  - name: mean\n    type: decimal\n    scale: 2\n    title: Mean\n"                           \
    "    rollup: {children: things, function: average, field: weight}\n"                           \
    "  - name: first\n    type: date\n    title: First\n"                                          \
    "    rollup: {children: things, function: minimum, field: day}\n"                              \
    "  - name: red\n    type: integer\n    title: Red\n"                                           \
    "    rollup: {children: things, function: count, filter: [{field: colour, value: red}]}\n"     \
    "  - {name: twice, type: decimal, title: Twice, computed: weight * 2}\n"                       \
    "  - name: inner\n    type: decimal\n    title: Inner\n"                                       \
    "    rollup: {children: boxes, function: sum, field: weight}\n"
#define BOX_CHILDREN                                                                               \
    "children:\n  - {name: things, entity: boxed, by: box}\n"                                      \
    "  - {name: boxes, entity: box, by: within}\n"

#define THING                                                                                      \
    "entity: boxed\ntitle: Boxed\nfields:\n"                                                       \
    "  - {name: name, type: text, title: Name}\n"                                                  \
    "  - {name: box, type: reference, to: box, title: Box}\n"                                      \
    "  - {name: weight, type: decimal, scale: 1, title: Weight}\n"                                 \
    "  - {name: day, type: date, title: Day}\n"                                                    \
    "  - {name: colour, type: choice, title: Colour, choices: [red, blue]}\n"

static const DeclaredFile declared[] = {{"entities/box.yaml", BOX_FIELDS BOX_ROLLUPS BOX_CHILDREN},
                                        {"entities/boxed.yaml", THING}};

static Record *box(Ctx *cx, const char *name, Id within)
{
    Record *record;
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "name", value_text(name));
    if (within)
        value_set(cx->arena, fields, "within", value_text(id_text(cx->arena, within)));
    CHECK_OK(record_create(cx, "box", fields, &record));
    return record;
}

static Record *thing(Ctx *cx, Id box, const char *json)
{
    Record *record;
    Value fields = test_json(cx, json);
    value_set(cx->arena, fields, "box", value_text(id_text(cx->arena, box)));
    CHECK_OK(record_create(cx, "boxed", fields, &record));
    return record;
}

// Count, weight, mean, first, red, twice and inner of a box, as JSON.
static const char *told(Ctx *cx, Id id)
{
    static const char *const names[] = {"count", "weight", "mean", "first",
                                        "red",   "twice",  "inner"};
    Record *record;
    Value values[7];
    CHECK_OK(record_get(cx, "box", id, &record));
    for (size_t i = 0; i < 7; i++)
        values[i] = *value_get(record->fields, names[i]);
    return json_text(cx->arena, value_list(values, 7));
}

DECLARED_TEST(a_parent_tells_of_its_children_as_they_come_change_move_and_go, declared)
{
    Record *a = box(cx, "A", 0), *b = box(cx, "B", a->id), *changed;
    CHECK_TEXT(told(cx, a->id), "[0,0.0000,null,null,0,0.0000,0.0000]");
    Record *one = thing(cx, b->id, "{\"weight\":1.5,\"day\":\"2026-03-01\",\"colour\":\"red\"}");
    Record *two = thing(cx, b->id, "{\"weight\":2,\"day\":\"2026-02-01\",\"colour\":\"blue\"}");
    thing(cx, b->id, "{}");
    CHECK_TEXT(told(cx, b->id), "[3,3.5000,1.75,\"2026-02-01\",1,7.0000,0.0000]");
    CHECK_TEXT(told(cx, a->id), "[0,0.0000,null,null,0,0.0000,3.5000]");
    CHECK_OK(record_change(cx, "boxed", two->id, 1, test_json(cx, "{\"weight\":4}"), &changed));
    CHECK_TEXT(told(cx, b->id), "[3,5.5000,2.75,\"2026-02-01\",1,11.0000,0.0000]");
    Value move = value_context(cx->arena);
    value_set(cx->arena, move, "box", value_text(id_text(cx->arena, a->id)));
    CHECK_OK(record_change(cx, "boxed", one->id, 1, move, &changed));
    CHECK_TEXT(told(cx, b->id), "[2,4.0000,4.00,\"2026-02-01\",0,8.0000,0.0000]");
    CHECK_TEXT(told(cx, a->id), "[1,1.5000,1.50,\"2026-03-01\",1,3.0000,4.0000]");
    CHECK_OK(record_delete(cx, "boxed", two->id, 2));
    CHECK_TEXT(told(cx, b->id), "[1,0.0000,null,null,0,0.0000,0.0000]");
    CHECK_TEXT(told(cx, a->id), "[1,1.5000,1.50,\"2026-03-01\",1,3.0000,0.0000]");
    return NULL;
}

DECLARED_TEST(a_roll_up_is_audited_counts_no_version_and_is_set_by_nobody, declared)
{
    AuditEntry *history;
    size_t count;
    Record *a = box(cx, "A", 0), *again;
    thing(cx, a->id, "{\"weight\":1}");
    CHECK_OK(record_history(cx, "box", a->id, 0, 20, &history, &count));
    CHECK_INT(count, 5); // created; count, weight, mean, twice
    CHECK_OK(record_get(cx, "box", a->id, &again));
    CHECK_INT(again->version, 1);
    CHECK_FAILS(record_change(cx, "box", a->id, 1, test_json(cx, "{\"weight\":9}"), &again),
                ERR_INVALID, "'weight' is computed");
    CHECK_OK(record_change(cx, "box", a->id, 1, test_json(cx, "{\"limit\":9}"), &again));
    CHECK_INT(record_integer(again, "count"), 1);
    ListFilter filter = {"count", ">", value_integer(0)};
    ListSort sort = {"weight", true};
    ListRequest request = {
        .entity = "box", .filters = &filter, .filter_count = 1, .sorts = &sort, .sort_count = 1};
    ListPage page;
    CHECK_OK(list_read(cx, &request, &page));
    CHECK_INT(page.count, 1);
    return NULL;
}

#define DEEP                                                                                       \
    "  - {name: total, type: decimal, title: Total, computed: weight + deep}\n"                    \
    "  - name: deep\n    type: decimal\n    title: Deep\n"                                         \
    "    rollup: {children: boxes, function: sum, field: total}\n"

static const DeclaredFile deep[] = {{"entities/box.yaml", BOX_FIELDS BOX_ROLLUPS DEEP BOX_CHILDREN},
                                    {"entities/boxed.yaml", THING}};

DECLARED_TEST(roll_ups_of_roll_ups_reach_the_top_and_go_round_in_no_circle, deep)
{
    Record *a = box(cx, "A", 0), *b = box(cx, "B", a->id), *c = box(cx, "C", b->id), *top;
    thing(cx, c->id, "{\"weight\":1.5}");
    thing(cx, b->id, "{\"weight\":2}");
    CHECK_OK(record_get(cx, "box", a->id, &top));
    CHECK_JSON(*value_get(top->fields, "total"), "3.5000");
    Value move = value_context(cx->arena);
    value_set(cx->arena, move, "within", value_text(id_text(cx->arena, c->id)));
    CHECK_FAILS(record_change(cx, "box", a->id, 1, move, &top), ERR_CONFLICT, "counts itself");
    return NULL;
}

static Error *apply(Ctx *cx, const char *text, int64_t base)
{
    Value answer;
    PackEdit edit = {.files = value_context(cx->arena), .base = base, .note = "test"};
    value_set(cx->arena, edit.files, "entities/box.yaml", value_text(text));
    return packs_apply(cx, cx->company->database, &edit, &answer);
}

static Error *fill_boxes(Ctx *cx, void *state)
{
    Id *ids = state;
    for (int i = 0; i < 3; i++)
        ids[i] = box(cx, text_format(cx->arena, "box %d", i), 0)->id;
    thing(cx, ids[0], "{\"weight\":1.5,\"colour\":\"red\"}");
    thing(cx, ids[0], "{\"weight\":2.5}");
    thing(cx, ids[2], "{\"weight\":7}");
    return NULL;
}

static Error *check_filled(Ctx *cx, void *state)
{
    Id *ids = state;
    CHECK_TEXT(told(cx, ids[0]), "[2,4.0000,2.00,null,1,null,0.0000]");
    CHECK_TEXT(told(cx, ids[1]), "[0,0.0000,null,null,0,null,0.0000]");
    CHECK_TEXT(told(cx, ids[2]), "[1,7.0000,7.00,null,0,null,0.0000]");
    return NULL;
}

static Error *check_red(Ctx *cx, void *state)
{
    Id *ids = state;
    Record *record;
    CHECK_OK(record_get(cx, "box", ids[0], &record));
    CHECK_INT(record_integer(record, "count"), 1);
    return NULL;
}

DB_TEST(a_roll_up_that_comes_later_or_changes_is_filled)
{
    static const DeclaredFile bare[] = {{"entities/box.yaml", BOX_FIELDS BOX_CHILDREN},
                                        {"entities/boxed.yaml", THING}};
    Id ids[3];
    test_declare(cx, bare, 2);
    test_as(cx, "system", DOOR_SYSTEM, fill_boxes, ids);
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, TEST_PACKS, NULL, 0));
    CHECK_OK(apply(cx, BOX_FIELDS BOX_ROLLUPS BOX_CHILDREN, 2));
    CHECK_OK(database_read(cx, cx->company->database, check_filled, ids));
    CHECK_OK(apply(cx,
                   BOX_FIELDS "  - name: count\n    type: integer\n    title: Count\n    rollup: "
                              "{children: things, function: count, filter: [{field: weight, "
                              "operator: \">\", value: 2}]}\n" BOX_CHILDREN,
                   3));
    CHECK_OK(database_read(cx, cx->company->database, check_red, ids));
    CHECK_FAILS(apply(cx,
                      BOX_FIELDS "  - name: count\n    type: text\n    title: Count\n    rollup: "
                                 "{children: things, function: count}\n" BOX_CHILDREN,
                      4),
                ERR_INVALID, "a text cannot hold this roll-up");
    CHECK_FAILS(apply(cx,
                      BOX_FIELDS
                      "  - name: count\n    type: integer\n    title: Count\n    rollup: "
                      "{children: others, function: count}\n" BOX_CHILDREN,
                      4),
                ERR_INVALID, "'box' has no list 'others'");
    CHECK_FAILS(
        apply(cx,
              BOX_FIELDS
              "  - name: count\n    type: integer\n    title: Count\n    rollup: {children: "
              "things, function: count, filter: [{field: weight, value: x}]}\n" BOX_CHILDREN,
              4),
        ERR_INVALID, "'weight' must be a number");
    schema_publish(cx->company, NULL);
}

typedef struct Crowd {
    Ctx cx;
    pthread_t thread;
    Id box;
    Error *error;
} Crowd;

static Error *add_thing(Ctx *cx, void *state)
{
    Record *record;
    Value fields = test_json(cx, "{\"weight\":1}");
    value_set(cx->arena, fields, "box", value_text(id_text(cx->arena, *(Id *)state)));
    return record_create(cx, "boxed", fields, &record);
}

static void *crowd_main(void *argument)
{
    Crowd *crowd = argument;
    for (int i = 0; i < UNITS && !crowd->error; i++)
        crowd->error =
            database_write(&crowd->cx, crowd->cx.company->database, add_thing, &crowd->box);
    return NULL;
}

static Error *make_box(Ctx *cx, void *state)
{
    *(Id *)state = box(cx, "A", 0)->id;
    return NULL;
}

static Error *check_crowd(Ctx *cx, void *state)
{
    CHECK_TEXT(told(cx, *(Id *)state), "[100,100.0000,1.00,null,0,200.0000,0.0000]");
    return NULL;
}

DB_TEST(children_that_come_at_once_are_all_counted)
{
    Crowd crowd[THREADS];
    Id id;
    test_declare(cx, declared, 2);
    test_as(cx, "system", DOOR_SYSTEM, make_box, &id);
    cx->actor = actor_system();
    for (int i = 0; i < THREADS; i++) {
        crowd[i] = (Crowd){.cx = *cx, .box = id};
        crowd[i].cx.arena = arena_new(LIMIT_UNIT_BYTES);
        arena_defer_free(cx->arena, crowd[i].cx.arena);
        pthread_create(&crowd[i].thread, NULL, crowd_main, &crowd[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(crowd[i].thread, NULL);
        CHECK_OK(crowd[i].error);
    }
    CHECK_OK(database_read(cx, cx->company->database, check_crowd, &id));
}
