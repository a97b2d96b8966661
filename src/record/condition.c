// SPDX-License-Identifier: Apache-2.0
#include "record/condition.h"

#include "base/ids.h"
#include "feel/sql.h"
#include "record/field.h"
#include "record/rights.h"

#include <string.h>

// ---- compiling ------------------------------------------------------------------------------

static bool is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

// Whether the place lies within a text in quotes.
static bool in_quotes(const char *source, const char *at)
{
    bool quoted = false;
    for (; source < at; source++) {
        if (quoted && *source == '\\')
            source++;
        else if (*source == '"')
            quoted = !quoted;
    }
    return quoted;
}

// The next "customer.city" from `at` on: what stands behind the point, NULL when there is none.
static const char *next_through(const char *source, const char *at, const char *reference)
{
    size_t length = strlen(reference);
    for (at = strstr(at, reference); at; at = strstr(at + 1, reference)) {
        const char *point = at + length + strspn(at + length, " \t\r\n");
        bool begins = at == source || (!is_word_byte(at[-1]) && at[-1] != '.');
        if (*point == '.' && point[1] != '.' && begins && !in_quotes(source, at))
            return point + 1 + strspn(point + 1, " \t\r\n");
    }
    return NULL;
}

typedef struct Names {
    ARRAY(const char *) all;
    ARRAY(ConditionPath) paths;
} Names;

static bool is_there(const Actor *reader, const Field *field)
{
    return !reader || field_readable(reader, field);
}

// The paths that the text takes through one reference.
static FALLIBLE add_paths(Ctx *cx, const char *source, const Field *reference, const Actor *reader,
                          Names *names)
{
    const Entity *target = reference->target;
    const char *at = source;
    while ((at = next_through(source, at, reference->name))) {
        size_t length = 0;
        while (is_word_byte(at[length]))
            length++;
        const char *word = text_slice(cx->arena, at, length);
        const Field *field = entity_field(target, word);
        bool open = !reader || rights_on_some(reader, target, VERB_READ);
        if (!field || field->live || !open || !is_there(reader, field))
            return FAIL(cx, ERR_INVALID, "'%s' has no field '%.80s'", reference->entity->name,
                        text_format(cx->arena, "%s.%s", reference->name, word));
        const char *name = text_format(cx->arena, "%s.%s", reference->name, field->name);
        bool known = false;
        for (size_t i = 0; i < names->paths.count; i++)
            known = known || text_equal(names->paths.items[i].name, name);
        if (known)
            continue;
        array_push(cx->arena, names->all) = name;
        array_push(cx->arena, names->paths) = (ConditionPath){name, reference, field};
    }
    return NULL;
}

FALLIBLE condition_compile(Ctx *cx, const Entity *entity, const char *source, const Actor *reader,
                           const Condition **out)
{
    Names names = {0};
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (!is_there(reader, field))
            continue;
        array_push(cx->arena, names.all) = field->name;
        if (field->type == FIELD_MULTI_REFERENCE && next_through(source, source, field->name))
            return error_hint(FAIL(cx, ERR_INVALID, "'%s' leads to several records", field->name),
                              "Ask with list contains(%s, id).", field->name);
        if (field->target)
            TRY(add_paths(cx, source, field, reader, &names));
    }
    array_push(cx->arena, names.all) = "me";
    Condition *condition = NEW(cx->arena, Condition);
    *condition = (Condition){
        .entity = entity,
        .source = source,
        .names = names.all.items,
        .name_count = names.all.count,
        .paths = names.paths.items,
        .path_count = names.paths.count,
    };
    FeelOptions options = {
        .names = condition->names, .name_count = condition->name_count, .strict = true};
    TRY(feel_compile(cx, source, &options, &condition->feel));
    *out = condition;
    return NULL;
}

// ---- evaluating -----------------------------------------------------------------------------

static Value texts_of(Ctx *cx, const char *const *texts, size_t count)
{
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(texts[i]);
    return value_list(items, count);
}

static Value ids_of(Ctx *cx, const Id *ids, size_t count)
{
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(id_text(cx->arena, ids[i]));
    return value_list(items, count);
}

// What only few texts speak of is made only for those.
static FALLIBLE me_of(Ctx *cx, const char *source, const Standing *standing, Value *out)
{
    Value me = value_context(cx->arena);
    const Id *team = standing->team;
    const char *const *departments = standing->departments;
    size_t team_count = standing->team_count, department_count = standing->department_count;
    if (!team_count && strstr(source, "team"))
        TRY(standing_team(cx, standing, &team, &team_count));
    if (!department_count && strstr(source, "departments"))
        TRY(standing_departments(cx, standing, &departments, &department_count));
    value_set(cx->arena, me, "id",
              standing->user ? value_text(id_text(cx->arena, standing->user)) : value_null());
    value_set(cx->arena, me, "login", value_text(standing->login));
    value_set(cx->arena, me, "name", value_text(standing->name));
    value_set(cx->arena, me, "department", value_text(standing->department));
    if (strstr(source, "positions"))
        value_set(cx->arena, me, "positions",
                  texts_of(cx, standing->positions, standing->position_count));
    if (strstr(source, "departments"))
        value_set(cx->arena, me, "departments", texts_of(cx, departments, department_count));
    if (strstr(source, "team"))
        value_set(cx->arena, me, "team", ids_of(cx, team, team_count));
    *out = me;
    return NULL;
}

static FALLIBLE read_path(Ctx *cx, const ConditionPath *path, const Record *record, Value *out)
{
    Rows rows;
    Cell id = cell_integer(record_reference(record, path->reference->name));
    *out = value_null();
    if (!id.integer)
        return NULL;
    TRY(db_built_rows(cx, &rows,
                      text_format(cx->arena, "SELECT \"%s\" FROM \"%s\" WHERE \"id\" = $1",
                                  path->field->name, path->field->entity->name),
                      &id, 1));
    return rows.count ? field_value(cx, path->field, rows.items[0].cells[0], out) : NULL;
}

FALLIBLE condition_holds(Ctx *cx, const Condition *condition, const Standing *standing,
                         const Record *record, Value known, bool *out)
{
    const ValueContext *fields = record->fields.context;
    Value scope = value_context(cx->arena), me, result;
    for (size_t i = 0; i < fields->count; i++)
        value_set(cx->arena, scope, fields->entries[i].key, fields->entries[i].value);
    TRY(me_of(cx, condition->source, standing, &me));
    value_set(cx->arena, scope, "me", me);
    for (size_t i = 0; i < condition->path_count; i++) {
        const Value *there = value_get(known, condition->paths[i].name);
        Value value;
        if (there)
            value = *there;
        else
            TRY(read_path(cx, &condition->paths[i], record, &value));
        value_set(cx->arena, scope, condition->paths[i].name, value);
    }
    TRY(feel_evaluate(cx, condition->feel, scope, NULL, &result));
    *out = result.kind == VALUE_BOOLEAN && result.boolean;
    return NULL;
}

// ---- in SQL ---------------------------------------------------------------------------------

typedef struct Columns {
    Ctx *cx;
    const Querying *querying;
    const Condition *condition;
    const char *const *path_sql;
} Columns;

static bool field_column(const Field *field, const char *sql, FeelColumn *out)
{
    *out = (FeelColumn){.sql = sql, .kind = VALUE_TEXT};
    if (field->live)
        return false;
    switch (field->type) {
    case FIELD_JSON:
    case FIELD_MULTI_CHOICE:
    case FIELD_MULTI_REFERENCE:
    case FIELD_ADDRESS:
    case FIELD_DURATION:
        return false; // asked of each record
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_PERCENT:
        out->kind = VALUE_NUMBER;
        out->scale = field->scale;
        return true;
    case FIELD_BOOLEAN:
        out->kind = VALUE_BOOLEAN;
        return true;
    case FIELD_DATE:
        out->kind = VALUE_DATE;
        return true;
    case FIELD_INSTANT:
        out->kind = VALUE_DATE_TIME;
        return true;
    case FIELD_REFERENCE:
        out->number_of = id_parse;
        return true;
    default:
        return true;
    }
}

static bool is_name(const Condition *condition, const char *name)
{
    for (size_t i = 0; i < condition->name_count; i++)
        if (text_equal(condition->names[i], name))
            return true;
    return false;
}

static const FeelColumn *column(void *data, const char *name)
{
    const Columns *columns = data;
    FeelColumn found;
    const Field *field = NULL;
    const char *sql = NULL;
    if (!is_name(columns->condition, name))
        return NULL;
    for (size_t i = 0; i < columns->condition->path_count; i++)
        if (text_equal(columns->condition->paths[i].name, name)) {
            field = columns->condition->paths[i].field;
            sql = columns->path_sql[i];
        }
    if (!field && (field = entity_field(columns->condition->entity, name)))
        sql = query_column(columns->cx, columns->querying, field);
    if (!field || !field_column(field, sql, &found))
        return NULL;
    FeelColumn *kept = NEW(columns->cx->arena, FeelColumn);
    *kept = found;
    return kept;
}

FALLIBLE condition_sql(Ctx *cx, Querying *querying, const Condition *condition,
                       const Standing *standing, bool for_reader, ConditionSql *out)
{
    Value me, scope = value_context(cx->arena);
    const char **path_sql = NEW_ARRAY(cx->arena, const char *, condition->path_count + 1);
    for (size_t i = 0; i < condition->path_count; i++)
        TRY(query_path(cx, querying, condition->paths[i].reference, condition->paths[i].field,
                       for_reader, &path_sql[i]));
    TRY(me_of(cx, condition->source, standing, &me));
    value_set(cx->arena, scope, "me", me);
    Columns columns = {cx, querying, condition, path_sql};
    FeelSqlSetting setting = {.column = column,
                              .data = &columns,
                              .names = condition->names,
                              .name_count = condition->name_count,
                              .scope = scope,
                              .first_parameter = (int)querying->count + 1};
    FeelSql sql;
    TRY(feel_to_sql(cx, condition->source, &setting, &sql));
    for (size_t i = 0; i < sql.parameter_count; i++)
        query_parameter(cx, querying,
                        sql.parameters[i].is_text ? cell_text(sql.parameters[i].text)
                                                  : cell_integer(sql.parameters[i].integer));
    *out = (ConditionSql){sql.where, !sql.residual, sql.pushed, path_sql};
    return NULL;
}
