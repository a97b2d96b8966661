// SPDX-License-Identifier: Apache-2.0
// Rights as conditions: for each grant its scope and its rule, joined by OR. A rule that SQL cannot
// say whole keeps more than it should, and each record is then asked again.
#include "record/condition.h"
#include "record/field.h"
#include "record/rights.h"
#include "record/row.h"
#include "record/search_index.h"
#include "record/share_query.h"

#define LIMIT_PATH_DEPTH 4 // references looked through by rules on what references lead to

const char *query_column(Ctx *cx, const Querying *querying, const Field *field)
{
    return text_format(cx->arena, "%s.\"%s\"", querying->alias, field->name);
}

// "column IN ($1, $2, ...)", filled up by the last to a power of two: few texts to prepare.
static const char *among(Ctx *cx, Querying *querying, const char *column, const Cell *cells,
                         size_t count)
{
    Buffer *sql = buffer_new(cx->arena);
    size_t room = 1;
    if (!count)
        return "1 = 0";
    while (room < count)
        room *= 2;
    buffer_format(sql, "%s IN (", column);
    for (size_t i = 0; i < room; i++)
        buffer_format(sql, "%s$%zu", i ? ", " : "",
                      i < count ? query_parameter(cx, querying, cells[i]) : querying->count);
    buffer_text(sql, ")");
    return sql->bytes;
}

static const char *owner_sql(Ctx *cx, const Querying *querying)
{
    return query_column(cx, querying, entity_field(querying->entity, "owner"));
}

static const char *in_departments(Ctx *cx, Querying *querying, const Standing *standing)
{
    Cell *cells = NEW_ARRAY(cx->arena, Cell, standing->department_count + 1);
    for (size_t i = 0; i < standing->department_count; i++)
        cells[i] = cell_text(standing->departments[i]);
    return among(cx, querying,
                 query_column(cx, querying, entity_field(querying->entity, "department")), cells,
                 standing->department_count);
}

static const char *in_team(Ctx *cx, Querying *querying, const Standing *standing)
{
    Cell *cells = NEW_ARRAY(cx->arena, Cell, standing->team_count + 1);
    for (size_t i = 0; i < standing->team_count; i++)
        cells[i] = cell_integer(standing->team[i]);
    return among(cx, querying, owner_sql(cx, querying), cells, standing->team_count);
}

static const char *is_own(Ctx *cx, Querying *querying, const Standing *standing)
{
    Cell user = cell_integer(standing->user);
    return among(cx, querying, owner_sql(cx, querying), &user, standing->user ? 1 : 0);
}

static const char *scope_sql(Ctx *cx, Querying *querying, Scope scope, const Standing *standing)
{
    const char *first;
    switch (scope) {
    case SCOPE_DEPARTMENT:
        first = in_departments(cx, querying, standing);
        return text_format(cx->arena, "(%s OR %s)", first, is_own(cx, querying, standing));
    case SCOPE_TEAM:
        return in_team(cx, querying, standing);
    case SCOPE_OWN:
        return is_own(cx, querying, standing);
    case SCOPE_QUEUE:
        first = in_departments(cx, querying, standing);
        return text_format(cx->arena, "(%s IS NULL AND %s)", owner_sql(cx, querying), first);
    default:
        return "1 = 1";
    }
}

static FALLIBLE grant_sql(Ctx *cx, Querying *querying, const Grant *grant, const Standing *standing,
                          const char **out)
{
    *out = scope_sql(cx, querying, grant->scope, standing);
    if (!grant->rule)
        return NULL;
    ConditionSql rule;
    TRY(condition_sql(cx, querying, grant->rule, standing, false, &rule));
    if (!rule.exact) {
        querying->wider |= 1U << grant->verb;
        array_push(cx->arena, querying->rules) = (Residue){grant->rule, rule.path_sql};
    }
    if (rule.where)
        *out = grant->scope == SCOPE_ALL ? text_format(cx->arena, "(%s)", rule.where)
                                         : text_format(cx->arena, "(%s AND %s)", *out, rule.where);
    return NULL;
}

FALLIBLE query_reach(Ctx *cx, Querying *querying, Verb verb)
{
    const Entity *entity = querying->entity;
    const Standing *standing;
    const Role *role;
    const Grant *grant;
    const Standing *shared = NULL;
    GrantWalk at = {0};
    TRY(rights_need(cx, entity, verb));
    if (rights_on_all(cx->actor, entity, verb))
        return NULL;
    Buffer *any = buffer_new(cx->arena);
    while (grants_next(cx->actor, entity, verb, &at, &standing, &role, &grant)) {
        const char *sql;
        TRY(grant_sql(cx, querying, grant, standing, &sql));
        buffer_format(any, "%s%s", any->length ? " OR " : "", sql);
        if (share_counts(verb) && standing != shared)
            buffer_format(any, " OR %s", share_sql(cx, querying, verb, standing));
        shared = standing;
    }
    query_condition(cx, querying, "(%s)", any->bytes);
    return NULL;
}

Querying querying_new(Ctx *cx, const Entity *entity)
{
    return (Querying){.entity = entity,
                      .alias = text_format(cx->arena, "\"%s\"", entity->name),
                      .where = buffer_new(cx->arena)};
}

FALLIBLE query_open(Ctx *cx, const Entity *entity, Verb verb, Querying *out)
{
    Querying querying = querying_new(cx, entity);
    TRY(query_reach(cx, &querying, verb));
    *out = querying;
    return NULL;
}

FALLIBLE query_path(Ctx *cx, Querying *querying, const Field *reference, const Field *field,
                    bool for_reader, const char **out)
{
    Querying led = *querying; // goes on with its parameters
    led.entity = reference->target;
    led.depth = querying->depth + 1;
    led.alias = text_format(cx->arena, "led%d", led.depth);
    led.where = buffer_new(cx->arena);
    led.wider = 0;
    led.rules = led.filters = (Residues){0};
    led.searched = NULL;
    if (led.depth > LIMIT_PATH_DEPTH)
        return FAIL(cx, ERR_LIMIT, "rights are looked up through more than %d references",
                    LIMIT_PATH_DEPTH);
    query_condition(cx, &led, "%s.\"id\" = %s", led.alias, query_column(cx, querying, reference));
    if (for_reader)
        TRY(query_reach(cx, &led, VERB_READ));
    if (led.wider)
        return error_field(FAIL(cx, ERR_INVALID,
                                "'%s' cannot be looked through: which of them you may read is "
                                "decided one by one",
                                reference->name),
                           reference->name);
    querying->cells = led.cells;
    querying->count = led.count;
    querying->capacity = led.capacity;
    *out = text_format(cx->arena, "(SELECT %s FROM \"%s\" %s%s)", query_column(cx, &led, field),
                       led.entity->name, led.alias, query_where(cx, &led));
    return NULL;
}

FALLIBLE query_feel(Ctx *cx, Querying *querying, const char *source)
{
    const Condition *condition;
    ConditionSql sql;
    Error *error = condition_compile(cx, querying->entity, source, cx->actor, &condition);
    if (error)
        return error_field(error, "where");
    TRY(condition_sql(cx, querying, condition, standing_own(cx->actor), true, &sql));
    if (!sql.exact)
        array_push(cx->arena, querying->filters) = (Residue){condition, sql.path_sql};
    if (sql.where) {
        query_condition(cx, querying, "(%s)", sql.where);
        querying->pushed = sql.pushed;
    }
    return NULL;
}

// ---- what SQL does not say ------------------------------------------------------------------

bool query_is_exact(const Querying *querying)
{
    return !querying->wider && !querying->filters.count && !querying->searched;
}

static void add_paths(Buffer *sql, const Residues *residues)
{
    for (size_t i = 0; i < residues->count; i++)
        for (size_t p = 0; p < residues->items[i].condition->path_count; p++)
            buffer_format(sql, ", %s", residues->items[i].path_sql[p]);
}

const char *query_probe_columns(Ctx *cx, const Querying *querying)
{
    Buffer *sql = buffer_new(cx->arena);
    buffer_text(sql, querying->entity->queries->columns);
    add_paths(sql, &querying->rules);
    add_paths(sql, &querying->filters);
    return sql->bytes;
}

// Takes the paths of one condition from the cells at *at.
static FALLIBLE take_paths(Ctx *cx, const Condition *condition, const Cell **at, Value known)
{
    for (size_t p = 0; p < condition->path_count; p++) {
        Value value;
        TRY(field_value(cx, condition->paths[p].field, *(*at)++, &value));
        value_set(cx->arena, known, condition->paths[p].name, value);
    }
    return NULL;
}

FALLIBLE query_probe(Ctx *cx, const Querying *querying, const Cell *cells, bool *keeps)
{
    Record *record;
    Row row = {.cells = cells};
    const Cell *at = cells + querying->entity->field_count;
    Value known = value_context(cx->arena);
    TRY(row_record(cx, querying->entity, &row, NULL, 0, &record));
    for (size_t i = 0; i < querying->rules.count; i++)
        TRY(take_paths(cx, querying->rules.items[i].condition, &at, known));
    *keeps = true;
    for (Verb verb = 0; verb < VERB_COUNT && *keeps; verb++)
        if (querying->wider & 1U << verb)
            TRY(rights_cover(cx, record, verb, known, keeps));
    if (*keeps && querying->searched)
        *keeps = search_holds(cx, querying->searched, record);
    for (size_t i = 0; i < querying->filters.count && *keeps; i++) {
        const Condition *filter = querying->filters.items[i].condition;
        Value seen = value_context(cx->arena);
        TRY(take_paths(cx, filter, &at, seen));
        TRY(condition_holds(cx, filter, standing_own(cx->actor), record, seen, keeps));
    }
    return NULL;
}

FALLIBLE query_readable(Ctx *cx, const Entity *entity, const Cell *ids, size_t count, Record ***out,
                        size_t *found)
{
    Rows rows;
    Querying reach;
    *found = 0;
    TRY(query_open(cx, entity, VERB_READ, &reach));
    Buffer *list = buffer_new(cx->arena);
    for (size_t i = 0; i < count; i++)
        buffer_format(list, "%s$%zu", i ? ", " : "", query_parameter(cx, &reach, ids[i]));
    query_condition(cx, &reach, "%s.\"id\" IN (%s)", reach.alias, list->bytes);
    TRY(db_built_rows(cx, &rows,
                      text_format(cx->arena, "SELECT %s FROM \"%s\"%s",
                                  query_probe_columns(cx, &reach), entity->name,
                                  query_where(cx, &reach)),
                      reach.cells, reach.count));
    *out = NEW_ARRAY(cx->arena, Record *, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        bool keeps = true;
        if (!query_is_exact(&reach))
            TRY(query_probe(cx, &reach, rows.items[i].cells, &keeps));
        if (keeps)
            TRY(row_record(cx, entity, &rows.items[i], NULL, 0, &(*out)[(*found)++]));
    }
    return NULL;
}
