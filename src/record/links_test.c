// SPDX-License-Identifier: Apache-2.0
// Fields that lead to several records: kept in order, found from the other side, let go of.
#include "base/ids.h"
#include "record/test_packs.h"

#define MACHINE                                                                                    \
    "entity: machine\ntitle: Machine\nfields:\n"                                                   \
    "  - {name: name, type: text, title: Name, required: true, unique: true}\n"                    \
    "  - {name: users, type: multi_reference, to: customer, title: Users}\n"                       \
    "  - {name: rivals, type: multi_reference, to: customer, title: Rivals, when_deleted: "        \
    "clear}\n"                                                                                     \
    "  - {name: seller, type: reference, to: customer, title: Seller, when_deleted: clear}\n"      \
    "key: name\n"

#define CUSTOMER                                                                                   \
    "entity: customer\nfields: []\nchildren:\n"                                                    \
    "  - {name: machines, entity: machine, by: users, title: Machines}\n"

static const DeclaredFile declared[] = {{"entities/machine.yaml", MACHINE},
                                        {"entities/customer.yaml", CUSTOMER}};

static Record *customer(Ctx *cx, const char *name)
{
    Record *record;
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "name", value_text(name));
    CHECK_OK(record_create(cx, "customer", fields, &record));
    return record;
}

static Value ids(Ctx *cx, Record *const *records, size_t count)
{
    Value *items = NEW_ARRAY(cx->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(id_text(cx->arena, records[i]->id));
    return value_list(items, count);
}

static Record *machine(Ctx *cx, const char *field, Value value)
{
    Record *record;
    Value fields = test_json(cx, "{\"name\":\"Pump\"}");
    value_set(cx->arena, fields, field, value);
    CHECK_OK(record_create(cx, "machine", fields, &record));
    return record;
}

static size_t found(Ctx *cx, const char *operator, Value value)
{
    ListPage page;
    ListFilter filter = {"users", operator, value };
    ListRequest request = {.entity = "machine", .filters = &filter, .filter_count = 1};
    CHECK_OK(list_read(cx, &request, &page));
    return page.count;
}

DECLARED_TEST(several_records_are_led_to_in_order_and_found_from_there, declared)
{
    Record *a = customer(cx, "A"), *b = customer(cx, "B"), *c = customer(cx, "C"), *again;
    Record *given[] = {b, a, b}, *kept[] = {b, a}, **parts;
    size_t count;
    Record *pump = machine(cx, "users", ids(cx, given, 3));
    CHECK_OK(record_get(cx, "machine", pump->id, &again));
    CHECK(value_equal(*value_get(again->fields, "users"), ids(cx, kept, 2)));
    CHECK_INT(found(cx, "contains", value_text(id_text(cx->arena, a->id))), 1);
    CHECK_INT(found(cx, "contains", value_text(id_text(cx->arena, c->id))), 0);
    CHECK_INT(found(cx, "is not null", value_null()), 1);
    CHECK_OK(record_children(cx, a, "machines", &parts, &count));
    CHECK_INT(count, 1);

    Value changes = value_context(cx->arena);
    value_set(cx->arena, changes, "users", ids(cx, &c, 1));
    CHECK_OK(record_change(cx, "machine", pump->id, 1, changes, &again));
    CHECK_OK(record_children(cx, a, "machines", &parts, &count));
    CHECK_INT(count, 0);
    CHECK_OK(record_children(cx, c, "machines", &parts, &count));
    CHECK_INT(count, 1);
    CHECK_OK(record_delete(cx, "machine", pump->id, 2));
    CHECK_OK(record_children(cx, c, "machines", &parts, &count));
    CHECK_INT(count, 0);
    CHECK_OK(record_delete(cx, "customer", c->id, 1));
    return NULL;
}

DECLARED_TEST(what_several_references_cannot_do_is_refused_by_name, declared)
{
    Record *a = customer(cx, "A"), *record;
    ListPage page;
    ListFilter filter = {"users", "=", value_text(id_text(cx->arena, a->id))};
    ListRequest request = {.entity = "machine", .filters = &filter, .filter_count = 1};
    CHECK_FAILS(list_read(cx, &request, &page), ERR_INVALID, "leads to several records");
    ListSort sort = {"users", false};
    request = (ListRequest){.entity = "machine", .sorts = &sort, .sort_count = 1};
    CHECK_FAILS(list_read(cx, &request, &page), ERR_INVALID, "cannot be sorted by");
    request = (ListRequest){.entity = "machine", .where = "users.name = \"A\""};
    CHECK_FAILS(list_read(cx, &request, &page), ERR_INVALID, "leads to several records");
    request.where =
        text_format(cx->arena, "list contains(users, \"%s\")", id_text(cx->arena, a->id));
    CHECK_OK(list_read(cx, &request, &page));
    CHECK_FAILS(record_create(cx, "machine",
                              test_json(cx, "{\"name\":\"X\",\"users\":[\"0000000000001\"]}"),
                              &record),
                ERR_INVALID, "leads to a customer that is not there");
    CHECK_FAILS(
        record_create(cx, "machine", test_json(cx, "{\"name\":\"X\",\"users\":{}}"), &record),
        ERR_INVALID, "must be a list of ids");
    return NULL;
}

DECLARED_TEST(a_record_goes_only_where_those_that_name_it_let_go, declared)
{
    Record *a = customer(cx, "A"), *b = customer(cx, "B"), *again;
    Record *both[] = {a, b};
    AuditEntry *history;
    size_t count;
    Record *pump = machine(cx, "users", ids(cx, both, 2));
    CHECK_FAILS(record_delete(cx, "customer", a->id, 1), ERR_CONFLICT, "still used by a machine");
    Value changes = value_context(cx->arena);
    value_set(cx->arena, changes, "users", value_null());
    value_set(cx->arena, changes, "rivals", ids(cx, both, 2));
    value_set(cx->arena, changes, "seller", value_text(id_text(cx->arena, a->id)));
    CHECK_OK(record_change(cx, "machine", pump->id, 1, changes, &again));
    CHECK_OK(record_delete(cx, "customer", a->id, 1));
    CHECK_OK(record_get(cx, "machine", pump->id, &again));
    CHECK(value_equal(*value_get(again->fields, "rivals"), ids(cx, &b, 1)));
    CHECK(record_is_null(again, "seller"));
    CHECK_OK(record_history(cx, "machine", pump->id, 0, 20, &history, &count));
    CHECK_TEXT(history[0].reason, "A was deleted");
    CHECK_OK(record_delete(cx, "customer", b->id, 1));
    CHECK_OK(record_get(cx, "machine", pump->id, &again));
    CHECK(record_is_null(again, "rivals"));
    return NULL;
}
