// SPDX-License-Identifier: Apache-2.0
#include "process/substitutes.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "process/offers.h"
#include "process/people.h"
#include "record/list.h"
#include "record/record.h"

#include <string.h>

#define ENTITY "substitute"

// The actor with the rights on these records, which his roles need not give: the caller sees to it
// that they are his own. The audit names him.
static FALLIBLE lend(Ctx *cx)
{
    static const char *const rights[] = {ENTITY ".read", ENTITY ".create", ENTITY ".delete",
                                         "user.read"};
    if (!cx->actor || !cx->actor->user)
        return FAIL(cx, ERR_DENIED, "only a person has a substitute");
    if (!schema_has_field(cx->schema, ENTITY, "first_day"))
        return FAIL(cx, ERR_NOT_FOUND, "this company keeps no substitutes");
    Actor *lent = NEW(cx->arena, Actor);
    *lent = *cx->actor;
    lent->permissions = rights;
    lent->permission_count = sizeof rights / sizeof *rights;
    cx->actor = lent;
    return NULL;
}

// As long as it is today somewhere on earth.
static Date earliest_today(const Ctx *cx)
{
    return date_from_days(date_to_days(instant_in(cx->now, zone_utc()).date) - 1);
}

static FALLIBLE mine_read(Ctx *cx, ListPage *page)
{
    char today[CALENDAR_TEXT_SIZE];
    date_print(earliest_today(cx), today);
    const ListFilter filters[] = {
        {.field = "user", .operator= "=", .value = value_text(id_text(cx->arena, cx->actor->user))},
        {.field = "last_day", .operator= ">=", .value = value_text(today)}};
    const ListSort sort = {.field = "first_day"};
    return list_read(cx,
                     &(ListRequest){.entity = ENTITY,
                                    .filters = filters,
                                    .filter_count = 2,
                                    .sorts = &sort,
                                    .sort_count = 1,
                                    .limit = LIMIT_OWN_SUBSTITUTES},
                     page);
}

static Value person_value(Ctx *cx, const char *id, const char *name)
{
    Value person = value_context(cx->arena);
    value_set(cx->arena, person, "id", value_text(id));
    value_set(cx->arena, person, "name", value_text(name));
    return person;
}

static Value shown(Ctx *cx, const ListPage *page, const Record *record)
{
    static const char *const fields[] = {"first_day", "last_day", "reason"};
    Value item = value_context(cx->arena), person = value_null();
    const Value *who = value_get(record->fields, "substitute");
    if (who && who->kind == VALUE_TEXT) {
        const char *name = value_get_text(page->labels, who->text.bytes);
        person = person_value(cx, who->text.bytes, name ? name : who->text.bytes);
    }
    value_set(cx->arena, item, "id", value_text(id_text(cx->arena, record->id)));
    value_set(cx->arena, item, "substitute", person);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const Value *value = value_get(record->fields, fields[i]);
        value_set(cx->arena, item, fields[i], value ? *value : value_null());
    }
    return item;
}

static FALLIBLE people_shown(Ctx *cx, Value *out)
{
    WorkGroup anybody = {NULL, NULL, NULL, 1};
    WorkGroups groups = {&anybody, 1};
    Person **persons;
    size_t count, kept = 0;
    TRY(people_fitting(cx, people_new(cx), &groups, &persons, &count));
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        if (persons[i]->id != cx->actor->user)
            items[kept++] =
                person_value(cx, id_text(cx->arena, persons[i]->id), persons[i]->actor->name);
    *out = value_list(items, kept);
    return NULL;
}

FALLIBLE own_substitutes(Ctx *cx, Value *out)
{
    const Actor *asking = cx->actor;
    ListPage page;
    Value people;
    TRY(lend(cx));
    Error *error = mine_read(cx, &page);
    cx->actor = asking;
    TRY(error);
    TRY(people_shown(cx, &people));
    Value *items = NEW_ARRAY(cx->arena, Value, page.count + 1);
    for (size_t i = 0; i < page.count; i++)
        items[i] = shown(cx, &page, page.records[i]);
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, page.count));
    value_set(cx->arena, *out, "people", people);
    return NULL;
}

static FALLIBLE enter(Ctx *cx, Value asked)
{
    static const char *const given[] = {"substitute", "first_day", "last_day", "reason"};
    Value fields = value_context(cx->arena);
    Record *made;
    ListPage page;
    Id other;
    const char *who = value_get_text(asked, "substitute");
    const char *until = value_get_text(asked, "last_day");
    char today[CALENDAR_TEXT_SIZE];
    date_print(earliest_today(cx), today);
    if (!who || !id_parse(who, &other))
        return error_field(FAIL(cx, ERR_INVALID, "say who stands in: the id of a user"),
                           "substitute");
    if (until && strcmp(until, today) < 0)
        return error_field(FAIL(cx, ERR_INVALID, "this period is over"), "last_day");
    TRY(mine_read(cx, &page));
    if (page.count == LIMIT_OWN_SUBSTITUTES)
        return FAIL(cx, ERR_LIMIT, "at most %d substitutes are entered ahead",
                    LIMIT_OWN_SUBSTITUTES);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        const Value *value = value_get(asked, given[i]);
        value_set(cx->arena, fields, given[i], value ? *value : value_null());
    }
    value_set(cx->arena, fields, "user", value_text(id_text(cx->arena, cx->actor->user)));
    return record_create(cx, ENTITY, fields, &made);
}

FALLIBLE own_substitute_enter(Ctx *cx, Value asked)
{
    const Actor *asking = cx->actor;
    TRY(lend(cx));
    Error *error = enter(cx, asked);
    cx->actor = asking;
    return error;
}

static FALLIBLE withdraw(Ctx *cx, Id id)
{
    Record *record;
    Error *error = record_get(cx, ENTITY, id, &record);
    if (error && error->code != ERR_NOT_FOUND)
        return error;
    const char *user = error ? NULL : value_get_text(record->fields, "user");
    if (!user || !text_equal(user, id_text(cx->arena, cx->actor->user)))
        return FAIL(cx, ERR_NOT_FOUND, "there is no such substitute of yours");
    return record_delete(cx, ENTITY, id, record->version);
}

FALLIBLE own_substitute_withdraw(Ctx *cx, Id id)
{
    const Actor *asking = cx->actor;
    TRY(lend(cx));
    Error *error = withdraw(cx, id);
    cx->actor = asking;
    return error;
}
