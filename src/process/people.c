// SPDX-License-Identifier: Apache-2.0
#include "process/people.h"

#include "base/ids.h"
#include "db/db.h"
#include "process/calendars.h"
#include "process/describe.h"
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

QUERY(work_held_by, "SELECT COUNT(*) AS items FROM work_item WHERE assignee = $1"
                    " AND ended_at IS NULL AND state IN ('claimed', 'started')");

People *people_new(Ctx *cx)
{
    People *people = NEW(cx->arena, People);
    people->persons = map_new(cx->arena);
    return people;
}

static Person *person_put(Ctx *cx, People *people, Id id, const Actor *actor)
{
    Person *person = NEW(cx->arena, Person);
    *person = (Person){.id = id, .active = actor != NULL, .actor = actor};
    map_put(people->persons, id_text(cx->arena, id), person);
    return person;
}

Person *people_me(Ctx *cx, People *people)
{
    if (!cx->actor || !cx->actor->user)
        return NULL;
    Person *known = map_get(people->persons, id_text(cx->arena, cx->actor->user));
    return known ? known : person_put(cx, people, cx->actor->user, cx->actor);
}

FALLIBLE people_person(Ctx *cx, People *people, Id user, Person **out)
{
    Person *known = map_get(people->persons, id_text(cx->arena, user));
    if (!known) {
        Actor *actor = NULL;
        Error *error = actor_load_id(cx, user, DOOR_SYSTEM, &actor);
        if (error && error->code != ERR_NOT_FOUND)
            return error;
        known = person_put(cx, people, user, error ? NULL : actor);
    }
    *out = known;
    return NULL;
}

FALLIBLE people_by_login(Ctx *cx, People *people, const char *login, Person **out)
{
    Actor *actor = NULL;
    Error *error = actor_load(cx, login, DOOR_SYSTEM, &actor);
    if (error && error->code == ERR_NOT_FOUND)
        return error_field(FAIL(cx, ERR_INVALID, "there is no active user '%s'", login), "to");
    TRY(error);
    return people_person(cx, people, actor->user, out);
}

// ---- departments ----------------------------------------------------------------------------

static FALLIBLE departments_read(Ctx *cx, People *people)
{
    return people->organisation ? NULL : organisation_read(cx, &people->organisation);
}

static const Department *department_named(const People *people, const char *key)
{
    const Organisation *all = people->organisation;
    for (size_t i = 0; i < all->department_count; i++)
        if (text_equal(all->departments[i].key, key))
            return &all->departments[i];
    return NULL;
}

static const Department *department_of(const People *people, Id id)
{
    const Organisation *all = people->organisation;
    for (size_t i = 0; i < all->department_count; i++)
        if (all->departments[i].id == id)
            return &all->departments[i];
    return NULL;
}

static bool is_among(const char *const *keys, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(keys[i], key))
            return true;
    return false;
}

FALLIBLE departments_above(Ctx *cx, People *people, const char *department, const char ***out,
                           size_t *count)
{
    TRY(departments_read(cx, people));
    const char **keys =
        NEW_ARRAY(cx->arena, const char *, people->organisation->department_count + 1);
    *count = 0;
    keys[(*count)++] = department;
    const Department *at = department_named(people, department);
    while (at && at->parent) {
        at = department_of(people, at->parent);
        if (!at || is_among(keys, *count, at->key)) // a circle is nobody's parent
            break;
        keys[(*count)++] = at->key;
    }
    *out = keys;
    return NULL;
}

static void below_add(const People *people, Id parent, const char **keys, size_t *count)
{
    const Organisation *all = people->organisation;
    for (size_t i = 0; i < all->department_count; i++) {
        const Department *one = &all->departments[i];
        if (one->parent != parent || is_among(keys, *count, one->key))
            continue;
        keys[(*count)++] = one->key;
        below_add(people, one->id, keys, count);
    }
}

FALLIBLE departments_below(Ctx *cx, People *people, const char *department, const char ***out,
                           size_t *count)
{
    TRY(departments_read(cx, people));
    const char **keys =
        NEW_ARRAY(cx->arena, const char *, people->organisation->department_count + 2);
    *count = 0;
    keys[(*count)++] = department;
    const Department *at = department_named(people, department);
    if (at)
        below_add(people, at->id, keys, count);
    *out = keys;
    return NULL;
}

FALLIBLE departments_led(Ctx *cx, People *people, const char ***out, size_t *count)
{
    if (!people->led_read) {
        TRY(departments_read(cx, people));
        people->led_read = true;
        people->led =
            NEW_ARRAY(cx->arena, const char *, people->organisation->department_count + 1);
        Rows rows = {0};
        Cell me = cell_integer(cx->actor ? cx->actor->user : 0);
        if (schema_entity(cx->schema, "department_lead"))
            TRY(db_built_rows(cx, &rows,
                              "SELECT d.\"key\" AS key FROM \"department_lead\" l JOIN"
                              " \"department\" d ON d.\"id\" = l.\"leads\" WHERE l.\"user\" = $1",
                              &me, 1));
        for (size_t i = 0; i < rows.count; i++) {
            const char **below;
            size_t below_count;
            TRY(departments_below(cx, people, row_text(&rows.items[i], "key"), &below,
                                  &below_count));
            for (size_t k = 0; k < below_count; k++)
                if (!is_among(people->led, people->led_count, below[k]))
                    people->led[people->led_count++] = below[k];
        }
    }
    *out = people->led;
    *count = people->led_count;
    return NULL;
}

FALLIBLE department_calendar(Ctx *cx, People *people, const char *department, const char **out)
{
    const char **above;
    size_t count;
    TRY(departments_above(cx, people, department, &above, &count));
    *out = NULL;
    for (size_t i = 0; i < count && !*out; i++) {
        const Department *at = department_named(people, above[i]);
        *out = at ? at->calendar : NULL;
    }
    return NULL;
}

// ---- what a person can ----------------------------------------------------------------------

FALLIBLE person_level(Ctx *cx, Person *person, const char *skill, int *level)
{
    if (!person->skills_read && schema_has_field(cx->schema, "user_skill", "level") &&
        schema_has_field(cx->schema, "skill", "key")) {
        Rows rows;
        Cell cell = cell_integer(person->id);
        TRY(db_built_rows(cx, &rows,
                          "SELECT s.\"key\" AS key, u.\"level\" AS level FROM \"user_skill\" u"
                          " JOIN \"skill\" s ON s.\"id\" = u.\"skill\" WHERE u.\"user\" = $1",
                          &cell, 1));
        person->skills = NEW_ARRAY(cx->arena, PersonSkill, rows.count + 1);
        person->skill_count = rows.count;
        for (size_t i = 0; i < rows.count; i++)
            person->skills[i] = (PersonSkill){row_text(&rows.items[i], "key"),
                                              (int)row_integer(&rows.items[i], "level")};
    }
    person->skills_read = true;
    *level = 0;
    for (size_t i = 0; i < person->skill_count; i++)
        if (text_equal(person->skills[i].key, skill) && person->skills[i].level > *level)
            *level = person->skills[i].level;
    return NULL;
}

FALLIBLE person_fits(Ctx *cx, People *people, Person *person, const WorkGroup *group, bool *fits)
{
    *fits = false;
    const Actor *actor = person->actor;
    if (!person->active || (group->position && !actor_holds(actor, group->position)))
        return NULL;
    if (group->department && !text_equal(group->department, actor->department)) {
        const char **above;
        size_t count;
        if (!actor->department)
            return NULL;
        TRY(departments_above(cx, people, actor->department, &above, &count));
        if (!is_among(above, count, group->department))
            return NULL;
    }
    int level = 0;
    if (group->skill)
        TRY(person_level(cx, person, group->skill, &level));
    *fits = !group->skill || level >= group->level;
    return NULL;
}

// Days of an absence are those of the calendar of the absent person's department.
static FALLIBLE is_now(Ctx *cx, People *people, const Row *row, const char *department, bool *out)
{
    const Zone *zone;
    const char *calendar = NULL;
    if (department)
        TRY(department_calendar(cx, people, department, &calendar));
    TRY(calendar_zone(cx, calendar, &zone));
    int64_t today = date_to_days(instant_in(cx->now, zone).date);
    *out = row_integer(row, "first") <= today && today <= row_integer(row, "last");
    return NULL;
}

// A day more at both ends: which day it is depends on the zone.
#define AROUND_NOW " AND s.\"first_day\" <= $2 AND s.\"last_day\" >= $3"
#define DAYS_OF " s.\"first_day\" AS first, s.\"last_day\" AS last"

static FALLIBLE absences(Ctx *cx, const char *sql, Id user, Rows *out)
{
    *out = (Rows){0};
    if (!schema_has_field(cx->schema, "substitute", "first_day"))
        return NULL;
    int64_t today = date_to_days(instant_in(cx->now, zone_utc()).date);
    Cell cells[] = {cell_integer(user), cell_integer(today + 1), cell_integer(today - 1)};
    return db_built_rows(cx, out, sql, cells, 3);
}

FALLIBLE person_absent(Ctx *cx, People *people, const Person *person, bool *absent)
{
    Rows rows;
    *absent = false;
    TRY(absences(cx, "SELECT" DAYS_OF " FROM \"substitute\" s WHERE s.\"user\" = $1" AROUND_NOW,
                 person->id, &rows));
    for (size_t i = 0; i < rows.count && !*absent; i++)
        TRY(is_now(cx, people, &rows.items[i], person->actor ? person->actor->department : NULL,
                   absent));
    return NULL;
}

FALLIBLE people_stood_in(Ctx *cx, People *people, Person ***out, size_t *count)
{
    if (!people->stood_in_read) {
        people->stood_in_read = true;
        Rows rows;
        TRY(absences(cx,
                     "SELECT s.\"user\" AS user_id," DAYS_OF " FROM \"substitute\" s"
                     " WHERE s.\"substitute\" = $1" AROUND_NOW " ORDER BY s.\"user\"",
                     cx->actor ? cx->actor->user : 0, &rows));
        people->stood_in = NEW_ARRAY(cx->arena, Person *, rows.count + 1);
        for (size_t i = 0; i < rows.count; i++) {
            Person *person;
            bool now = false;
            TRY(people_person(cx, people, row_integer(&rows.items[i], "user_id"), &person));
            if (person->active && person->id != cx->actor->user)
                TRY(is_now(cx, people, &rows.items[i], person->actor->department, &now));
            for (size_t k = 0; k < people->stood_in_count && now; k++)
                now = people->stood_in[k] != person;
            if (now)
                people->stood_in[people->stood_in_count++] = person;
        }
    }
    *out = people->stood_in;
    *count = people->stood_in_count;
    return NULL;
}

FALLIBLE person_capacity(Ctx *cx, const Person *person, int *capacity)
{
    *capacity = -1;
    if (!schema_has_field(cx->schema, "user", "capacity"))
        return NULL;
    Rows rows;
    Cell cell = cell_integer(person->id);
    TRY(db_built_rows(cx, &rows,
                      "SELECT \"capacity\" AS capacity FROM \"user\" WHERE \"id\" = $1"
                      " AND \"capacity\" IS NOT NULL",
                      &cell, 1));
    if (rows.count)
        *capacity = (int)row_integer(&rows.items[0], "capacity");
    return NULL;
}

FALLIBLE person_load(Ctx *cx, Id user, int *load)
{
    Row *row;
    TRY(db_row(cx, &row, work_held_by, user));
    *load = (int)row_integer(row, "items");
    return NULL;
}

// ---- who leads ------------------------------------------------------------------------------

static FALLIBLE leads_of(Ctx *cx, const char *department, Rows *out)
{
    Cell cell = cell_text(department);
    *out = (Rows){0};
    if (!schema_entity(cx->schema, "department_lead"))
        return NULL;
    return db_built_rows(cx, out,
                         "SELECT l.\"user\" AS user_id FROM \"department\" d JOIN"
                         " \"department_lead\" l ON l.\"leads\" = d.\"id\" WHERE d.\"key\" = $1"
                         " ORDER BY l.\"id\"",
                         &cell, 1);
}

FALLIBLE department_lead(Ctx *cx, People *people, const char *department, Person **out)
{
    const char **above;
    size_t count;
    *out = NULL;
    TRY(departments_above(cx, people, department, &above, &count));
    for (size_t i = 0; i < count; i++) {
        Rows rows;
        TRY(leads_of(cx, above[i], &rows));
        for (size_t k = 0; k < rows.count; k++) {
            Person *person;
            bool absent;
            TRY(people_person(cx, people, row_integer(&rows.items[k], "user_id"), &person));
            TRY(person_absent(cx, people, person, &absent));
            if (person->active && !absent) {
                *out = person;
                return NULL;
            }
        }
    }
    return NULL;
}

FALLIBLE department_is_led(Ctx *cx, People *people, const char *department, Id user, bool *led)
{
    const char **above;
    size_t count;
    *led = false;
    TRY(departments_above(cx, people, department, &above, &count));
    for (size_t i = 0; i < count && !*led; i++) {
        Rows rows;
        TRY(leads_of(cx, above[i], &rows));
        for (size_t k = 0; k < rows.count; k++)
            *led = *led || row_integer(&rows.items[k], "user_id") == user;
    }
    return NULL;
}

// ---- who fits -------------------------------------------------------------------------------

static FALLIBLE candidates_of(Ctx *cx, const WorkGroup *group, Rows *rows)
{
    Cell cell = cell_text(group->position);
    if (group->position && schema_has_field(cx->schema, "user_position", "position"))
        return db_built_rows(cx, rows,
                             "SELECT h.\"user\" AS id FROM \"position\" p JOIN \"user_position\" h"
                             " ON h.\"position\" = p.\"id\" WHERE p.\"key\" = $1"
                             " ORDER BY h.\"user\" LIMIT 500",
                             &cell, 1);
    return db_built_rows(cx, rows,
                         "SELECT \"id\" AS id FROM \"user\" WHERE \"active\" = 1"
                         " ORDER BY \"id\" LIMIT 500",
                         NULL, 0);
}

static int by_id(const void *a, const void *b)
{
    const Person *left = *(Person *const *)a;
    const Person *right = *(Person *const *)b;
    return left->id < right->id ? -1 : left->id > right->id;
}

FALLIBLE people_fitting(Ctx *cx, People *people, const WorkGroups *groups, Person ***out,
                        size_t *count)
{
    Person **found = NEW_ARRAY(cx->arena, Person *, LIMIT_CANDIDATES * (groups->count + 1));
    size_t found_count = 0;
    for (size_t g = 0; g < groups->count; g++) {
        Rows rows;
        TRY(candidates_of(cx, &groups->items[g], &rows));
        for (size_t i = 0; i < rows.count; i++) {
            Person *person;
            bool fits;
            TRY(people_person(cx, people, row_integer(&rows.items[i], "id"), &person));
            TRY(person_fits(cx, people, person, &groups->items[g], &fits));
            if (fits)
                found[found_count++] = person;
        }
    }
    if (found_count)
        qsort(found, found_count, sizeof(Person *), by_id);
    size_t kept = 0;
    for (size_t i = 0; i < found_count; i++)
        if (!kept || found[kept - 1] != found[i])
            found[kept++] = found[i];
    *out = found;
    *count = kept > LIMIT_CANDIDATES ? LIMIT_CANDIDATES : kept;
    return NULL;
}
