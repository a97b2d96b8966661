// SPDX-License-Identifier: Apache-2.0
#include "record/pack_apply.h"
#include "record/test_packs.h"

#define TICKET                                                                                     \
    "entity: ticket_x\ntitle: Ticket\nfields:\n"                                                   \
    "  - {name: name, type: text, title: Name}\n"                                                  \
    "  - {name: code, type: auto_number, title: Code, pattern: \"T{year}{month}-{counter:3}\"}\n"  \
    "  - {name: serial, type: auto_number, title: Serial, pattern: \"{counter:2}/{year}\","        \
    " restart: never}\n"                                                                           \
    "  - {name: daily, type: auto_number, title: Daily, pattern: "                                 \
    "\"{year}.{month}.{day}/{counter:1}\""                                                         \
    ", restart: year}\n"

static const DeclaredFile declared[] = {{"entities/ticket_x.yaml", TICKET}};

static Record *ticket(Ctx *cx, const char *json)
{
    Record *record;
    CHECK_OK(record_create(cx, "ticket_x", test_json(cx, json), &record));
    return record;
}

DECLARED_TEST(numbers_of_a_field_count_in_their_period, declared)
{
    static const Instant day = 86400LL * 1000000;
    Record *one = ticket(cx, "{}"), *two = ticket(cx, "{}");
    CHECK_TEXT(record_text(one, "code"), "T202609-001");
    CHECK_TEXT(record_text(two, "code"), "T202609-002");
    CHECK_TEXT(record_text(two, "serial"), "02/2026");
    CHECK_TEXT(record_text(two, "daily"), "2026.09.21/2");
    cx->now += 31 * day;
    Record *later = ticket(cx, "{}");
    CHECK_TEXT(record_text(later, "code"), "T202610-001");
    CHECK_TEXT(record_text(later, "serial"), "03/2026");
    CHECK_TEXT(record_text(later, "daily"), "2026.10.22/3");
    cx->now += 100 * day;
    Record *next = ticket(cx, "{}");
    CHECK_TEXT(record_text(next, "serial"), "04/2027");
    CHECK_TEXT(record_text(next, "daily"), "2027.01.30/1");
    return NULL;
}

DECLARED_TEST(a_number_is_brought_by_imports_alone_and_counted_past, declared)
{
    Record *record = ticket(cx, "{\"code\":\"T202609-041\"}");
    CHECK_TEXT(record_text(record, "code"), "T202609-041");
    CHECK_TEXT(record_text(ticket(cx, "{}"), "code"), "T202609-042");
    CHECK_FAILS(record_change(cx, "ticket_x", record->id, 1,
                              test_json(cx, "{\"code\":\"T202609-050\"}"), &record),
                ERR_INVALID, "'code' is given by the system");
    CHECK_FAILS(record_create(cx, "ticket_x", test_json(cx, "{\"code\":\"T202609-041\"}"), &record),
                ERR_CONFLICT, "has this 'code' already");
    return NULL;
}

static Error *apply(Ctx *cx, const char *more)
{
    Value answer;
    PackEdit edit = {.files = value_context(cx->arena), .base = 1, .note = "test"};
    value_set(cx->arena, edit.files, "entities/ticket_x.yaml",
              value_text(text_format(cx->arena,
                                     "entity: ticket_x\ntitle: Ticket\nfields:\n"
                                     "  - {name: code, title: Code, %s}\n",
                                     more)));
    return packs_apply(cx, cx->company->database, &edit, &answer);
}

DB_TEST(a_pattern_that_does_not_tell_its_numbers_apart_is_refused)
{
    cx->actor = actor_system();
    CHECK_OK(packs_open(cx, cx->company->database, TEST_PACKS, NULL, 0));
    CHECK_FAILS(apply(cx, "type: auto_number"), ERR_INVALID, "pattern");
    CHECK_FAILS(apply(cx, "type: auto_number, pattern: \"{year}\""), ERR_INVALID, "exactly one");
    CHECK_FAILS(apply(cx, "type: auto_number, pattern: \"{week}-{counter:3}\""), ERR_INVALID,
                "knows {year}");
    CHECK_FAILS(apply(cx, "type: auto_number, pattern: \"{month}-{counter:3}\", restart: month"),
                ERR_INVALID, "restarts by month needs {year}");
    CHECK_FAILS(apply(cx, "type: auto_number, pattern: \"{counter:3}\", restart: hourly"),
                ERR_INVALID, "restarts by year, month, day or never");
    CHECK_FAILS(apply(cx, "type: text, pattern: \"{counter:3}\""), ERR_INVALID,
                "only an auto_number has a pattern");
    schema_publish(cx->company, NULL);
}
