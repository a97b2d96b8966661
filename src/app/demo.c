// SPDX-License-Identifier: Apache-2.0
#include "app/demo.h"

#include "app/company.h"
#include "app/demo_names.h"
#include "app/users.h"
#include "base/ids.h"
#include "db/database.h"
#include "http/session.h"
#include "process/process.h"
#include "record/list.h"
#include "record/record.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEMO_ORDERS 96
#define DEMO_OPPORTUNITIES 40
#define DEMO_LINES 2
#define HOUR ((Instant)3600 * 1000000)
#define DAY (24 * HOUR)
#define SEED 20260314

static const char *const sign_ins[][2] = {
    {"sam", "sales"},      {"sofia", "sales manager"}, {"wei", "sales, 中文"},
    {"fiona", "finance"},  {"frank", "finance"},       {"diana", "finance director"},
    {"walt", "warehouse"}, {"mei", "warehouse, 中文"}, {"quentin", "quality, process owner"},
    {"tess", "service"},   {"mark", "marketing"},      {"admin", "administrator"},
};
#define PEOPLE (sizeof sign_ins / sizeof *sign_ins)

// Where an order of the demo stops: the step that stays open, or the end.
static const char *const stops[] = {
    "EnterOrder",   "ConfirmOrder",    "ChooseExit", "ConfirmPayment", "DecideLimit",
    "DecideSecond", "AllocateAndPick", "ShipOrder",  "InvoiceOrder",   "AwaitPayment",
    "closed",       "closed",          "closed",     "cancelled",
};
#define STOPS (sizeof stops / sizeof *stops)

typedef struct Demo {
    uint64_t random;
    Id customers[DEMO_CUSTOMERS];
    Id products[DEMO_PRODUCTS];
    int limits[DEMO_CUSTOMERS]; // whole euros
    Id order;
    const char *number;
    const char *stop;
    int customer;
    int total; // whole euros
    int line_products[DEMO_LINES];
    int line_quantities[DEMO_LINES];
    bool grant;
} Demo;

// splitmix64 (Steele, Lea, Flood 2014): the same demo on every machine.
static uint64_t next_random(Demo *demo)
{
    uint64_t word = demo->random += 0x9E3779B97F4A7C15ULL;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9ULL;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBULL;
    return word ^ (word >> 31);
}

static int below(Demo *demo, int count)
{
    return (int)(next_random(demo) % (uint64_t)count);
}

static Value id_value(Ctx *cx, Id id)
{
    return value_text(id_text(cx->arena, id));
}

static void set_text(Ctx *cx, Value fields, const char *name, const char *text)
{
    value_set(cx->arena, fields, name, value_text(text));
}

static void set_money(Ctx *cx, Value fields, const char *name, int64_t euros)
{
    value_set(cx->arena, fields, name, value_number(decimal_scaled(euros * 100, -2)));
}

static FALLIBLE become(Ctx *cx, const char *login)
{
    Actor *actor;
    TRY(actor_load(cx, login, DOOR_COMMAND, &actor));
    cx->actor = actor;
    return NULL;
}

static FALLIBLE make_products(Ctx *cx, void *state)
{
    Demo *demo = state;
    for (int i = 0; i < DEMO_PRODUCTS; i++) {
        Record *record;
        Value fields = value_context(cx->arena);
        set_text(cx, fields, "sku", demo_products[i].sku);
        set_text(cx, fields, "name", demo_products[i].name);
        set_text(cx, fields, "family", demo_products[i].family);
        set_money(cx, fields, "list_price", demo_products[i].price);
        value_set(cx->arena, fields, "stock", value_integer(20 + below(demo, 400)));
        TRY(record_create(cx, "product", fields, &record));
        demo->products[i] = record->id;
    }
    return NULL;
}

static bool pays_late(int customer)
{
    return customer % 17 == 16;
}

static FALLIBLE make_customer(Ctx *cx, Demo *demo, int index)
{
    const DemoCustomer *customer = &demo_customers[index];
    Record *record;
    Value account = value_context(cx->arena), contact = value_context(cx->arena);
    set_text(cx, account, "name", customer->name);
    set_text(cx, account, "city", customer->city);
    set_text(cx, account, "country", customer->country);
    set_text(cx, account, "industry", customer->industry);
    TRY(record_create(cx, "account", account, &record));
    demo->customers[index] = record->id;
    demo->limits[index] = 10000 * (1 + below(demo, 12));
    Value profile = value_context(cx->arena);
    value_set(cx->arena, profile, "account", id_value(cx, record->id));
    set_money(cx, profile, "limit", demo->limits[index]);
    value_set(cx->arena, profile, "overdue_days", value_integer(pays_late(index) ? 45 : index % 5));
    TRY(record_create(cx, "credit_profile", profile, &record));
    set_text(cx, contact, "name", index % 2 ? "Purchasing" : "Plant manager");
    value_set(cx->arena, contact, "account", id_value(cx, demo->customers[index]));
    return record_create(cx, "contact", contact, &record);
}

static FALLIBLE make_customers(Ctx *cx, void *state)
{
    Demo *demo = state;
    for (int i = 0; i < DEMO_CUSTOMERS; i++)
        TRY(make_customer(cx, demo, i));
    return NULL;
}

static FALLIBLE make_opportunities(Ctx *cx, void *state)
{
    static const char *const stages[] = {"qualified", "proposal", "negotiation", "won", "lost"};
    Demo *demo = state;
    TRY(become(cx, "sam"));
    for (int i = 0; i < DEMO_OPPORTUNITIES; i++) {
        Record *record;
        int customer = below(demo, DEMO_CUSTOMERS);
        Value fields = value_context(cx->arena);
        set_text(cx, fields, "name",
                 text_format(cx->arena, "%s: %s", demo_customers[customer].name,
                             demo_products[below(demo, DEMO_PRODUCTS)].name));
        value_set(cx->arena, fields, "account", id_value(cx, demo->customers[customer]));
        set_text(cx, fields, "stage", stages[i % 5]);
        set_money(cx, fields, "amount", 1000 * (1 + below(demo, 80)));
        Date close = instant_in(cx->now + DAY * (below(demo, 90) - 20), zone_utc()).date;
        value_set(cx->arena, fields, "close_date", value_date(close));
        TRY(record_create(cx, "opportunity", fields, &record));
    }
    return NULL;
}

// --- Orders: created by sales, then worked through step by step.

static FALLIBLE create_lines(Ctx *cx, const Demo *demo)
{
    for (int i = 0; i < DEMO_LINES; i++) {
        Record *record;
        int product = demo->line_products[i];
        Value fields = value_context(cx->arena);
        value_set(cx->arena, fields, "order", id_value(cx, demo->order));
        value_set(cx->arena, fields, "product", id_value(cx, demo->products[product]));
        value_set(cx->arena, fields, "quantity", value_integer(demo->line_quantities[i]));
        set_money(cx, fields, "unit_price", demo_products[product].price);
        TRY(record_create(cx, "order_line", fields, &record));
    }
    return NULL;
}

static FALLIBLE create_order(Ctx *cx, void *state)
{
    Demo *demo = state;
    Record *record;
    TRY(become(cx, demo->customer % 3 ? "sam" : "wei"));
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "customer", id_value(cx, demo->customers[demo->customer]));
    set_money(cx, fields, "total", demo->total);
    set_text(cx, fields, "customer_reference",
             text_format(cx->arena, "PO-%04d", 1000 + demo->total % 8999));
    Date date = instant_in(cx->now, zone_utc()).date;
    value_set(cx->arena, fields, "order_date", value_date(date));
    value_set(cx->arena, fields, "requested_date",
              value_date(date_from_days(date_to_days(date) + 21)));
    TRY(record_create(cx, "sales_order", fields, &record));
    demo->order = record->id;
    demo->number = record_text(record, "number");
    return create_lines(cx, demo);
}

typedef struct OpenStep {
    Demo *demo;
    Id item; // 0: no step is open
    const char *key;
} OpenStep;

static FALLIBLE find_step(Ctx *cx, void *state)
{
    OpenStep *step = state;
    Value request = value_context(cx->arena), items;
    set_text(cx, request, "subject",
             text_format(cx->arena, "sales_order/%s", id_text(cx->arena, step->demo->order)));
    set_text(cx, request, "state", "open");
    value_set(cx->arena, request, "limit", value_integer(10));
    TRY(become(cx, "admin"));
    TRY(work_item_list(cx, request, &items));
    step->item = 0;
    step->key = "";
    const Value *list = value_get(items, "items");
    if (list && list->list.count) {
        step->key = text_copy(cx->arena, value_get_text(list->list.items[0], "key"));
        if (!id_parse(value_get_text(list->list.items[0], "id"), &step->item))
            return FAIL(cx, ERR_INTERNAL, "a work item without an id");
    }
    return NULL;
}

static const char *person_of(const char *key)
{
    static const char *const people[][2] = {
        {"EnterOrder", "sam"},      {"ConfirmOrder", "sam"},     {"ChooseExit", "sam"},
        {"ApplyForLimit", "sofia"}, {"ConfirmPayment", "frank"}, {"DecideLimit", "fiona"},
        {"DecideSecond", "diana"},  {"AllocateAndPick", "walt"}, {"ShipOrder", "mei"},
        {"InvoiceOrder", "frank"},  {"SendReminder", "frank"},   {"DecideEscalated", "diana"},
    };
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        if (text_equal(people[i][0], key))
            return people[i][1];
    return "admin";
}

static Value form_of(Ctx *cx, const Demo *demo, const char *key)
{
    Value fields = value_context(cx->arena);
    if (text_equal(key, "EnterOrder")) {
        value_set(cx->arena, fields, "customer", id_value(cx, demo->customers[demo->customer]));
        set_money(cx, fields, "total", demo->total);
        set_text(cx, fields, "payment_terms", demo->total % 2 ? "net_30" : "net_60");
    } else if (text_equal(key, "ChooseExit")) {
        bool prepay = text_equal(demo->stop, "ConfirmPayment") || !demo->grant;
        set_text(cx, fields, "exit_choice", prepay ? "prepayment" : "limit_change");
    } else if (text_equal(key, "ApplyForLimit")) {
        set_money(cx, fields, "requested_limit", 150000 + (int64_t)demo->total);
        set_text(cx, fields, "limit_reason", "Good payer for years; the project is insured.");
    } else if (text_equal(key, "DecideLimit")) {
        set_text(cx, fields, "limit_decision", "granted");
    } else if (text_equal(key, "DecideSecond")) {
        set_text(cx, fields, "second_decision", "granted");
    } else if (text_equal(key, "ConfirmPayment")) {
        set_text(cx, fields, "payment_reference", text_format(cx->arena, "TR-%d", demo->total));
        set_money(cx, fields, "prepaid_amount", demo->total);
    } else if (text_equal(key, "ShipOrder")) {
        set_text(cx, fields, "tracking_number",
                 text_format(cx->arena, "RB%09d", demo->total * 37 % 999999999));
    } else if (text_equal(key, "SendReminder")) {
        set_text(cx, fields, "reminder_note", "Will pay this week.");
    }
    return fields;
}

static FALLIBLE do_step(Ctx *cx, void *state)
{
    const OpenStep *step = state;
    Value next;
    TRY(become(cx, person_of(step->key)));
    return work_item_complete(cx, step->item, form_of(cx, step->demo, step->key), &next);
}

static FALLIBLE send_message(Ctx *cx, void *state)
{
    const Demo *demo = state;
    int reached;
    bool queued, cancelled = text_equal(demo->stop, "cancelled");
    TRY(become(cx, cancelled ? "sam" : "frank"));
    const char *name = cancelled ? "order.cancelled" : "payment.received";
    IncomingMessage message = {.name = name,
                               .key = demo->number,
                               .idempotency_key =
                                   text_format(cx->arena, "demo %s %s", name, demo->number)};
    return message_publish(cx, &message, &reached, &queued);
}

static FALLIBLE work_order(Ctx *cx, Demo *demo, Instant until)
{
    struct Database *database = cx->company->database;
    TRY(database_write(cx, database, create_order, demo));
    for (int i = 0; i < 25; i++) {
        OpenStep step = {.demo = demo};
        cx->now += HOUR * (1 + below(demo, 20));
        if (cx->now > until)
            cx->now = until;
        TRY(database_read(cx, database, find_step, &step));
        if (text_equal(demo->stop, "cancelled") && text_equal(step.key, "ShipOrder"))
            return database_write(cx, database, send_message, demo);
        if (text_equal(step.key, demo->stop))
            return NULL;
        if (!step.item)
            break;
        TRY(database_write(cx, database, do_step, &step));
    }
    return text_equal(demo->stop, "closed") ? database_write(cx, database, send_message, demo)
                                            : NULL;
}

// Lines that come to about the total that was planned; then it is theirs.
static void plan_lines(Demo *demo)
{
    int planned = demo->total;
    demo->total = 0;
    for (int i = 0; i < DEMO_LINES; i++) {
        int product = below(demo, DEMO_PRODUCTS);
        int price = demo_products[product].price;
        demo->line_products[i] = product;
        demo->line_quantities[i] = (planned / DEMO_LINES + price - 1) / price;
        demo->total += price * demo->line_quantities[i];
    }
}

static void plan_order(Demo *demo, int index)
{
    demo->stop = stops[(size_t)index % STOPS];
    demo->customer = (index * 7 + below(demo, 3)) % DEMO_CUSTOMERS;
    // No limit helps a customer who pays too late: asking for one would go round without end.
    demo->grant = index % 3 != 0 && !pays_late(demo->customer);
    int limit = demo->limits[demo->customer];
    bool over = text_equal(demo->stop, "ChooseExit") || text_equal(demo->stop, "ConfirmPayment") ||
                text_equal(demo->stop, "DecideLimit") || text_equal(demo->stop, "DecideSecond");
    demo->total = over ? limit + 500 + below(demo, limit) : 400 + below(demo, limit / 6);
    if (text_equal(demo->stop, "DecideLimit") || text_equal(demo->stop, "DecideSecond"))
        demo->grant = true;
    if (text_equal(demo->stop, "DecideSecond") && demo->total < 20000)
        demo->total += 20000;
    plan_lines(demo);
}

static FALLIBLE make_orders(Ctx *cx, const CommandLine *line, Demo *demo)
{
    Instant present = cx->now;
    const Actor *caller = cx->actor;
    for (int i = 0; i < DEMO_ORDERS; i++) {
        ArenaMark mark = arena_mark(cx->arena);
        plan_order(demo, i);
        // The older, the further: what still stops early was created in the last days.
        int days = text_equal(demo->stop, "closed") ? 60 - i / 2 : 6 - i % 6;
        cx->now = present - DAY * days;
        command_progress(line, "orders %d of %d", i + 1, DEMO_ORDERS);
        Error *error = work_order(cx, demo, present);
        cx->actor = caller;
        if (error)
            return error;
        arena_rewind(cx->arena, mark);
    }
    cx->now = present;
    command_progress(line, "%s", "");
    return NULL;
}

static FALLIBLE set_passwords(Ctx *cx)
{
    const char *hash;
    TRY(password_hash(cx, DEMO_PASSWORD, &hash));
    for (size_t i = 0; i < PEOPLE; i++) {
        NewPassword wanted = {.login = sign_ins[i][0], .hash = hash};
        TRY(user_set_password(cx, &wanted));
    }
    return NULL;
}

FALLIBLE demo_fill(Ctx *cx, const CommandLine *line)
{
    Demo *demo = NEW(cx->arena, Demo);
    demo->random = SEED;
    struct Database *database = cx->company->database;
    TRY(set_passwords(cx));
    TRY(database_write(cx, database, make_products, demo));
    TRY(database_write(cx, database, make_customers, demo));
    const Actor *actor = cx->actor;
    TRY(database_write(cx, database, make_opportunities, demo));
    Error *error = make_orders(cx, line, demo);
    cx->actor = actor;
    return error;
}

static FALLIBLE is_filled(Ctx *cx, void *state)
{
    ListRequest request = {.entity = "product", .limit = 1};
    ListPage page;
    TRY(list_read(cx, &request, &page));
    *(bool *)state = page.count > 0;
    return NULL;
}

static FALLIBLE is_demo(Ctx *cx, void *state)
{
    Record *user;
    TRY(record_find(cx, "user", "login", value_text("quentin"), &user));
    *(bool *)state = user != NULL;
    return NULL;
}

void demo_say_sign_ins(Ctx *cx)
{
    bool demo = false;
    if (database_read(cx, cx->company->database, is_demo, &demo) || !demo)
        return;
    puts("Demo sign-ins, password '" DEMO_PASSWORD "':");
    for (size_t i = 0; i < PEOPLE; i++)
        printf("  %-8s %s\n", sign_ins[i][0], sign_ins[i][1]);
}

static const CommandOption options[] = {
    {"if-missing", NULL, "do nothing when the SQLite file is there already"},
    {0},
};

static FALLIBLE fill_once(Ctx *cx, const CommandLine *line)
{
    bool filled;
    TRY(database_read(cx, cx->company->database, is_filled, &filled));
    if (filled)
        return error_hint(FAIL(cx, ERR_CONFLICT, "this company has products already"),
                          "The demo is for a new database.");
    TRY(demo_fill(cx, line));
    command_say(cx, line, value_context(cx->arena),
                "Riverbend Pumps is ready: %d customers, %d products, %d orders.", DEMO_CUSTOMERS,
                DEMO_PRODUCTS, DEMO_ORDERS);
    return NULL;
}

COMMAND(demo_command, "demo", "Create the reference business Riverbend Pumps (溪湾泵业)", "",
        options)
{
    const char *url = command_option(line, "database", "sqlite:data/millrace.db");
    if (command_switch(line, "if-missing") && text_starts(url, "sqlite:") &&
        access(url + strlen("sqlite:"), F_OK) == 0)
        return NULL;
    TRY(company_open(cx, line, COMPANY_DEMO));
    Error *error = fill_once(cx, line);
    company_close(cx);
    return error;
}
