// SPDX-License-Identifier: Apache-2.0
#include "record/activity.h"

#include "base/ids.h"
#include "record/test_packs.h"

static void plan(Ctx *cx, const Record *account, const char *subject, const char *start)
{
    Record *made;
    Value fields = value_context(cx->arena);
    const char *about = text_format(cx->arena, "account/%s", id_text(cx->arena, account->id));
    value_set(cx->arena, fields, "subject", value_text(subject));
    value_set(cx->arena, fields, "about", value_text(about));
    value_set(cx->arena, fields, "start", value_text(start));
    CHECK_OK(record_create(cx, "activity", fields, &made));
}

static const char *told(Ctx *cx, const Record *account, Instant before, int limit)
{
    Record **records;
    size_t count;
    Buffer *subjects = buffer_new(cx->arena);
    CHECK_OK(activities_before(cx, account, before, limit, &records, &count));
    for (size_t i = 0; i < count; i++)
        buffer_format(subjects, "%s%s", i ? " " : "", record_text(records[i], "subject"));
    return subjects->bytes;
}

static Error *tell(Ctx *cx, void *state)
{
    Value labels;
    Record **records;
    size_t count;
    Record *account;
    (void)state;
    TRY(record_create(cx, "account", test_json(cx, "{\"name\":\"Alder Waterworks\"}"), &account));
    plan(cx, account, "first", "2026-01-01T08:00:00Z");
    plan(cx, account, "third", "2026-01-03T08:00:00Z");
    plan(cx, account, "second", "2026-01-02T08:00:00Z");
    plan(cx, account, "same", "2026-01-02T08:00:00Z");
    CHECK_TEXT(told(cx, account, INT64_MAX, 10), "third same second first");
    CHECK_TEXT(told(cx, account, INT64_MAX, 2), "third same");
    Instant start;
    CHECK(instant_parse("2026-01-02T08:00:00Z", &start));
    CHECK_TEXT(told(cx, account, start, 10), "first");
    CHECK_TEXT(told(cx, account, start + 1, 10), "same second first");
    CHECK_OK(activities_before(cx, account, INT64_MAX, 1, &records, &count));
    CHECK_OK(list_labels(cx, records, count, &labels));
    CHECK_TEXT(value_get_text(labels, id_text(cx->arena, account->id)), "Alder Waterworks");
    return NULL;
}

static Error *plan_about_nothing(Ctx *cx, void *state)
{
    Record *made;
    return record_create(cx, "activity", test_json(cx, state), &made);
}

DB_TEST(activities_about_a_record_are_told_the_latest_first_and_none_twice)
{
    test_open_packs(cx, "packs");
    test_as(cx, "system", DOOR_SYSTEM, tell, NULL);
    CHECK_FAILS(test_try_as(cx, "system", DOOR_API, plan_about_nothing,
                            "{\"subject\":\"x\",\"about\":\"account/0000000000001\"}"),
                ERR_INVALID, "there is no account/");
    CHECK_FAILS(test_try_as(cx, "system", DOOR_API, plan_about_nothing,
                            "{\"subject\":\"x\",\"about\":\"a customer\"}"),
                ERR_INVALID, "names no record");
}
