// SPDX-License-Identifier: Apache-2.0
#include "record/summary.h"

#include "base/ids.h"
#include "record/field.h"
#include "record/labels.h"
#include "record/list_columns.h"
#include "record/list_path.h"
#include "record/list_walk.h"
#include "record/live.h"

#include <stdlib.h>
#include <string.h>

#define DAY_US 86400000000LL
#define CHUNK 500 // ids of one statement, where rights are asked record by record

typedef enum Period {
    PERIOD_NONE,
    PERIOD_DAY,
    PERIOD_WEEK,
    PERIOD_MONTH,
    PERIOD_QUARTER,
    PERIOD_YEAR
} Period;
typedef enum Measure {
    MEASURE_SUM,
    MEASURE_AVERAGE,
    MEASURE_MINIMUM,
    MEASURE_MAXIMUM,
    MEASURE_COUNT
} Measure;

typedef struct GroupBy {
    const char *name; // as it was asked for
    ListPath path;
    Period period;
    const char *sql;
} GroupBy;

typedef struct Measured {
    const char *name;
    const Field *field;
    Measure measure;
} Measured;

// What one group has so far.
typedef struct Sums {
    int64_t count;
    int64_t sum;
    Cell low;
    Cell high;
} Sums;

typedef struct Group {
    Cell by[SUMMARY_GROUPS];
    int64_t count;
    Sums sums[SUMMARY_MEASURES];
} Group;

typedef struct Summary {
    const Entity *entity;
    GroupBy groups[SUMMARY_GROUPS];
    size_t group_count;
    Measured measures[SUMMARY_MEASURES];
    size_t measure_count;
    Map *by_key;
    ARRAY(Group *) found;
    int64_t count;
} Summary;

// ---- what is asked for ----------------------------------------------------------------------

static FALLIBLE read_period(Ctx *cx, const char *word, const Field *field, Period *out)
{
    static const char *const words[] = {"", "day", "week", "month", "quarter", "year"};
    bool dated = field->type == FIELD_DATE || field->type == FIELD_INSTANT;
    *out = field->type == FIELD_INSTANT ? PERIOD_DAY : PERIOD_NONE;
    if (!word)
        return NULL;
    for (Period period = PERIOD_DAY; period <= PERIOD_YEAR && dated; period++)
        if (text_equal(words[period], word)) {
            *out = period;
            return NULL;
        }
    return error_hint(
        error_field(FAIL(cx, ERR_INVALID, "'%s' is no period of '%s'", word, field->name), "group"),
        "Dates and instants have day, week, month, quarter, year.");
}

static FALLIBLE read_group(Ctx *cx, Summary *summary, const char *name)
{
    GroupBy group = {.name = name};
    const char *colon = strchr(name, ':');
    const char *field = colon ? text_slice(cx->arena, name, (size_t)(colon - name)) : name;
    if (summary->group_count == SUMMARY_GROUPS)
        return error_field(
            FAIL(cx, ERR_INVALID, "a summary has at most %d groupings", SUMMARY_GROUPS), "group");
    TRY(list_path_read(cx, summary->entity, field, &group.path));
    TRY(live_refuse(cx, group.path.field));
    if (field_is_tree(group.path.field) || group.path.field->type == FIELD_LONG_TEXT)
        return error_field(FAIL(cx, ERR_INVALID, "'%s' cannot be grouped by", field), "group");
    TRY(read_period(cx, colon ? colon + 1 : NULL, group.path.field, &group.period));
    summary->groups[summary->group_count++] = group;
    return NULL;
}

static bool is_measured(const Field *field, Measure measure)
{
    bool number = field->type == FIELD_INTEGER || field->type == FIELD_DECIMAL ||
                  field->type == FIELD_MONEY || field->type == FIELD_PERCENT;
    bool ordered = number || field->type == FIELD_DATE || field->type == FIELD_INSTANT;
    return measure == MEASURE_COUNT || number ||
           (ordered && (measure == MEASURE_MINIMUM || measure == MEASURE_MAXIMUM));
}

static FALLIBLE read_measure(Ctx *cx, Summary *summary, const char *name)
{
    static const char *const words[] = {"sum", "average", "minimum", "maximum", "count"};
    const char *colon = strchr(name, ':');
    Measured measured = {.name = name};
    bool known = false;
    if (summary->measure_count == SUMMARY_MEASURES)
        return error_field(
            FAIL(cx, ERR_INVALID, "a summary has at most %d measures", SUMMARY_MEASURES),
            "measure");
    for (Measure measure = 0; measure <= MEASURE_COUNT && colon; measure++)
        if (text_equal(words[measure], text_slice(cx->arena, name, (size_t)(colon - name)))) {
            measured.measure = measure;
            known = true;
        }
    if (!known)
        return error_hint(
            error_field(FAIL(cx, ERR_INVALID, "'%.80s' is no measure", name), "measure"),
            "Known: sum, average, minimum, maximum, count, as in sum:amount.");
    TRY(query_field(cx, summary->entity, colon + 1, &measured.field));
    TRY(live_refuse(cx, measured.field));
    if (!is_measured(measured.field, measured.measure))
        return error_field(FAIL(cx, ERR_INVALID, "'%s' cannot be measured so", name), "measure");
    summary->measures[summary->measure_count++] = measured;
    return NULL;
}

// ---- what the database groups ---------------------------------------------------------------

// An instant as its day: whole days, towards the past.
static const char *group_sql(Ctx *cx, const GroupBy *group, const char *column)
{
    if (group->path.field->type != FIELD_INSTANT)
        return column;
    return text_format(cx->arena, "(%s - ((%s %% %lld + %lld) %% %lld)) / %lld", column, column,
                       DAY_US, DAY_US, DAY_US, DAY_US);
}

static FALLIBLE summary_sql(Ctx *cx, Summary *summary, Querying *querying, const char **out)
{
    Buffer *sql = buffer_new(cx->arena), *by = buffer_new(cx->arena);
    buffer_text(sql, "SELECT COUNT(*)");
    for (size_t i = 0; i < summary->group_count; i++) {
        const char *column;
        TRY(list_path_sql(cx, querying, &summary->groups[i].path, &column));
        buffer_format(sql, ", %s", group_sql(cx, &summary->groups[i], column));
        buffer_format(by, "%s%zu", by->length ? ", " : " GROUP BY ", i + 2);
    }
    for (size_t i = 0; i < summary->measure_count; i++) {
        const Field *field = summary->measures[i].field;
        const char *column = query_column(cx, querying, field);
        bool adds = is_measured(field, MEASURE_SUM);
        buffer_format(sql, ", COUNT(%s), %s, MIN(%s), MAX(%s)", column,
                      adds ? text_format(cx->arena, "CAST(SUM(%s) AS BIGINT)", column) : "0",
                      column, column);
    }
    buffer_format(sql, " FROM \"%s\"%s%s LIMIT %d", querying->entity->name,
                  query_where(cx, querying), by->length ? by->bytes : "", SUMMARY_ROWS * 50);
    *out = sql->bytes;
    return NULL;
}

// ---- gathering ------------------------------------------------------------------------------

static int64_t period_start(int64_t day, Period period)
{
    Date date = date_from_days(day);
    switch (period) {
    case PERIOD_WEEK:
        return day - ((day + 3) % 7 + 7) % 7; // 1970-01-01 was a Thursday
    case PERIOD_MONTH:
        date.day = 1;
        return date_to_days(date);
    case PERIOD_QUARTER:
        date.month = (date.month - 1) / 3 * 3 + 1;
        date.day = 1;
        return date_to_days(date);
    case PERIOD_YEAR:
        date.month = date.day = 1;
        return date_to_days(date);
    default:
        return day;
    }
}

static int cell_order(Cell a, Cell b)
{
    if (a.kind == CELL_NULL || b.kind == CELL_NULL)
        return (a.kind != CELL_NULL) - (b.kind != CELL_NULL);
    if (a.kind == CELL_TEXT)
        return strcmp(a.text.bytes, b.text.bytes);
    return (a.integer > b.integer) - (a.integer < b.integer);
}

static Group *group_of(Ctx *cx, Summary *summary, const Cell *by)
{
    Buffer *key = buffer_new(cx->arena);
    for (size_t i = 0; i < summary->group_count; i++)
        buffer_format(
            key, "%d:%zu:%s/", (int)by[i].kind, by[i].kind == CELL_TEXT ? by[i].text.length : 0,
            by[i].kind == CELL_TEXT      ? by[i].text.bytes
            : by[i].kind == CELL_INTEGER ? text_format(cx->arena, "%lld", (long long)by[i].integer)
                                         : "");
    Group *group = map_get(summary->by_key, key->length ? key->bytes : "all");
    if (group)
        return group;
    group = NEW(cx->arena, Group);
    memcpy(group->by, by, summary->group_count * sizeof *by);
    map_put(summary->by_key, key->length ? key->bytes : "all", group);
    array_push(cx->arena, summary->found) = group;
    return group;
}

static FALLIBLE add_sums(Ctx *cx, Sums *sums, const Cell *cells)
{
    int64_t sum = cells[1].kind == CELL_INTEGER ? cells[1].integer : 0;
    sums->count += cells[0].integer;
    if (__builtin_add_overflow(sums->sum, sum, &sums->sum))
        return FAIL(cx, ERR_LIMIT, "the sum is too large");
    if (cells[2].kind != CELL_NULL &&
        (sums->low.kind == CELL_NULL || cell_order(cells[2], sums->low) < 0))
        sums->low = cells[2];
    if (cells[3].kind != CELL_NULL && cell_order(cells[3], sums->high) > 0)
        sums->high = cells[3];
    return NULL;
}

static FALLIBLE gather(Ctx *cx, Summary *summary, Querying querying)
{
    Rows rows;
    const char *sql;
    TRY(summary_sql(cx, summary, &querying, &sql));
    TRY(db_built_rows(cx, &rows, sql, querying.cells, querying.count));
    for (size_t i = 0; i < rows.count; i++) {
        const Cell *cells = rows.items[i].cells;
        Cell by[SUMMARY_GROUPS] = {0};
        for (size_t g = 0; g < summary->group_count; g++) {
            by[g] = cells[1 + g];
            if (by[g].kind == CELL_INTEGER && summary->groups[g].period > PERIOD_DAY)
                by[g].integer = period_start(by[g].integer, summary->groups[g].period);
        }
        Group *group = group_of(cx, summary, by);
        group->count += cells[0].integer;
        summary->count += cells[0].integer;
        for (size_t m = 0; m < summary->measure_count; m++)
            TRY(add_sums(cx, &group->sums[m], &cells[1 + summary->group_count + m * 4]));
    }
    if (summary->found.count > SUMMARY_ROWS || rows.count == SUMMARY_ROWS * 50)
        return error_hint(
            error_field(FAIL(cx, ERR_LIMIT, "there are more than %d groups", SUMMARY_ROWS),
                        "group"),
            "Filter the list, or group by a longer period.");
    return NULL;
}

// Where rights or the filter are asked record by record: first which records, then in chunks.
static FALLIBLE gather_walked(Ctx *cx, Summary *summary, const Querying *querying)
{
    int64_t total = 0;
    size_t count = 0;
    SortKeys keys;
    TRY(list_walk_count(cx, querying, &total));
    TRY(sort_keys(cx, summary->entity, NULL, 0, &keys));
    Id *ids = NEW_ARRAY(cx->arena, Id, (size_t)total + 1);
    TRY(list_walk(cx, querying, &keys, NULL, (size_t)total, ids, &count));
    for (size_t from = 0; from < count; from += CHUNK) {
        Querying kept = query_of_ids(cx, summary->entity, ids + from,
                                     count - from < CHUNK ? count - from : CHUNK);
        TRY(gather(cx, summary, kept));
    }
    return NULL;
}

// ---- the answer -----------------------------------------------------------------------------

static int by_group(const void *a, const void *b)
{
    const Group *left = *(Group *const *)a, *right = *(Group *const *)b;
    for (size_t i = 0; i < SUMMARY_GROUPS; i++) {
        int order = cell_order(left->by[i], right->by[i]);
        if (order)
            return order;
    }
    return 0;
}

static FALLIBLE measure_value(Ctx *cx, const Measured *measured, const Sums *sums, Value *out)
{
    Decimal average;
    *out = value_null();
    switch (measured->measure) {
    case MEASURE_COUNT:
        *out = value_integer(sums->count);
        return NULL;
    case MEASURE_MINIMUM:
        return field_value(cx, measured->field, sums->low, out);
    case MEASURE_MAXIMUM:
        return field_value(cx, measured->field, sums->high, out);
    case MEASURE_SUM:
        return field_value(cx, measured->field, cell_integer(sums->sum), out);
    case MEASURE_AVERAGE:
        if (sums->count &&
            decimal_divide(decimal_scaled(sums->sum, -measured->field->scale),
                           decimal_from_integer(sums->count), &average) &&
            decimal_round(average, measured->field->scale + 4, ROUND_HALF_EVEN, &average))
            *out = value_number(average);
        return NULL;
    }
    return NULL;
}

// The value of a group and its name for people: the choice's title, the record's label.
static FALLIBLE by_value(Ctx *cx, const GroupBy *group, Cell cell, Value labels, Value *out)
{
    const Field *field = group->path.field;
    Value value = value_null();
    const char *label = NULL;
    *out = value_context(cx->arena);
    if (field->type == FIELD_INSTANT) {
        if (cell.kind == CELL_INTEGER)
            value = value_date(date_from_days(cell.integer));
    } else {
        TRY(field_value(cx, field, cell, &value));
    }
    if (value.kind == VALUE_TEXT && field->type == FIELD_REFERENCE)
        label = value_get_text(labels, value.text.bytes);
    const Choice *choice = value.kind == VALUE_TEXT && field->type == FIELD_CHOICE
                               ? field_choice(field, value.text.bytes)
                               : NULL;
    if (choice)
        label = title_in(cx, choice->title);
    value_set(cx->arena, *out, "value", value);
    value_set(cx->arena, *out, "label", value_text(label));
    return NULL;
}

static FALLIBLE group_labels(Ctx *cx, const Summary *summary, Value labels)
{
    for (size_t g = 0; g < summary->group_count; g++) {
        const Field *field = summary->groups[g].path.field;
        Id *ids = NEW_ARRAY(cx->arena, Id, summary->found.count + 1);
        if (field->type != FIELD_REFERENCE || !field->target)
            continue;
        for (size_t i = 0; i < summary->found.count; i++)
            ids[i] = summary->found.items[i]->by[g].integer;
        TRY(labels_of(cx, field->target, ids, summary->found.count, labels));
    }
    return NULL;
}

static FALLIBLE group_value(Ctx *cx, const Summary *summary, const Group *group, Value labels,
                            Value *out)
{
    Value by = value_context(cx->arena), measures = value_context(cx->arena), value;
    for (size_t g = 0; g < summary->group_count; g++) {
        TRY(by_value(cx, &summary->groups[g], group->by[g], labels, &value));
        value_set(cx->arena, by, summary->groups[g].name, value);
    }
    for (size_t m = 0; m < summary->measure_count; m++) {
        TRY(measure_value(cx, &summary->measures[m], &group->sums[m], &value));
        value_set(cx->arena, measures, summary->measures[m].name, value);
    }
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "by", by);
    value_set(cx->arena, *out, "count", value_integer(group->count));
    value_set(cx->arena, *out, "measures", measures);
    return NULL;
}

FALLIBLE list_summary(Ctx *cx, const SummaryRequest *request, Value *out)
{
    Summary summary = {.by_key = map_new(cx->arena)};
    Querying querying;
    Value labels = value_context(cx->arena);
    TRY(schema_find(cx, request->list.entity, &summary.entity));
    TRY(list_query(cx, summary.entity, &request->list, VERB_READ, &querying));
    for (size_t i = 0; i < request->group_count; i++)
        TRY(read_group(cx, &summary, request->groups[i]));
    for (size_t i = 0; i < request->measure_count; i++)
        TRY(read_measure(cx, &summary, request->measures[i]));
    if (query_is_exact(&querying))
        TRY(gather(cx, &summary, querying));
    else
        TRY(gather_walked(cx, &summary, &querying));
    if (summary.found.count)
        qsort(summary.found.items, summary.found.count, sizeof *summary.found.items, by_group);
    TRY(group_labels(cx, &summary, labels));
    Value *groups = NEW_ARRAY(cx->arena, Value, summary.found.count + 1);
    for (size_t i = 0; i < summary.found.count; i++)
        TRY(group_value(cx, &summary, summary.found.items[i], labels, &groups[i]));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "groups", value_list(groups, summary.found.count));
    value_set(cx->arena, *out, "count", value_integer(summary.count));
    return NULL;
}
