// SPDX-License-Identifier: Apache-2.0
// The function points of the order flow, within the flow that the packs declare.
#include "base/ids.h"
#include "base/json.h"
#include "db/test_db.h"
#include "process/process.h"
#include "record/pack.h"
#include "record/record.h"

#include <stdio.h>
#include <string.h>

#define PACKS TEST_SOURCE_ROOT "/packs"

QUERY(test_outbox, "SELECT name, payload FROM outbox_message WHERE state = 'pending' ORDER BY id");

static const char *const everything[] = {"*"};
static const char *const sales_positions[] = {"salesperson"};
static const char *const clerk_positions[] = {"finance_clerk"};
static const char *const director_positions[] = {"finance_director"};
static const char *const warehouse_positions[] = {"warehouse_clerk"};
// What a person may do by permission is not the matter here.
#define PERSON(number, login_name, department_key, held)                                           \
    {                                                                                              \
        .user = (number), .login = (login_name), .name = (login_name),                             \
        .department = (department_key), .positions = (held), .position_count = 1,                  \
        .permissions = everything, .permission_count = 1, .door = DOOR_STEP                        \
    }
static const Actor sam = PERSON(101, "sam", "sales", sales_positions);
static const Actor fiona = PERSON(102, "fiona", "finance", clerk_positions);
static const Actor diana = PERSON(103, "diana", "finance", director_positions);
static const Actor walt = PERSON(104, "walt", "warehouse", warehouse_positions);

typedef struct Shop {
    Id account;
    Id product;
    Id profile;
    Id order;
} Shop;

static Value json(Ctx *cx, const char *text)
{
    Value value;
    CHECK_OK(json_parse(cx, text, strlen(text), &value));
    return value;
}

static const char *file_read(Ctx *cx, const char *name, size_t *length)
{
    FILE *file = fopen(text_format(cx->arena, PACKS "/orders/%s", name), "rb");
    CHECK(file != NULL);
    char *bytes = arena_alloc(cx->arena, 1000000);
    *length = fread(bytes, 1, 999999, file);
    fclose(file);
    return bytes;
}

static Id create(Ctx *cx, const char *entity, const char *fields)
{
    Record *record;
    CHECK_OK(record_create(cx, entity, json(cx, fields), &record));
    return record->id;
}

static FALLIBLE stock_shop(Ctx *cx, void *state)
{
    Shop *shop = state;
    const char *key;
    int version;
    size_t length;
    const char *xml = file_read(cx, "credit-check.dmn", &length);
    TRY(decision_deploy(cx, xml, length, &key, &version));
    xml = file_read(cx, "standard-order.bpmn", &length);
    TRY(process_deploy(cx, xml, length, &key, &version));
    TRY(deployments_load(cx));
    shop->account = create(cx, "account", "{\"name\":\"Alder Waterworks\"}");
    shop->product =
        create(cx, "product", "{\"sku\":\"P1\",\"name\":\"Pump\",\"list_price\":100,\"stock\":10}");
    shop->profile = create(cx, "credit_profile",
                           text_format(cx->arena, "{\"account\":\"%s\",\"limit\":1000}",
                                       id_text(cx->arena, shop->account)));
    return NULL;
}

static FALLIBLE enter_order(Ctx *cx, void *state)
{
    Shop *shop = state;
    shop->order = create(cx, "sales_order",
                         text_format(cx->arena, "{\"customer\":\"%s\",\"total\":600}",
                                     id_text(cx->arena, shop->account)));
    create(cx, "order_line",
           text_format(cx->arena,
                       "{\"order\":\"%s\",\"product\":\"%s\",\"quantity\":6,\"unit_price\":100}",
                       id_text(cx->arena, shop->order), id_text(cx->arena, shop->product)));
    return NULL;
}

static void unit_by(Ctx *cx, const Actor *actor, UnitWork work, void *state)
{
    Ctx own = *cx;
    own.actor = actor;
    CHECK_OK(database_write(&own, cx->company->database, work, state));
}

#define SHOP_TEST(identifier)                                                                      \
    static void shop_##identifier(Ctx *cx, Shop *shop);                                            \
    DB_TEST(identifier)                                                                            \
    {                                                                                              \
        static const char *const packs[] = {"orders"};                                             \
        Shop shop = {0};                                                                           \
        cx->actor = actor_system();                                                                \
        CHECK_OK(packs_open(cx, cx->company->database, PACKS, packs, 1));                          \
        unit_by(cx, actor_system(), stock_shop, &shop);                                            \
        unit_by(cx, &sam, enter_order, &shop);                                                     \
        shop_##identifier(cx, &shop);                                                              \
        deployments_close(cx->company);                                                            \
        packs_close(cx->company);                                                                  \
    }                                                                                              \
    static void shop_##identifier(Ctx *cx, Shop *shop)

typedef struct Step {
    Id order;
    const char *node;
    const char *fields;
} Step;

static FALLIBLE step_work(Ctx *cx, void *state)
{
    const Step *step = state;
    Value request = value_context(cx->arena);
    value_set(
        cx->arena, request, "subject",
        value_text(text_format(cx->arena, "sales_order/%s", id_text(cx->arena, step->order))));
    Value queue;
    TRY(work_item_list(cx, request, &queue));
    const Value *items = value_get(queue, "items");
    for (size_t i = 0; i < items->list.count; i++) {
        Id item;
        if (!text_equal(value_get_text(items->list.items[i], "key"), step->node))
            continue;
        CHECK(id_parse(value_get_text(items->list.items[i], "id"), &item));
        Value next;
        return work_item_complete(cx, item, json(cx, step->fields), &next);
    }
    return FAIL(cx, ERR_NOT_FOUND, "%s is not open", step->node);
}

static void step(Ctx *cx, const Actor *actor, Id order, const char *node, const char *fields)
{
    Step one = {order, node, fields};
    unit_by(cx, actor, step_work, &one);
}

typedef struct Look {
    const char *entity;
    Id id;
    Record *record;
} Look;

static FALLIBLE look_work(Ctx *cx, void *state)
{
    Look *look = state;
    return record_get(cx, look->entity, look->id, &look->record);
}

static const Record *look(Ctx *cx, const char *entity, Id id)
{
    Look one = {entity, id, NULL};
    unit_by(cx, actor_system(), look_work, &one);
    return one.record;
}

static const char *status(Ctx *cx, const Shop *shop)
{
    return record_text(look(cx, "sales_order", shop->order), "status");
}

SHOP_TEST(an_order_within_its_limit_goes_to_the_invoice)
{
    step(cx, &sam, shop->order, "EnterOrder", "{}");
    const Record *order = look(cx, "sales_order", shop->order);
    CHECK_TEXT(record_text(order, "credit_result"), "pass");
    CHECK_JSON(*value_get(order->fields, "credit_exposure"), "600.00");
    step(cx, &sam, shop->order, "ConfirmOrder", "{}");
    CHECK_INT(record_integer(look(cx, "product", shop->product), "reserved"), 6);
    step(cx, &walt, shop->order, "AllocateAndPick", "{}");
    step(cx, &walt, shop->order, "ShipOrder", "{\"tracking_number\":\"T1\"}");
    step(cx, &fiona, shop->order, "InvoiceOrder", "{}");
    CHECK_TEXT(status(cx, shop), "invoiced");
    CHECK_TEXT(record_text(look(cx, "sales_order", shop->order), "invoice_number"),
               "INV-2026-000001");
}

SHOP_TEST(the_exposure_counts_the_other_open_orders)
{
    step(cx, &sam, shop->order, "EnterOrder", "{}");
    Shop second = *shop;
    unit_by(cx, &sam, enter_order, &second);
    step(cx, &sam, second.order, "EnterOrder", "{}");
    CHECK_TEXT(status(cx, &second), "over_limit");
    const Record *order = look(cx, "sales_order", second.order);
    CHECK_JSON(*value_get(order->fields, "credit_exposure"), "1200.00");
}

static void over_limit(Ctx *cx, const Shop *shop)
{
    step(cx, &sam, shop->order, "EnterOrder", "{\"total\":1500}");
    CHECK_TEXT(status(cx, shop), "over_limit");
}

SHOP_TEST(a_granted_limit_stands_in_the_profile_and_the_check_runs_again)
{
    over_limit(cx, shop);
    step(cx, &sam, shop->order, "ChooseExit", "{\"exit_choice\":\"limit_change\"}");
    step(cx, &sam, shop->order, "ApplyForLimit",
         "{\"requested_limit\":60000,\"limit_reason\":\"a good customer\"}");
    step(cx, &fiona, shop->order, "DecideLimit", "{\"limit_decision\":\"granted\"}");
    CHECK_JSON(*value_get(look(cx, "credit_profile", shop->profile)->fields, "limit"), "1000.00");
    step(cx, &diana, shop->order, "DecideSecond", "{\"second_decision\":\"granted\"}");
    CHECK_JSON(*value_get(look(cx, "credit_profile", shop->profile)->fields, "limit"), "60000.00");
    CHECK_TEXT(record_text(look(cx, "sales_order", shop->order), "credit_result"), "pass");
}

static FALLIBLE cancel_work(Ctx *cx, void *state)
{
    const Shop *shop = state;
    const Record *order = NULL;
    TRY(record_get(cx, "sales_order", shop->order, (Record **)&order));
    IncomingMessage message = {.name = "order.cancelled", .key = record_text(order, "number")};
    int reached;
    bool queued;
    return message_publish(cx, &message, &reached, &queued);
}

static FALLIBLE refund_work(Ctx *cx, void *state)
{
    Rows rows;
    TRY(db_rows(cx, &rows, test_outbox));
    CHECK_INT(rows.count, 1);
    CHECK_TEXT(row_text(&rows.items[0], "name"), "payment.refund");
    CHECK(strstr(row_text(&rows.items[0], "payload"), "1500") != NULL);
    (void)state;
    return NULL;
}

SHOP_TEST(a_cancelled_order_gives_stock_and_prepayment_back)
{
    over_limit(cx, shop);
    step(cx, &sam, shop->order, "ChooseExit", "{\"exit_choice\":\"prepayment\"}");
    step(cx, &fiona, shop->order, "ConfirmPayment",
         "{\"payment_reference\":\"B7\",\"prepaid_amount\":1500}");
    step(cx, &sam, shop->order, "ConfirmOrder", "{}");
    CHECK_INT(record_integer(look(cx, "product", shop->product), "reserved"), 6);
    unit_by(cx, &sam, cancel_work, shop);
    CHECK_TEXT(status(cx, shop), "cancelled");
    CHECK_INT(record_integer(look(cx, "product", shop->product), "reserved"), 0);
    unit_by(cx, actor_system(), refund_work, NULL);
}

SHOP_TEST(a_shipped_order_leaves_the_stock)
{
    over_limit(cx, shop);
    step(cx, &sam, shop->order, "ChooseExit", "{\"exit_choice\":\"prepayment\"}");
    step(cx, &fiona, shop->order, "ConfirmPayment",
         "{\"payment_reference\":\"B8\",\"prepaid_amount\":1500}");
    step(cx, &sam, shop->order, "ConfirmOrder", "{}");
    step(cx, &walt, shop->order, "AllocateAndPick", "{}");
    step(cx, &walt, shop->order, "ShipOrder", "{\"tracking_number\":\"T1\"}");
    CHECK_INT(record_integer(look(cx, "product", shop->product), "reserved"), 0);
    CHECK_INT(record_integer(look(cx, "product", shop->product), "stock"), 4);
}
