// SPDX-License-Identifier: Apache-2.0
#include "record/merge.h"

#include "base/ids.h"
#include "record/comment.h"
#include "record/duplicate.h"
#include "record/pack_apply.h"
#include "record/test_packs.h"

#include <string.h>

#define SHOP                                                                                       \
    "entity: shop\ntitle: Shop\nfields:\n"                                                         \
    "  - {name: name, type: text, title: Name, required: true}\n"                                  \
    "  - {name: code, type: text, title: Code, unique: true}\n"                                    \
    "  - {name: phone, type: phone, title: Phone}\n"                                               \
    "  - {name: size, type: decimal, title: Size}\n"                                               \
    "  - {name: opened, type: date, title: Opened}\n"                                              \
    "  - {name: secret, type: text, title: Secret, edit: shop.secret}\n"                           \
    "  - {name: parent, type: reference, to: shop, title: Parent}\n"                               \
    "  - {name: near, type: multi_reference, to: shop, title: Near}\n"                             \
    "duplicates:\n  rules:\n    - {name: name, match: name, fields: [name], weight: 70}\n"
#define VISIT                                                                                      \
    "entity: visit\ntitle: Visit\nlabel: note\nfields:\n"                                          \
    "  - {name: note, type: text, title: Note}\n"                                                  \
    "  - {name: about, type: text, record: true, title: About}\n"                                  \
    "  - {name: shop, type: reference, to: shop, title: Shop, required: true}\n"
#define SHOPS 10
#define VISITS 16

static void apply(Ctx *cx, const char *file, const char *text)
{
    Value answer;
    PackEdit edit = {.files = value_context(cx->arena), .base = -1, .note = ""};
    value_set(cx->arena, edit.files, file, value_text(text));
    CHECK_OK(packs_apply(cx, cx->company->database, &edit, &answer));
}

static void shops_begin(Ctx *cx)
{
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, TEST_PACKS, NULL, 0));
    apply(cx, "entities/shop.yaml", SHOP);
    apply(cx, "entities/visit.yaml", VISIT);
    apply(cx, "roles.yaml",
          "- role: seller\n  permissions: [user.read, shop.read, shop.edit, "
          "visit.read]\n"
          "- role: trainee\n  permissions: [shop.read, shop.edit.own]\n");
}

static Id make(Ctx *cx, const char *entity, const char *fields)
{
    Record *record;
    CHECK_OK(record_create(cx, entity, test_json(cx, fields), &record));
    return record->id;
}

static Id shop(Ctx *cx, const char *fields)
{
    return make(cx, "shop", fields);
}

static Id visit(Ctx *cx, Id to)
{
    return make(cx, "visit",
                text_format(cx->arena, "{\"note\":\"v\",\"shop\":\"%s\"}", id_text(cx->arena, to)));
}

static Record *read(Ctx *cx, const char *entity, Id id)
{
    Record *record;
    CHECK_OK(record_get(cx, entity, id, &record));
    return record;
}

static Error *merge(Ctx *cx, Id winner, Id loser, const char *take, Id *out)
{
    Record *record;
    MergeRequest request = {.entity = "shop", .winner = winner, .loser = loser};
    request.take = &take;
    request.take_count = take != NULL;
    return record_merge(cx, &request, out, &record);
}

// ---- one of each ----------------------------------------------------------------------------

static Error *merge_one(Ctx *cx, void *state)
{
    Id done, left = shop(cx, "{\"name\":\"Alder\",\"code\":\"A\"}"), *merged = state;
    Id right = shop(cx, "{\"name\":\"Alder Ltd\",\"code\":\"B\",\"phone\":\"+494215551234\"}");
    Id child = shop(cx, text_format(cx->arena, "{\"name\":\"Child\",\"parent\":\"%s\"}",
                                    id_text(cx->arena, right)));
    Id met = visit(cx, right), into;
    Value written, *said,
        note = test_json(cx, "{\"kind\":\"note\",\"text\":\"said of the loser\"}");
    size_t said_count;
    CHECK_OK(comment_add(cx, "shop", right, note, &written));
    const char *about = text_format(cx->arena, "shop/%s", id_text(cx->arena, right));
    Id named = make(cx, "visit",
                    text_format(cx->arena, "{\"about\":\"%s\",\"shop\":\"%s\"}", about,
                                id_text(cx->arena, left)));
    Record *record;
    CHECK_OK(record_change(
        cx, "shop", left, 1,
        test_json(cx, text_format(cx->arena, "{\"parent\":\"%s\"}", id_text(cx->arena, right))),
        &record));
    CHECK_OK(merge(cx, left, right, "code", &done));
    CHECK_TEXT(record_text(read(cx, "shop", left), "code"), "B");
    CHECK_TEXT(record_text(read(cx, "shop", left), "name"), "Alder");
    CHECK(record_is_null(read(cx, "shop", left), "phone"));
    CHECK(record_is_null(read(cx, "shop", left), "parent"));
    CHECK(record_reference(read(cx, "visit", met), "shop") == left);
    CHECK(record_reference(read(cx, "shop", child), "parent") == left);
    CHECK_FAILS(record_get(cx, "shop", right, &record), ERR_NOT_FOUND, "there is no shop");
    CHECK_OK(comments_before(cx, read(cx, "shop", left), "note", INT64_MAX, 9, &said, &said_count));
    CHECK_INT((int)said_count, 1);
    CHECK_TEXT(record_text(read(cx, "visit", named), "about"),
               text_format(cx->arena, "shop/%s", id_text(cx->arena, left)));
    CHECK_OK(merge_winner(cx, "shop", right, &into));
    CHECK(into == left);
    // Through a second merge, whose winner tells the history of all three.
    Id third = shop(cx, "{\"name\":\"Alder\"}"), second;
    CHECK_OK(merge(cx, third, left, NULL, &second));
    CHECK_OK(merge_winner(cx, "shop", right, &into));
    CHECK(into == third);
    AuditEntry *entries;
    size_t count, made = 0;
    CHECK_OK(record_history(cx, "shop", third, 0, 100, &entries, &count));
    for (size_t i = 0; i < count; i++)
        made += text_equal(entries[i].action, "create");
    CHECK_INT((long long)made, 3);
    CHECK_FAILS(record_merge_undo(cx, done, &record), ERR_CONFLICT, "merged into another one");
    CHECK_OK(
        comments_before(cx, read(cx, "shop", third), "note", INT64_MAX, 9, &said, &said_count));
    CHECK_INT((int)said_count, 1);
    CHECK_OK(record_merge_undo(cx, second, &record));
    CHECK_FAILS(record_merge_undo(cx, second, &record), ERR_CONFLICT, "undone already");
    CHECK_OK(
        comments_before(cx, read(cx, "shop", third), "note", INT64_MAX, 9, &said, &said_count));
    CHECK_INT((int)said_count, 0);
    CHECK_TEXT(record_text(read(cx, "visit", named), "about"),
               text_format(cx->arena, "shop/%s", id_text(cx->arena, left)));
    merged[0] = done;
    merged[1] = left;
    merged[2] = met;
    return NULL;
}

static Error *contradict(Ctx *cx, void *state)
{
    const Id *merged = state;
    Record *record;
    Id other = shop(cx, "{\"name\":\"Other\"}");
    Record *left = read(cx, "shop", merged[1]), *met = read(cx, "visit", merged[2]);
    CHECK_OK(record_change(cx, "shop", merged[1], left->version, test_json(cx, "{\"code\":\"C\"}"),
                           &left));
    CHECK_FAILS(record_merge_undo(cx, merged[0], &record), ERR_CONFLICT,
                "'Code' was changed since the merge");
    CHECK_OK(record_change(cx, "shop", merged[1], left->version, test_json(cx, "{\"code\":\"B\"}"),
                           &left));
    CHECK_OK(record_change(
        cx, "visit", merged[2], met->version,
        test_json(cx, text_format(cx->arena, "{\"shop\":\"%s\"}", id_text(cx->arena, other))),
        &met));
    CHECK_FAILS(record_merge_undo(cx, merged[0], &record), ERR_CONFLICT,
                "'Shop' of Visit 'v' was changed since the merge");
    CHECK_OK(record_delete(cx, "visit", merged[2], 0));
    CHECK_FAILS(record_merge_undo(cx, merged[0], &record), ERR_CONFLICT, "is not there any more");
    return NULL;
}

DB_TEST(what_led_to_the_loser_leads_to_the_winner_and_contradictions_are_named)
{
    Id merged[3];
    shops_begin(cx);
    test_as(cx, "system", DOOR_SYSTEM, merge_one, merged);
    test_as(cx, "system", DOOR_SYSTEM, contradict, merged);
    packs_close(cx->company);
}

static Error *make_two(Ctx *cx, void *state)
{
    Id *ids = state;
    ids[0] = shop(cx, "{\"name\":\"Alder\"}");
    ids[1] = shop(cx, "{\"name\":\"Alder\",\"secret\":\"s\"}");
    ids[2] = visit(cx, ids[1]);
    return NULL;
}

static Error *merge_as_seller(Ctx *cx, void *state)
{
    const Id *ids = state;
    Id done;
    Record *record;
    CHECK_FAILS(merge(cx, ids[0], ids[0], NULL, &done), ERR_INVALID, "same as itself");
    CHECK_FAILS(record_merge_undo(cx, 12345, &record), ERR_NOT_FOUND, "there is no merge");
    MergeRequest people = {.entity = "user", .winner = 1, .loser = 2};
    CHECK_FAILS(record_merge(cx, &people, &done, &record), ERR_INVALID, "are not merged");
    MergeRequest old = {.entity = "shop", .winner = ids[0], .loser = ids[1], .loser_version = 7};
    CHECK_FAILS(record_merge(cx, &old, &done, &record), ERR_CONFLICT, "changed by somebody else");
    // Visits follow, though a seller may not edit them.
    CHECK_OK(merge(cx, ids[0], ids[1], NULL, &done));
    CHECK(record_reference(read(cx, "visit", ids[2]), "shop") == ids[0]);
    CHECK_OK(record_merge_undo(cx, done, &record));
    CHECK(record_reference(read(cx, "visit", ids[2]), "shop") == ids[1]);
    CHECK(record->id == ids[1]);
    return NULL;
}

static Error *take_secret(Ctx *cx, void *state)
{
    const Id *ids = state;
    Id done;
    return merge(cx, ids[0], ids[1], "secret", &done);
}

static Error *take_nothing(Ctx *cx, void *state)
{
    const Id *ids = state;
    Id done;
    return merge(cx, ids[0], ids[1], "nothing", &done);
}

static Error *take_system(Ctx *cx, void *state)
{
    const Id *ids = state;
    Id done;
    return merge(cx, ids[0], ids[1], "created_at", &done);
}

static Error *merge_plain(Ctx *cx, void *state)
{
    const Id *ids = state;
    Id done;
    return merge(cx, ids[0], ids[1], NULL, &done);
}

DB_TEST(whoever_merges_may_edit_both_and_what_leads_there_follows)
{
    Id ids[3];
    shops_begin(cx);
    test_as(cx, "system", DOOR_SYSTEM, make_two, ids);
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, take_secret, ids), ERR_DENIED,
                "may not change 'secret'");
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, take_nothing, ids), ERR_INVALID,
                "no field 'nothing'");
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, take_system, ids), ERR_INVALID,
                "by the system alone");
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, merge_plain, ids), ERR_DENIED,
                "you may not edit this shop");
    test_as(cx, "sofia", DOOR_API, merge_as_seller, ids);
    packs_close(cx->company);
}

// ---- there and back -------------------------------------------------------------------------

static uint32_t next(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

static void dump(Ctx *cx, Buffer *out, const char *sql)
{
    Rows rows;
    CHECK_OK(db_built_rows(cx, &rows, sql, NULL, 0));
    for (size_t i = 0; i < rows.count; i++) {
        for (size_t c = 0; c < row_width(&rows.items[i]); c++) {
            Cell cell = rows.items[i].cells[c];
            if (cell.kind == CELL_INTEGER)
                buffer_format(out, "%lld|", (long long)cell.integer);
            else
                buffer_format(out, "%s|", cell.kind == CELL_NULL ? "~" : cell.text.bytes);
        }
        buffer_text(out, "\n");
    }
}

// All that a merge touches, but who changed a record last and how often.
static const char *everything(Ctx *cx)
{
    Buffer *out = buffer_new(cx->arena);
    dump(cx, out,
         "SELECT id, created_at, created_by, owner, department, name, code, phone, size,"
         " opened, secret, parent, near FROM shop ORDER BY id");
    dump(cx, out, "SELECT id, created_at, created_by, owner, note, shop FROM visit ORDER BY id");
    dump(cx, out,
         "SELECT id, entity, record, grantee, may_edit, until, shared_by, shared_at"
         " FROM record_share ORDER BY id");
    dump(cx, out,
         "SELECT user_id, kind, entity, record, at FROM record_mark"
         " ORDER BY user_id, kind, entity, record");
    dump(cx, out,
         "SELECT generation, key, record FROM duplicate_key"
         " ORDER BY generation, key, record");
    dump(cx, out, "SELECT target, field, source FROM record_link ORDER BY target, field, source");
    dump(cx, out, "SELECT id, entity, record, field, gone_at FROM record_file ORDER BY id");
    return out->bytes;
}

typedef struct Trying {
    uint32_t seed;
    Id shops[SHOPS];
    Id merges[SHOPS];
    size_t merged;
    Id winner, loser; // of the attempt under way
} Trying;

static Error *make_all(Ctx *cx, void *state)
{
    Trying *trying = state;
    for (int i = 0; i < SHOPS; i++)
        trying->shops[i] = shop(
            cx, text_format(cx->arena,
                            "{\"name\":\"Shop %d\",\"code\":\"%c\",\"size\":%d.0625,\"opened\":"
                            "\"2020-01-%02d\",\"phone\":\"+4942155512%02d\"%s}",
                            i, 'A' + i, i, i + 1, i, i % 3 ? "" : ",\"secret\":\"s\""));
    for (int i = 1; i < SHOPS; i++) {
        Record *record;
        const char *parent =
            id_text(cx->arena, trying->shops[next(&trying->seed, (uint32_t)SHOPS)]);
        const char *near = id_text(cx->arena, trying->shops[i - 1]);
        const char *fields =
            text_equal(near, parent)
                ? text_format(cx->arena, "{\"parent\":\"%s\"}", parent)
                : text_format(cx->arena, "{\"parent\":\"%s\",\"near\":[\"%s\",\"%s\"]}", parent,
                              near, parent);
        CHECK_OK(record_change(cx, "shop", trying->shops[i], 0, test_json(cx, fields), &record));
    }
    for (int i = 0; i < VISITS; i++)
        visit(cx, trying->shops[next(&trying->seed, SHOPS)]);
    for (int i = 0; i < SHOPS; i++) {
        Cell cells[] = {cell_integer(1000 + i), cell_integer(trying->shops[i]),
                        cell_text(i % 2 ? "position:seller" : "user:7"), cell_integer(i % 2),
                        i % 3 ? cell_null() : cell_integer(99)};
        CHECK_OK(db_built_run(cx, NULL,
                              "INSERT INTO record_share (id, entity, record, grantee, may_edit,"
                              " until, shared_by, shared_at) VALUES ($1, 'shop', $2, $3, $4, $5,"
                              " 7, 5)",
                              cells, 5));
        Cell file[] = {cell_integer(2000 + i), cell_integer(trying->shops[i])};
        CHECK_OK(db_built_run(cx, NULL,
                              "INSERT INTO record_file (id, name, content, type, size, entity,"
                              " record, created_by) VALUES ($1, 'f', 'h', 't', 1, 'shop', $2, 7)",
                              file, 2));
        Cell mark[] = {cell_integer(7 + i % 2), cell_integer(trying->shops[i]), cell_integer(i)};
        CHECK_OK(db_built_run(cx, NULL,
                              "INSERT INTO record_mark (user_id, kind, entity, record, at)"
                              " VALUES ($1, 'favourite', 'shop', $2, $3)",
                              mark, 3));
    }
    return NULL;
}

static Error *merge_any(Ctx *cx, void *state)
{
    static const char *const fields[] = {"name",   "code",   "phone",  "size",
                                         "opened", "secret", "parent", "near"};
    Trying *trying = state;
    const char *take[8];
    Record *record;
    MergeRequest request = {
        .entity = "shop", .winner = trying->winner, .loser = trying->loser, .take = take};
    for (size_t i = 0; i < 8; i++)
        if (next(&trying->seed, 2))
            take[request.take_count++] = fields[i];
    return record_merge(cx, &request, &trying->merges[trying->merged], &record);
}

static void check_gone(Ctx *cx, Id loser)
{
    Rows rows;
    Cell cell = cell_integer(loser);
    CHECK_OK(
        db_built_rows(cx, &rows,
                      "SELECT id FROM shop WHERE parent = $1 OR id = $1 UNION ALL"
                      " SELECT id FROM visit WHERE shop = $1 UNION ALL"
                      " SELECT id FROM record_share WHERE record = $1 UNION ALL"
                      " SELECT id FROM record_file WHERE record = $1 UNION ALL"
                      " SELECT source FROM record_link WHERE target = $1 OR source = $1 UNION ALL"
                      " SELECT at FROM record_mark WHERE record = $1 UNION ALL"
                      " SELECT key FROM duplicate_key WHERE record = $1",
                      &cell, 1));
    CHECK_INT((long long)rows.count, 0);
}

static Error *there_and_back(Ctx *cx, void *state)
{
    Trying *trying = state;
    Record *record;
    const char *before = everything(cx);
    trying->merged = 0;
    for (int i = 0; i < 6; i++) {
        trying->winner = trying->shops[next(&trying->seed, SHOPS)];
        trying->loser = trying->shops[next(&trying->seed, SHOPS)];
        const char *seen = everything(cx);
        Error *error = db_attempt(cx, merge_any, trying);
        if (error)
            CHECK_TEXT(everything(cx), seen);
        else
            check_gone(cx, trying->loser);
        trying->merged += !error;
    }
    CHECK(trying->merged > 0);
    while (trying->merged > 0)
        CHECK_OK(record_merge_undo(cx, trying->merges[--trying->merged], &record));
    CHECK_TEXT(everything(cx), before);
    return NULL;
}

DB_TEST(undone_merges_give_the_state_before_them)
{
    Trying trying = {.seed = 11};
    shops_begin(cx);
    test_as(cx, "system", DOOR_SYSTEM, make_all, &trying);
    for (int round = 0; round < 12; round++)
        test_as(cx, "system", DOOR_SYSTEM, there_and_back, &trying);
    packs_close(cx->company);
}
