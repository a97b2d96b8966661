// SPDX-License-Identifier: Apache-2.0
// A lead's view of the team: who holds how much, who is away, what nobody has taken.
#include "base/ids.h"
#include "base/messages.h"
#include "db/db.h"
#include "process/describe.h"
#include "process/people.h"
#include "process/process.h"

QUERY(work_load_of, "SELECT state, COUNT(*) AS items FROM work_item WHERE assignee = $1"
                    " AND ended_at IS NULL AND state IN ('claimed', 'started') GROUP BY state");
QUERY(work_load_overdue,
      "SELECT COUNT(*) AS items FROM work_item WHERE assignee = $1"
      " AND ended_at IS NULL AND state IN ('claimed', 'started') AND due_order < $2");
QUERY(work_offered_in, "SELECT COUNT(*) AS items, COALESCE(SUM(blocked), 0) AS blocked FROM"
                       " work_item WHERE department = $1"
                       " AND ended_at IS NULL AND state = 'offered'");
QUERY(work_late_in, "SELECT COUNT(*) AS items FROM work_item WHERE department = $1"
                    " AND ended_at IS NULL AND state = 'offered' AND due_order < $2");

static FALLIBLE load_value(Ctx *cx, People *people, Describer *describer, const Person *person,
                           Value *out)
{
    Rows rows;
    Row *late;
    bool absent;
    int capacity;
    Value department;
    TRY(db_rows(cx, &rows, work_load_of, person->id));
    TRY(db_row(cx, &late, work_load_overdue, person->id, cx->now));
    TRY(person_absent(cx, people, person, &absent));
    TRY(person_capacity(cx, person, &capacity));
    TRY(describe_department(cx, describer, person->actor->department, &department));
    int64_t claimed = 0;
    int64_t started = 0;
    for (size_t i = 0; i < rows.count; i++)
        *(text_equal(row_text(&rows.items[i], "state"), "started") ? &started : &claimed) =
            row_integer(&rows.items[i], "items");
    Value shown = value_context(cx->arena);
    value_set(cx->arena, shown, "id", value_text(id_text(cx->arena, person->id)));
    value_set(cx->arena, shown, "name", value_text(person->actor->name));
    value_set(cx->arena, shown, "department", department);
    value_set(cx->arena, shown, "claimed", value_integer(claimed));
    value_set(cx->arena, shown, "started", value_integer(started));
    value_set(cx->arena, shown, "overdue", value_integer(row_integer(late, "items")));
    value_set(cx->arena, shown, "capacity", capacity < 0 ? value_null() : value_integer(capacity));
    value_set(cx->arena, shown, "absent", value_boolean(absent));
    *out = shown;
    return NULL;
}

static FALLIBLE department_value(Ctx *cx, Describer *describer, const char *key, Value *out)
{
    Row *offered;
    Row *late;
    TRY(describe_department(cx, describer, key, out));
    TRY(db_row(cx, &offered, work_offered_in, key));
    TRY(db_row(cx, &late, work_late_in, key, cx->now));
    Value shown = value_copy(cx->arena, *out);
    value_set(cx->arena, shown, "offered", value_integer(row_integer(offered, "items")));
    value_set(cx->arena, shown, "blocked", value_integer(row_integer(offered, "blocked")));
    value_set(cx->arena, shown, "overdue", value_integer(row_integer(late, "items")));
    *out = shown;
    return NULL;
}

static FALLIBLE members_of(Ctx *cx, People *people, const char *department, Person ***out,
                           size_t *count)
{
    // Those of the departments below come with them, for leading one is leading all below it.
    WorkGroup group = {NULL, department, NULL, 1};
    WorkGroups groups = {&group, 1};
    return people_fitting(cx, people, &groups, out, count);
}

FALLIBLE work_team_show(Ctx *cx, Value *out)
{
    People *people = people_new(cx);
    Describer *describer = describer_new(cx);
    const char **led;
    size_t led_count;
    TRY(departments_led(cx, people, &led, &led_count));
    if (!led_count)
        return FAIL(cx, ERR_NOT_FOUND, "you lead no department");
    Value *departments = NEW_ARRAY(cx->arena, Value, led_count);
    Map *seen = map_new(cx->arena);
    ARRAY(Value) members = {0};
    for (size_t i = 0; i < led_count; i++) {
        Person **persons;
        size_t count;
        TRY(department_value(cx, describer, led[i], &departments[i]));
        TRY(members_of(cx, people, led[i], &persons, &count));
        for (size_t k = 0; k < count; k++) {
            const char *id = id_text(cx->arena, persons[k]->id);
            Value member;
            if (map_get(seen, id))
                continue;
            map_put(seen, id, persons[k]);
            TRY(load_value(cx, people, describer, persons[k], &member));
            array_push(cx->arena, members) = member;
        }
    }
    Value team = value_context(cx->arena);
    value_set(cx->arena, team, "departments", value_list(departments, led_count));
    value_set(cx->arena, team, "members", value_list(members.items, members.count));
    *out = team;
    return NULL;
}

FALLIBLE work_standing(Ctx *cx, Value *out)
{
    People *people = people_new(cx);
    Person **persons;
    size_t count;
    const char **led;
    size_t led_count;
    TRY(people_stood_in(cx, people, &persons, &count));
    TRY(departments_led(cx, people, &led, &led_count));
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++) {
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "id", value_text(id_text(cx->arena, persons[i]->id)));
        value_set(cx->arena, items[i], "name", value_text(persons[i]->actor->name));
    }
    Value standing = value_context(cx->arena);
    value_set(cx->arena, standing, "stands_in_for", value_list(items, count));
    value_set(cx->arena, standing, "leads", value_boolean(led_count > 0));
    *out = standing;
    return NULL;
}
