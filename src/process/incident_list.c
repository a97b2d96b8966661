// SPDX-License-Identifier: Apache-2.0
// The list of incidents: the page and the count are read by the index that narrows it most.
#include "base/ids.h"
#include "process/asked.h"
#include "process/incident.h"
#include "process/incidents.h"
#include "process/people.h"

// What is not asked for is null. "unresolved" is both states before the last.
#define ASKED                                                                                      \
    "id < $1 AND (CAST($2 AS TEXT) IS NULL OR process_key = $2)"                                   \
    " AND (CAST($3 AS TEXT) IS NULL OR state = $3 OR ($3 = 'unresolved' AND state <> 'resolved'))" \
    " AND (CAST($4 AS BIGINT) IS NULL OR owner = $4)"                                              \
    " AND (CAST($5 AS TEXT) IS NULL OR department = $5)"                                           \
    " AND (CAST($6 AS BIGINT) IS NULL OR instance = $6)"
#define NEWEST " ORDER BY id DESC LIMIT $7"
#define PAGE(by) "SELECT " INCIDENT_COLUMNS " FROM process_incident WHERE " by ASKED NEWEST
#define COUNT(by) "SELECT COUNT(*) AS incidents FROM process_incident WHERE " by ASKED

#define BY_INSTANCE "instance = $6 AND "
#define BY_OWNER "owner = $4 AND "
#define BY_DEPARTMENT "department = $5 AND "
#define BY_PROCESS "process_key = $2 AND "
#define BY_STATE "state = $3 AND "
#define BY_UNRESOLVED "state IN ('open', 'taken') AND "

QUERY(incident_page_instance, PAGE(BY_INSTANCE));
QUERY(incident_page_owner, PAGE(BY_OWNER));
QUERY(incident_page_department, PAGE(BY_DEPARTMENT));
QUERY(incident_page_process, PAGE(BY_PROCESS));
QUERY(incident_page_state, PAGE(BY_STATE));
QUERY(incident_page_unresolved, PAGE(BY_UNRESOLVED));
QUERY(incident_page_all, PAGE(""));
QUERY(incident_count_instance, COUNT(BY_INSTANCE));
QUERY(incident_count_owner, COUNT(BY_OWNER));
QUERY(incident_count_department, COUNT(BY_DEPARTMENT));
QUERY(incident_count_process, COUNT(BY_PROCESS));
QUERY(incident_count_state, COUNT(BY_STATE));
QUERY(incident_count_unresolved, COUNT(BY_UNRESOLVED));
QUERY_FULL(incident_count_all, COUNT(""), NULL, "the exact count of all incidents");

typedef struct Asked {
    const char *process;
    const char *state;
    const char *department;
    Cell owner;
    Cell instance;
    Id after;
    int limit;
} Asked;

static FALLIBLE owner_read(Ctx *cx, const char *owner, Cell *out)
{
    Id id = 0;
    *out = cell_null();
    if (!owner)
        return NULL;
    if (text_equal(owner, "me"))
        id = cx->actor->user;
    else if (!text_equal(owner, "none") && !id_parse(owner, &id))
        return error_field(FAIL(cx, ERR_INVALID, "an owner is an id, me or none"), "owner");
    *out = cell_integer(id);
    return NULL;
}

static FALLIBLE asked_read(Ctx *cx, Value given, Asked *out)
{
    static const char *const states[] = {INCIDENT_OPEN, INCIDENT_TAKEN, INCIDENT_RESOLVED,
                                         "unresolved"};
    const char *instance = asked_text(given, "instance"), *after = asked_text(given, "after");
    Id id = 0;
    size_t state = 0;
    *out = (Asked){.process = asked_text(given, "process"),
                   .state = asked_text(given, "state"),
                   .department = asked_text(given, "department"),
                   .after = INT64_MAX};
    TRY(asked_limit(cx, given, &out->limit));
    TRY(owner_read(cx, asked_text(given, "owner"), &out->owner));
    if (after && !id_parse(after, &out->after))
        return asked_no_cursor(cx);
    if (instance && !id_parse(instance, &id))
        return FAIL(cx, ERR_NOT_FOUND, "there is no such process instance");
    out->instance = instance ? cell_integer(id) : cell_null();
    while (out->state && state < 4 && !text_equal(states[state], out->state))
        state++;
    return state < 4
               ? NULL
               : error_field(FAIL(cx, ERR_INVALID, "state is open, taken, resolved or unresolved"),
                             "state");
}

static FALLIBLE seen_check(Ctx *cx, const Asked *asked)
{
    bool sees = actor_may(cx->actor, "process.retry") || actor_may(cx->actor, "process.read");
    bool own = asked->owner.kind == CELL_INTEGER && cx->actor && cx->actor->user &&
               asked->owner.integer == cx->actor->user;
    if (!sees && !own && asked->department && cx->actor)
        TRY(department_is_led(cx, people_new(cx), asked->department, cx->actor->user, &sees));
    return sees || own
               ? NULL
               : error_hint(FAIL(cx, ERR_DENIED, "you may not list the incidents of others"),
                            "Ask for your own (owner=me), or for a department that you lead.");
}

static FALLIBLE page_read(Ctx *cx, const Asked *asked, Rows *rows, Row **counted)
{
    bool unresolved = text_equal(asked->state, "unresolved");
    const struct {
        bool by;
        const Query *page, *count;
    } ways[] = {
        {asked->instance.kind != CELL_NULL, &incident_page_instance, &incident_count_instance},
        {asked->owner.kind != CELL_NULL, &incident_page_owner, &incident_count_owner},
        {asked->department, &incident_page_department, &incident_count_department},
        {unresolved, &incident_page_unresolved, &incident_count_unresolved},
        {asked->process, &incident_page_process, &incident_count_process},
        {asked->state, &incident_page_state, &incident_count_state},
        {true, &incident_page_all, &incident_count_all},
    };
    size_t way = 0;
    while (!ways[way].by)
        way++;
    Cell cells[] = {cell_integer(asked->after),    cell_text(asked->process),
                    cell_text(asked->state),       asked->owner,
                    cell_text(asked->department),  asked->instance,
                    cell_integer(asked->limit + 1)};
    TRY(db_rows_cells(cx, rows, ways[way].page, cells, 7));
    cells[0] = cell_integer(INT64_MAX);
    return db_row_cells(cx, counted, ways[way].count, cells, 6);
}

FALLIBLE incident_list(Ctx *cx, Value given, Value *out)
{
    Asked asked;
    Rows rows;
    Row *counted;
    TRY(asked_read(cx, given, &asked));
    TRY(seen_check(cx, &asked));
    TRY(page_read(cx, &asked, &rows, &counted));
    size_t count = rows.count > (size_t)asked.limit ? (size_t)asked.limit : rows.count;
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    Describer *describer = describer_new(cx);
    for (size_t i = 0; i < count; i++)
        TRY(incident_value(cx, describer, incident_of(cx, &rows.items[i]), &items[i]));
    const char *next = NULL;
    if (rows.count > count)
        next = id_text(cx->arena, row_integer(&rows.items[count - 1], "id"));
    *out = page_value(cx, items, count, next, row_integer(counted, "incidents"));
    return NULL;
}
