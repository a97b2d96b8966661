// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"
#include "record/pack_apply.h"
#include "record/test_packs.h"

#include <string.h>

#define LOAN                                                                                       \
    "entity: loan\ntitle: Loan\nkey: name\nfields:\n"                                              \
    "  - {name: name, type: text, title: Name, required: true, unique: true}\n"                    \
    "  - {name: due, type: date, title: Due}\n"                                                    \
    "  - {name: cost, type: money, title: Cost, read: loan.cost}\n"                                \
    "  - {name: late, type: boolean, title: Late, live: true, computed: due < today()}\n"          \
    "  - {name: fine, type: money, title: Fine, live: true, computed: if late then cost / 3 else " \
    "0}\n"

static const DeclaredFile declared[] = {{"entities/loan.yaml", LOAN}};

static Record *loan(Ctx *cx, const char *json)
{
    Record *made, *again;
    CHECK_OK(record_create(cx, "loan", test_json(cx, json), &made));
    CHECK_OK(record_get(cx, "loan", made->id, &again));
    CHECK(value_equal(made->fields, again->fields));
    return again;
}

DECLARED_TEST(a_live_field_is_what_it_is_when_it_is_read, declared)
{
    AuditEntry *history;
    size_t count;
    Record *pen = loan(cx, "{\"name\":\"Pen\",\"due\":\"2026-09-30\",\"cost\":10}");
    CHECK(!record_boolean(pen, "late"));
    CHECK_JSON(*value_get(pen->fields, "fine"), "0.00");
    cx->now += 30 * 86400LL * 1000000;
    CHECK_OK(record_get(cx, "loan", pen->id, &pen));
    CHECK(record_boolean(pen, "late"));
    CHECK_JSON(*value_get(pen->fields, "fine"), "3.33");
    CHECK_OK(record_change(cx, "loan", pen->id, 1, test_json(cx, "{\"cost\":20}"), &pen));
    CHECK_JSON(*value_get(pen->fields, "fine"), "6.67");
    CHECK_FAILS(record_change(cx, "loan", pen->id, 2, test_json(cx, "{\"fine\":1}"), &pen),
                ERR_INVALID, "'fine' is computed");
    CHECK_OK(record_history(cx, "loan", pen->id, 0, 20, &history, &count));
    CHECK_INT(count, 2); // the creation and the cost
    CHECK_OK(record_delete(cx, "loan", pen->id, 2));
    return NULL;
}

DECLARED_TEST(a_list_shows_live_fields_and_is_not_sorted_by_them, declared)
{
    static const char *const columns[] = {"name", "fine"};
    loan(cx, "{\"name\":\"Pen\",\"due\":\"2026-01-31\",\"cost\":9}");
    loan(cx, "{\"name\":\"Ink\",\"due\":\"2027-01-31\",\"cost\":9}");
    loan(cx, "{\"name\":\"Pad\"}");
    ListPage page;
    ListSort by_name = {"name", true}, by_fine = {"fine", false};
    ListRequest request = {.entity = "loan",
                           .sorts = &by_name,
                           .sort_count = 1,
                           .columns = columns,
                           .column_count = 2};
    CHECK_OK(list_read(cx, &request, &page));
    CHECK_JSON(*value_get(page.records[0]->fields, "fine"), "3.00");
    CHECK_JSON(*value_get(page.records[2]->fields, "fine"), "0.00");
    request.where = "late";
    CHECK_OK(list_read(cx, &request, &page));
    CHECK_INT(page.count, 1);
    request.where = NULL;
    request.sorts = &by_fine;
    CHECK_FAILS(list_read(cx, &request, &page), ERR_INVALID, "'fine' is computed when it is read");
    ListFilter filter = {"late", "=", value_boolean(true)};
    request = (ListRequest){.entity = "loan", .filters = &filter, .filter_count = 1};
    CHECK_FAILS(list_read(cx, &request, &page), ERR_INVALID, "'late' is computed when it is read");
    return NULL;
}

static Error *append(Ctx *cx, const char *bytes, size_t length, void *state)
{
    (void)cx;
    buffer_add(state, bytes, length);
    return NULL;
}

DECLARED_TEST(an_export_holds_live_fields, declared)
{
    static const char *const columns[] = {"fine", "name"};
    loan(cx, "{\"name\":\"Pen\",\"due\":\"2026-01-31\",\"cost\":9}");
    ListRequest request = {.entity = "loan", .columns = columns, .column_count = 2};
    Buffer *text = buffer_new(cx->arena);
    CHECK_OK(list_export(cx, &request, EXPORT_JSON_LINES, append, text));
    buffer_text(text, "");
    CHECK_TEXT(text->bytes, "{\"fine\":3.00,\"name\":\"Pen\"}\n");
    return NULL;
}

static Error *apply(Ctx *cx, const char *more, int64_t base, Value *answer)
{
    PackEdit edit = {.files = value_context(cx->arena), .base = base, .note = "test"};
    value_set(cx->arena, edit.files, "entities/loan.yaml",
              value_text(text_format(cx->arena, "%s%s", LOAN, more)));
    return packs_apply(cx, cx->company->database, &edit, answer);
}

DB_TEST(what_is_stored_does_not_hang_on_what_is_not)
{
    static const struct {
        const char *more, *words;
    } refusals[] = {
        {"  - {name: x, type: money, title: X, computed: fine * 2}\n", "cannot use 'fine'"},
        {"  - {name: x, type: money, title: X, live: true}\n", "'live' goes with 'computed'"},
        {"  - {name: x, type: money, title: X, live: true, computed: y}\n"
         "  - {name: y, type: money, title: Y, live: true, computed: cost}\n",
         "which is computed after it"},
        {"  - {name: x, type: text, title: X, live: true, unique: true, computed: name}\n",
         "a live field is stored nowhere"},
        {"lists: [{name: a, title: A, sort: [fine]}]\n", "'fine' is computed when it is read"},
        {"search: [fine]\n", "'fine' is computed when it is read"},
    };
    Value answer;
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, TEST_PACKS, NULL, 0));
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        CHECK_FAILS(apply(cx, refusals[i].more, 1, &answer), ERR_INVALID, refusals[i].words);
    // It is no column, and one that it was is parked.
    CHECK_OK(apply(cx, "  - {name: x, type: money, title: X, computed: cost}\n", 1, &answer));
    CHECK_OK(apply(cx, "  - {name: x, type: money, title: X, computed: cost, live: true}\n", 2,
                   &answer));
    const char *changes = json_text(cx->arena, *value_get(answer, "changes"));
    CHECK(strstr(changes, "park \\\"loan\\\".\\\"x\\\"") != NULL);
    CHECK(strstr(changes, "fine") == NULL);
    schema_publish(cx->company, NULL);
}
