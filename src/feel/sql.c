// SPDX-License-Identifier: Apache-2.0
#include "feel/sql.h"
#include "feel/compile.h"
#include "feel/machine.h"
#include "feel/parser.h"
#include "feel/temporal.h"

#include <string.h>

typedef struct Writer {
    Ctx *cx;
    Arena *arena;
    const FeelSqlSetting *setting;
    ARRAY(FeelSqlParameter) parameters;
} Writer;

// A part in SQL: NULL text: cannot be said. Not exact: true of more rows than it should be.
typedef struct Part {
    const char *text;
    bool exact;
} Part;

// The values of a column that equal a constant: from low to high; none when high < low.
typedef struct Bounds {
    bool is_text;
    int64_t low;
    int64_t high;
    const char *text;
} Bounds;

typedef enum Match { MATCH_BOUNDS, MATCH_NULL, MATCH_OTHER_KIND, MATCH_NEVER, MATCH_UNKNOWN } Match;

static const Part nothing = {NULL, false};

static Part exact(const char *text)
{
    return (Part){text, true};
}

static Part always(bool truth)
{
    return exact(truth ? "1 = 1" : "1 = 0");
}

// Names.

static const char *path_of(Arena *arena, const Node *node)
{
    if (node->kind == NODE_NAME)
        return node->name;
    if (node->kind != NODE_PATH)
        return NULL;
    const char *left = path_of(arena, node->left);
    return left ? text_format(arena, "%s.%s", left, node->name) : NULL;
}

static const FeelColumn *column_of(const Writer *writer, const Node *node)
{
    const char *path = path_of(writer->arena, node);
    return path ? writer->setting->column(writer->setting->data, path) : NULL;
}

// Whether the node speaks of no column; a name that the scope does not know may be a part of one.
static bool closed(const Writer *writer, const Node *node)
{
    if (!node)
        return true;
    if (column_of(writer, node) || node->kind == NODE_HOOK || node->kind == NODE_FUNCTION)
        return false;
    if (node->kind == NODE_NAME)
        return value_get(writer->setting->scope, node->name) != NULL;
    if (node->kind == NODE_CALL && node->left->kind == NODE_NAME) {
        // A function is named, not asked for its value.
    } else if (!closed(writer, node->left)) {
        return false;
    }
    for (size_t i = 0; i < node->items.count; i++)
        if (!closed(writer, node->items.items[i]))
            return false;
    return closed(writer, node->right);
}

static bool constant(const Writer *writer, const Node *node, Value *out)
{
    const Feel *feel;
    if (!closed(writer, node))
        return false;
    CompileSetting setting = {
        .names = writer->setting->names, .name_count = writer->setting->name_count, .source = ""};
    return !feel_compile_tree(writer->cx, node, &setting, &feel) &&
           !feel_evaluate(writer->cx, feel, writer->setting->scope, NULL, out);
}

// Constants.

static bool number_bounds(Decimal value, int scale, Bounds *out)
{
    Decimal scaled;
    Decimal low;
    Decimal high;
    return decimal_multiply(value, decimal_scaled(1, scale), &scaled) &&
           decimal_round(scaled, 0, ROUND_CEILING, &low) &&
           decimal_round(scaled, 0, ROUND_FLOOR, &high) && decimal_to_integer(low, &out->low) &&
           decimal_to_integer(high, &out->high);
}

// FEEL takes date and times as equal within a millisecond; columns hold microseconds.
static bool instant_bounds(DateTime value, Bounds *out)
{
    Moment moment = temporal_moment(value);
    if (moment.seconds > INT64_MAX / 2000000 || moment.seconds < INT64_MIN / 2000000)
        return false;
    out->low = moment.seconds * 1000000 + moment.nanoseconds / 1000000 * 1000;
    out->high = out->low + 999;
    return true;
}

static Match bounds_of(const FeelColumn *column, Value value, Bounds *out)
{
    memset(out, 0, sizeof *out);
    if (value.kind == VALUE_NULL)
        return MATCH_NULL;
    if (value.kind != column->kind)
        return MATCH_OTHER_KIND;
    switch (value.kind) {
    case VALUE_NUMBER:
        return number_bounds(value.number, column->scale, out) ? MATCH_BOUNDS : MATCH_UNKNOWN;
    case VALUE_BOOLEAN:
        out->low = out->high = value.boolean;
        return MATCH_BOUNDS;
    case VALUE_TEXT:
        if (column->number_of) {
            bool is_one = column->number_of(value.text.bytes, &out->low);
            out->high = out->low;
            return is_one ? MATCH_BOUNDS : MATCH_NEVER;
        }
        out->is_text = true;
        out->text = value.text.bytes;
        return MATCH_BOUNDS;
    case VALUE_DATE:
        out->low = out->high = date_to_days(value.date);
        return MATCH_BOUNDS;
    case VALUE_DATE_TIME:
        if (!value.date_time->time.zone)
            return MATCH_NEVER; // the column's have a zone: no order, and never the same
        return instant_bounds(*value.date_time, out) ? MATCH_BOUNDS : MATCH_UNKNOWN;
    default:
        return MATCH_UNKNOWN;
    }
}

static const char *parameter(Writer *writer, const Bounds *bounds, bool high)
{
    array_push(writer->arena, writer->parameters) =
        (FeelSqlParameter){bounds->is_text, high ? bounds->high : bounds->low, bounds->text};
    return text_format(writer->arena, "$%d",
                       writer->setting->first_parameter + (int)writer->parameters.count - 1);
}

static Part compare(Writer *writer, const FeelColumn *column, const char *symbol,
                    const Bounds *bounds, bool high)
{
    return exact(text_format(writer->arena, "%s %s %s", column->sql, symbol,
                             parameter(writer, bounds, high)));
}

static Part equal_bounds(Writer *writer, const FeelColumn *column, const Bounds *bounds,
                         bool wanted)
{
    const char *sql = column->sql;
    if (!bounds->is_text && bounds->low > bounds->high)
        return always(!wanted);
    if (bounds->is_text || bounds->low == bounds->high) {
        const char *value = parameter(writer, bounds, false);
        return exact(wanted
                         ? text_format(writer->arena, "%s = %s", sql, value)
                         : text_format(writer->arena, "(%s <> %s OR %s IS NULL)", sql, value, sql));
    }
    const char *low = parameter(writer, bounds, false);
    const char *high = parameter(writer, bounds, true);
    return exact(wanted ? text_format(writer->arena, "(%s >= %s AND %s <= %s)", sql, low, sql, high)
                        : text_format(writer->arena, "(%s < %s OR %s > %s OR %s IS NULL)", sql, low,
                                      sql, high, sql));
}

static Part is_null(Writer *writer, const FeelColumn *column, bool null)
{
    return exact(text_format(writer->arena, "%s IS %sNULL", column->sql, null ? "" : "NOT "));
}

// column = value. In a list a value of another kind is no hit, elsewhere it makes null.
static Part equals(Writer *writer, const FeelColumn *column, Value value, bool wanted, bool listed)
{
    Bounds bounds;
    switch (bounds_of(column, value, &bounds)) {
    case MATCH_BOUNDS:
        return equal_bounds(writer, column, &bounds, wanted);
    case MATCH_NULL:
        return is_null(writer, column, wanted);
    case MATCH_OTHER_KIND:
        if (listed)
            return always(!wanted);
        return wanted ? always(false) : is_null(writer, column, true);
    case MATCH_NEVER:
        return always(!wanted);
    default:
        return nothing;
    }
}

static Part ordered(Writer *writer, const FeelColumn *column, Operator operator, Value value,
                    bool wanted)
{
    Bounds bounds;
    Match match = bounds_of(column, value, &bounds);
    if (match == MATCH_UNKNOWN || (match == MATCH_NEVER && column->number_of))
        return nothing; // a text that is none of the column's has its place among them all the same
    if (match != MATCH_BOUNDS || column->kind == VALUE_BOOLEAN)
        return always(false); // null: neither true nor false
    bool less = operator== OPERATOR_LESS || operator== OPERATOR_LESS_EQUAL;
    bool at_low = operator== OPERATOR_LESS || operator== OPERATOR_GREATER_EQUAL;
    const char *symbol = at_low ? (less == wanted ? "<" : ">=") : (less == wanted ? "<=" : ">");
    return compare(writer, column, symbol, &bounds, !at_low);
}

static Part compared(Writer *writer, const FeelColumn *column, Operator operator, Value value,
                     bool wanted)
{
    if (operator== OPERATOR_EQUAL)
        return equals(writer, column, value, wanted, false);
    if (operator== OPERATOR_NOT_EQUAL)
        return equals(writer, column, value, !wanted, false);
    return ordered(writer, column, operator, value, wanted);
}

// Joins. AND may leave out what cannot be said, and is then not exact; OR may not.

static Part both(Writer *writer, Part x, Part y)
{
    if (!x.text || !y.text)
        return (Part){x.text ? x.text : y.text, false};
    return (Part){text_format(writer->arena, "(%s AND %s)", x.text, y.text), x.exact && y.exact};
}

static Part either(Writer *writer, Part x, Part y)
{
    if (!x.text || !y.text)
        return nothing;
    return (Part){text_format(writer->arena, "(%s OR %s)", x.text, y.text), x.exact && y.exact};
}

static Part join(Writer *writer, bool conjunction, Part x, Part y, size_t parameters)
{
    Part part = conjunction ? both(writer, x, y) : either(writer, x, y);
    if (!part.text)
        writer->parameters.count = parameters; // what was bound for it is not needed
    return part;
}

static Part write(Writer *writer, const Node *node, bool wanted);

static Part write_columns(Writer *writer, const FeelColumn *x, const FeelColumn *y,
                          Operator operator, bool wanted)
{
    static const char *const symbols[2][6] = {{"<>", "=", ">=", ">", "<=", "<"},
                                              {"=", "<>", "<", "<=", ">", ">="}};
    Arena *arena = writer->arena;
    if (x->kind != y->kind || x->scale != y->scale || x->kind == VALUE_DATE_TIME ||
        x->number_of != y->number_of)
        return nothing;
    if (operator== OPERATOR_EQUAL || operator== OPERATOR_NOT_EQUAL) {
        bool same = (operator== OPERATOR_EQUAL) == wanted;
        if (same)
            return exact(text_format(arena, "(%s = %s OR (%s IS NULL AND %s IS NULL))", x->sql,
                                     y->sql, x->sql, y->sql));
        return exact(text_format(arena,
                                 "(%s <> %s OR (%s IS NULL AND %s IS NOT NULL) OR "
                                 "(%s IS NOT NULL AND %s IS NULL))",
                                 x->sql, y->sql, x->sql, y->sql, x->sql, y->sql));
    }
    if (x->kind == VALUE_BOOLEAN)
        return always(false);
    return exact(text_format(arena, "%s %s %s", x->sql, symbols[wanted][operator - OPERATOR_EQUAL],
                             y->sql));
}

static Operator mirrored(Operator operator)
{
    switch (operator) {
    case OPERATOR_LESS:
        return OPERATOR_GREATER;
    case OPERATOR_LESS_EQUAL:
        return OPERATOR_GREATER_EQUAL;
    case OPERATOR_GREATER:
        return OPERATOR_LESS;
    case OPERATOR_GREATER_EQUAL:
        return OPERATOR_LESS_EQUAL;
    default:
        return operator;
    }
}

static Part write_binary(Writer *writer, const Node *node, bool wanted)
{
    Value value;
    const FeelColumn *x = column_of(writer, node->left);
    const FeelColumn *y = column_of(writer, node->right);
    if (node->operator<OPERATOR_EQUAL)
        return nothing;
    if (x && y)
        return write_columns(writer, x, y, node->operator, wanted);
    if (x && constant(writer, node->right, &value))
        return compared(writer, x, node->operator, value, wanted);
    if (y && constant(writer, node->left, &value))
        return compared(writer, y, mirrored(node->operator), value, wanted);
    return nothing;
}

static Part write_range(Writer *writer, const FeelColumn *column, const ValueRange *range,
                        bool wanted)
{
    if (range->by_operator || range->low.kind == VALUE_NULL || range->high.kind == VALUE_NULL)
        return nothing;
    size_t parameters = writer->parameters.count;
    Part low =
        ordered(writer, column, range->low_closed ? OPERATOR_GREATER_EQUAL : OPERATOR_GREATER,
                range->low, wanted);
    Part high = ordered(writer, column, range->high_closed ? OPERATOR_LESS_EQUAL : OPERATOR_LESS,
                        range->high, wanted);
    return join(writer, wanted, low, high, parameters);
}

static Part write_list(Writer *writer, const FeelColumn *column, ValueList list, bool wanted)
{
    size_t parameters = writer->parameters.count;
    Part part = always(!wanted);
    if (list.count > LIMIT_SQL_PARAMETERS)
        return nothing;
    for (size_t i = 0; i < list.count; i++) {
        Value item = list.items[i];
        if (item.kind == VALUE_RANGE)
            return nothing;
        Part one = equals(writer, column, item, wanted, true);
        part = i == 0 ? one : join(writer, !wanted, part, one, parameters);
        if (!part.text || !part.exact) {
            writer->parameters.count = parameters;
            return nothing;
        }
    }
    return part;
}

static Part write_test(Writer *writer, const FeelColumn *column, const Node *test, bool wanted)
{
    Value value;
    if (test->kind == NODE_BINARY && test->implicit)
        return constant(writer, test->right, &value)
                   ? compared(writer, column, test->operator, value, wanted)
                   : nothing;
    if (!constant(writer, test, &value))
        return nothing;
    if (value.kind == VALUE_LIST)
        return write_list(writer, column, value.list, wanted);
    if (value.kind == VALUE_RANGE)
        return write_range(writer, column, value.range, wanted);
    if (value.kind == VALUE_BOOLEAN && column->kind != VALUE_BOOLEAN)
        return nothing; // a test that is true is met, whatever the value
    return equals(writer, column, value, wanted, false);
}

static Part write_in(Writer *writer, const Node *node, bool wanted)
{
    const FeelColumn *column = column_of(writer, node->left);
    size_t parameters = writer->parameters.count;
    Part part = nothing;
    for (size_t i = 0; column && i < node->items.count; i++) {
        Part one = write_test(writer, column, node->items.items[i], wanted);
        part = i == 0 ? one : join(writer, !wanted, part, one, parameters);
        if (!part.text)
            break;
    }
    return part;
}

static Part write_between(Writer *writer, const Node *node, bool wanted)
{
    const FeelColumn *column = column_of(writer, node->left);
    Value low;
    Value high;
    if (!column || !constant(writer, node->items.items[0], &low) ||
        !constant(writer, node->items.items[1], &high))
        return nothing;
    size_t parameters = writer->parameters.count;
    Part x = ordered(writer, column, OPERATOR_GREATER_EQUAL, low, wanted);
    Part y = ordered(writer, column, OPERATOR_LESS_EQUAL, high, wanted);
    return join(writer, wanted, x, y, parameters);
}

// The least text above all that begin with the prefix; NULL when there is none.
static const char *prefix_end(Arena *arena, Text prefix)
{
    ARRAY(int32_t) points = {0};
    const char *at = prefix.bytes;
    while (at < prefix.bytes + prefix.length)
        array_push(arena, points) = utf8_next(&at, prefix.bytes + prefix.length);
    while (points.count > 0 && points.items[points.count - 1] == 0x10FFFF)
        points.count--;
    if (points.count == 0)
        return NULL;
    int32_t *last = &points.items[points.count - 1];
    *last = *last == 0xD7FF ? 0xE000 : *last + 1;
    Buffer *out = buffer_new(arena);
    for (size_t i = 0; i < points.count; i++) {
        char bytes[4];
        buffer_add(out, bytes, utf8_encode(points.items[i], bytes));
    }
    return out->bytes;
}

static Part write_starts_with(Writer *writer, const Node *node, bool wanted)
{
    const FeelColumn *column = column_of(writer, node->items.items[0]);
    Value prefix;
    if (!column || column->kind != VALUE_TEXT || column->number_of ||
        !constant(writer, node->items.items[1], &prefix) || prefix.kind != VALUE_TEXT)
        return nothing;
    const char *end = prefix_end(writer->arena, prefix.text);
    if (!end)
        return nothing;
    size_t parameters = writer->parameters.count;
    Bounds low = {.is_text = true, .text = prefix.text.bytes};
    Bounds high = {.is_text = true, .text = end};
    Part x = compare(writer, column, wanted ? ">=" : "<", &low, false);
    Part y = compare(writer, column, wanted ? "<" : ">=", &high, false);
    return join(writer, wanted, x, y, parameters);
}

static bool calls(const Writer *writer, const Node *node, const char *name, size_t count)
{
    if (node->left->kind != NODE_NAME || strcmp(node->left->name, name) != 0 ||
        node->items.count != count || node->parameters.count > 0)
        return false;
    for (size_t i = 0; i < writer->setting->name_count; i++)
        if (strcmp(writer->setting->names[i], name) == 0)
            return false;
    return true;
}

static Part write_kind(Writer *writer, const Node *node, bool wanted)
{
    size_t parameters = writer->parameters.count;
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR: {
        Part x = write(writer, node->left, wanted);
        Part y = write(writer, node->right, wanted);
        return join(writer, (node->kind == NODE_AND) == wanted, x, y, parameters);
    }
    case NODE_BINARY:
        return node->implicit ? nothing : write_binary(writer, node, wanted);
    case NODE_IN:
        return write_in(writer, node, wanted);
    case NODE_BETWEEN:
        return write_between(writer, node, wanted);
    case NODE_CALL:
        if (calls(writer, node, "not", 1))
            return write(writer, node->items.items[0], !wanted);
        return calls(writer, node, "starts with", 2) ? write_starts_with(writer, node, wanted)
                                                     : nothing;
    default:
        return nothing;
    }
}

static Part write(Writer *writer, const Node *node, bool wanted)
{
    Value value;
    const FeelColumn *column = column_of(writer, node);
    if (column)
        return column->kind == VALUE_BOOLEAN
                   ? equal_bounds(writer, column, &(Bounds){.low = wanted, .high = wanted}, true)
                   : always(false);
    if (constant(writer, node, &value))
        return always(value.kind == VALUE_BOOLEAN && value.boolean == wanted);
    size_t parameters = writer->parameters.count;
    Part part = write_kind(writer, node, wanted);
    if (writer->parameters.count > LIMIT_SQL_PARAMETERS || !part.text) {
        writer->parameters.count = parameters;
        return nothing;
    }
    return part;
}

typedef struct Split {
    Writer writer;
    const char *source;
    Buffer *where;
    Buffer *pushed;
    Node *residual;
} Split;

static void split(Split *s, Node *node)
{
    Arena *arena = s->writer.arena;
    if (node->kind == NODE_AND) {
        split(s, node->left);
        split(s, node->right);
        return;
    }
    Part part = write(&s->writer, node, true);
    if (part.text) {
        buffer_format(s->where, "%s%s", s->where->length ? " AND " : "", part.text);
        buffer_format(s->pushed, "%s%.*s", s->pushed->length ? " and " : "", node->to - node->from,
                      s->source + node->from);
    }
    if (part.text && part.exact)
        return;
    if (s->residual) {
        Node *both_nodes = feel_node(arena, NODE_AND, s->residual->from, node->to);
        both_nodes->left = s->residual;
        both_nodes->right = node;
        s->residual = both_nodes;
    } else {
        s->residual = node;
    }
}

FALLIBLE feel_to_sql(Ctx *cx, const char *source, const FeelSqlSetting *setting, FeelSql *out)
{
    NameScope scope = {.names = setting->names, .count = setting->name_count};
    ParserSetting parser = {.scope = &scope};
    CompileSetting compiler = {
        .names = setting->names, .name_count = setting->name_count, .source = source};
    Split s = {.writer = {.cx = cx, .arena = cx->arena, .setting = setting},
               .source = source,
               .where = buffer_new(cx->arena),
               .pushed = buffer_new(cx->arena)};
    Node *tree;
    FeelSql result = {0};
    TRY(feel_parse(cx, source, &parser, &tree));
    split(&s, tree);
    if (s.residual)
        TRY(feel_compile_tree(cx, s.residual, &compiler, &result.residual));
    result.where = s.where->length ? s.where->bytes : NULL;
    result.pushed = s.pushed->bytes;
    result.parameters = s.writer.parameters.items;
    result.parameter_count = s.writer.parameters.count;
    *out = result;
    return NULL;
}
