// SPDX-License-Identifier: Apache-2.0
#include "process/calendars.h"

#include "db/db.h"
#include "process/people.h"
#include "record/schema.h"

#include <string.h>

static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};

static FALLIBLE calendar_row(Ctx *cx, const char *key, const Row **out)
{
    Rows rows = {0};
    Cell cell = cell_text(key);
    if (schema_entity(cx->schema, "calendar"))
        TRY(db_built_rows(cx, &rows, "SELECT * FROM \"calendar\" WHERE \"key\" = $1", &cell, 1));
    if (!rows.count)
        return FAIL(cx, ERR_INVALID, "there is no calendar '%s'", key);
    *out = &rows.items[0];
    return NULL;
}

static FALLIBLE zone_of(Ctx *cx, const Row *row, const Zone **out)
{
    const char *name = row_text(row, "zone");
    const Zone *zone = zone_named(name ? name : "UTC");
    if (!zone)
        return FAIL(cx, ERR_INVALID, "the calendar '%s' has no such time zone as '%s'",
                    row_text(row, "key"), name);
    *out = zone;
    return NULL;
}

static FALLIBLE shifts_read(Ctx *cx, const Row *row, const char *column, const char *calendar,
                            WorkShifts *out)
{
    const char *text = row_text(row, column);
    if (!work_shifts_parse(cx->arena, text ? text : "", out))
        return FAIL(cx, ERR_INVALID, "the calendar '%s' has no such working time as '%s'", calendar,
                    text);
    return NULL;
}

static FALLIBLE calendar_of_row(Ctx *cx, const Row *row, BusinessCalendar *out)
{
    const char *key = row_text(row, "key");
    BusinessCalendar calendar = {.name = key};
    TRY(zone_of(cx, row, &calendar.zone));
    for (int i = 0; i < 7; i++)
        TRY(shifts_read(cx, row, weekdays[i], key, &calendar.week[i]));

    Rows rows = {0};
    Cell cell = cell_integer(row_integer(row, "id"));
    if (schema_entity(cx->schema, "calendar_day"))
        TRY(db_built_rows(cx, &rows,
                          "SELECT \"day\" AS day, \"shifts\" AS shifts FROM \"calendar_day\""
                          " WHERE \"calendar\" = $1 ORDER BY \"day\", \"id\"",
                          &cell, 1));
    WorkException *exceptions = NEW_ARRAY(cx->arena, WorkException, rows.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        WorkException one = {.date = date_from_days(row_integer(&rows.items[i], "day"))};
        TRY(shifts_read(cx, &rows.items[i], "shifts", key, &one.shifts));
        // Of a day that is there twice the later record counts.
        if (count && date_to_days(exceptions[count - 1].date) == date_to_days(one.date))
            count--;
        exceptions[count++] = one;
    }
    calendar.exceptions = exceptions;
    calendar.exception_count = count;
    *out = calendar;
    return NULL;
}

FALLIBLE calendars_read(Ctx *cx, const BusinessCalendar **out, size_t *count)
{
    Rows rows = {0};
    if (schema_entity(cx->schema, "calendar"))
        TRY(db_built_rows(cx, &rows, "SELECT * FROM \"calendar\" ORDER BY \"id\"", NULL, 0));
    BusinessCalendar *calendars = NEW_ARRAY(cx->arena, BusinessCalendar, rows.count + 1);
    size_t read = 0;
    for (size_t i = 0; i < rows.count; i++) {
        Error *error = calendar_of_row(cx, &rows.items[i], &calendars[read]);
        if (error && error->code != ERR_INVALID)
            return error;
        read += error == NULL;
    }
    *out = calendars;
    *count = read;
    return NULL;
}

// One that is not among those that can be read is asked for again: to say what is wrong.
static FALLIBLE calendar_by_key(Ctx *cx, const char *key, BusinessCalendar *out)
{
    const Organisation *organisation;
    const Row *row;
    TRY(organisation_read(cx, &organisation));
    for (size_t i = 0; i < organisation->calendar_count; i++)
        if (text_equal(organisation->calendars[i].name, key)) {
            *out = organisation->calendars[i];
            return NULL;
        }
    TRY(calendar_row(cx, key, &row));
    return calendar_of_row(cx, row, out);
}

static void all_time(BusinessCalendar *out)
{
    static const WorkShift whole_day = {0, 86400};
    out->zone = zone_utc();
    for (int i = 0; i < 7; i++)
        out->week[i] = (WorkShifts){&whole_day, 1};
}

FALLIBLE calendar_read(Ctx *cx, const char *key, BusinessCalendar *out)
{
    BusinessCalendar calendar = {0};
    const char *of = key;
    if (text_starts(key, CALENDAR_OF_DEPARTMENT))
        TRY(department_calendar(cx, people_new(cx), key + strlen(CALENDAR_OF_DEPARTMENT), &of));
    if (of)
        TRY(calendar_by_key(cx, of, &calendar));
    else
        all_time(&calendar);
    calendar.name = key;
    *out = calendar;
    return NULL;
}

FALLIBLE calendars_use(Ctx *cx, const Graph *graph)
{
    if (!graph->calendar_count)
        return NULL;
    BusinessCalendars *calendars = NEW(cx->arena, BusinessCalendars);
    BusinessCalendar *items = NEW_ARRAY(cx->arena, BusinessCalendar, graph->calendar_count);
    // One that is broken is not there: the step that counts by it says so as an incident.
    for (size_t i = 0; i < graph->calendar_count; i++) {
        Error *error = calendar_read(cx, graph->calendars[i], &items[calendars->count]);
        if (error && error->code != ERR_INVALID)
            return error;
        calendars->count += error == NULL;
    }
    calendars->items = items;
    cx->calendars = calendars;
    return NULL;
}

FALLIBLE calendar_zone(Ctx *cx, const char *key, const Zone **out)
{
    BusinessCalendar calendar;
    *out = zone_utc();
    if (!key)
        return NULL;
    TRY(calendar_by_key(cx, key, &calendar));
    *out = calendar.zone;
    return NULL;
}
