// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "db/database.h"
#include "record/feed.h"
#include "record/test_packs.h"

static Error *create_customer(Ctx *cx, void *state)
{
    Record *made;
    return record_create(cx, "customer", test_json(cx, state), &made);
}

typedef struct Asked {
    FeedQuestion question;
    Value items;
    int64_t read;
} Asked;

static Error *ask(Ctx *cx, void *state)
{
    Asked *asked = state;
    return feed_read(cx, &asked->question, &asked->items, &asked->read);
}

static Error *newest(Ctx *cx, void *state)
{
    return feed_newest(cx, state);
}

typedef struct Forgetting {
    Instant until;
    int done;
} Forgetting;

static Error *forget(Ctx *cx, void *state)
{
    Forgetting *forgetting = state;
    return feed_forget(cx, forgetting->until, 100, &forgetting->done);
}

#define CUSTOMER(number) (void *)"{\"name\":\"Customer " number "\",\"tax_id\":\"FEED" number "\"}"

DB_TEST(the_feed_tells_changes_in_order_and_goes_on_behind_its_cursor)
{
    Asked asked = {.question = {.limit = 1}};
    test_packs_open(cx);
    test_as(cx, "sofia", DOOR_API, newest, &asked.question.number);
    test_as(cx, "sofia", DOOR_API, create_customer, CUSTOMER("1"));
    test_as(cx, "sofia", DOOR_API, create_customer, CUSTOMER("2"));
    test_as(cx, "sofia", DOOR_API, ask, &asked);
    CHECK_INT((int)asked.items.list.count, 1);
    CHECK_TEXT(value_get_text(asked.items.list.items[0], "action"), "create");
    CHECK_TEXT(value_get_text(asked.items.list.items[0], "cursor"), id_text(cx->arena, asked.read));
    int64_t first = asked.read;
    asked.question.number = first;
    test_as(cx, "sofia", DOOR_API, ask, &asked);
    CHECK_INT((int)asked.items.list.count, 1);
    CHECK(asked.read > first);
    asked.question.number = asked.read;
    test_as(cx, "sofia", DOOR_API, ask, &asked);
    CHECK_INT((int)asked.items.list.count, 0);
}

DB_TEST(a_reader_who_comes_too_late_is_told_so)
{
    Asked asked = {.question = {.limit = 10}};
    test_packs_open(cx);
    test_as(cx, "sofia", DOOR_API, create_customer, CUSTOMER("1"));
    test_as(cx, "sofia", DOOR_API, newest, &asked.question.number);
    test_as(cx, "sofia", DOOR_API, create_customer, CUSTOMER("2"));
    test_as(cx, "sofia", DOOR_API, create_customer, CUSTOMER("3"));
    Forgetting forgetting = {.until = cx->now + 1};
    test_as(cx, "system", DOOR_SYSTEM, forget, &forgetting);
    CHECK(forgetting.done > 1);
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, ask, &asked), ERR_CONFLICT, "not kept any more");
    test_as(cx, "system", DOOR_SYSTEM, forget, &forgetting);
    CHECK_INT(forgetting.done, 0); // the newest stays: the next is numbered after it
}
