// SPDX-License-Identifier: Apache-2.0
#include "dmn/grid.h"

#include <stdlib.h>
#include <string.h>

// What one test of a cell accepts: from low to high; a null end is open.
typedef struct Interval {
    Value low;
    Value high;
    bool low_closed;
    bool high_closed;
} Interval;

typedef struct CellTest {
    ARRAY(Interval) intervals;
    bool negated;
    bool any;
} CellTest;

typedef struct Builder {
    Ctx *cx;
    const Table *table;
    const NodeList *parts;
    ARRAY(Value) points;
    ValueKind kind;
    CellTest *tests; // by rule, then the allowed values
} Builder;

static bool orders(ValueKind kind)
{
    return kind == VALUE_NUMBER || kind == VALUE_TEXT || kind == VALUE_DATE ||
           kind == VALUE_BOOLEAN || kind == VALUE_DAYS_DURATION || kind == VALUE_MONTHS_DURATION;
}

static int compare(Value x, Value y)
{
    int order = 0;
    if (x.kind == VALUE_BOOLEAN)
        return (int)x.boolean - (int)y.boolean;
    value_order(x, y, &order);
    return order;
}

static int compare_points(const void *x, const void *y)
{
    return compare(*(const Value *)x, *(const Value *)y);
}

// The value of a node that is made of literals alone.
static bool literal(Builder *builder, const Node *node, Value *out)
{
    static const char *const functions[] = {"date", "duration"};
    const Feel *feel;
    if (node->kind == NODE_CALL) {
        bool known = false;
        for (size_t i = 0; i < 2; i++)
            known |= node->left->kind == NODE_NAME && strcmp(node->left->name, functions[i]) == 0;
        if (!known || node->items.count != 1 || node->items.items[0]->kind != NODE_CONSTANT ||
            node->parameters.count > 0)
            return false;
    } else if (node->kind == NODE_NEGATE) {
        if (node->left->kind != NODE_CONSTANT)
            return false;
    } else if (node->kind != NODE_CONSTANT) {
        return false;
    }
    CompileSetting setting = {.source = ""};
    if (feel_compile_tree(builder->cx, node, &setting, &feel) ||
        feel_evaluate(builder->cx, feel, value_null(), NULL, out))
        return false;
    if (!orders(out->kind) || (builder->kind != VALUE_NULL && builder->kind != out->kind))
        return false;
    builder->kind = out->kind;
    return true;
}

static void add_interval(Builder *builder, CellTest *test, Value low, bool low_closed, Value high,
                         bool high_closed)
{
    Arena *arena = builder->cx->arena;
    array_push(arena, test->intervals) = (Interval){low, high, low_closed, high_closed};
    if (low.kind != VALUE_NULL)
        array_push(arena, builder->points) = low;
    if (high.kind != VALUE_NULL)
        array_push(arena, builder->points) = high;
}

static bool read_operator(Builder *builder, const Node *node, CellTest *test)
{
    Value value;
    Value none = value_null();
    if (!literal(builder, node->right, &value))
        return false;
    if (value.kind == VALUE_BOOLEAN &&
        node->operator!= OPERATOR_EQUAL && node->operator!= OPERATOR_NOT_EQUAL)
        return false;
    switch (node->operator) {
    case OPERATOR_EQUAL:
        add_interval(builder, test, value, true, value, true);
        return true;
    case OPERATOR_NOT_EQUAL:
        add_interval(builder, test, none, false, value, false);
        add_interval(builder, test, value, false, none, false);
        return true;
    case OPERATOR_LESS:
    case OPERATOR_LESS_EQUAL:
        add_interval(builder, test, none, false, value, node->operator== OPERATOR_LESS_EQUAL);
        return true;
    default:
        add_interval(builder, test, value, node->operator== OPERATOR_GREATER_EQUAL, none, false);
        return true;
    }
}

static bool read_item(Builder *builder, const Node *node, CellTest *test)
{
    Value low;
    Value high;
    if (node->kind == NODE_BINARY && node->implicit)
        return read_operator(builder, node, test);
    if (node->kind == NODE_RANGE && !node->implicit) {
        if (!literal(builder, node->left, &low) || !literal(builder, node->right, &high) ||
            low.kind == VALUE_BOOLEAN)
            return false;
        // A range that ends before it begins holds nothing.
        if (compare(low, high) <= 0)
            add_interval(builder, test, low, node->low_closed, high, node->high_closed);
        return true;
    }
    if (!literal(builder, node, &low))
        return false;
    add_interval(builder, test, low, true, low, true);
    return true;
}

static bool read_test(Builder *builder, size_t part, CellTest *test)
{
    if (part == NO_PART) {
        test->any = true;
        return true;
    }
    const Node *node = builder->parts->items[part];
    if (node->kind != NODE_TESTS)
        return false;
    test->negated = node->negated;
    for (size_t i = 0; i < node->items.count; i++)
        if (!read_item(builder, node->items.items[i], test))
            return false;
    return true;
}

size_t grid_cell_count(const GridColumn *column)
{
    return column->point_count * 2 + 1;
}

static size_t find_point(const GridColumn *column, Value value, bool *exact)
{
    size_t low = 0;
    size_t high = column->point_count;
    *exact = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(column->points[middle], value);
        if (order == 0) {
            *exact = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void set_cells(const GridColumn *column, uint64_t *cells, size_t words, size_t rule,
                      const Interval *interval, bool value)
{
    bool exact;
    size_t first = 0;
    size_t end = grid_cell_count(column);
    if (interval->low.kind != VALUE_NULL)
        first = find_point(column, interval->low, &exact) * 2 + (interval->low_closed ? 1 : 2);
    if (interval->high.kind != VALUE_NULL)
        end = find_point(column, interval->high, &exact) * 2 + (interval->high_closed ? 2 : 1);
    for (size_t cell = first; cell < end; cell++) {
        uint64_t *word = &cells[cell * words + rule / 64];
        uint64_t bit = 1ULL << (rule % 64);
        *word = value ? *word | bit : *word & ~bit;
    }
}

// Sets the bit of the rule in each cell whose values meet its test. Every end of an interval is a
// cut point, so that a cell lies wholly inside or outside.
static void fill_rule(const GridColumn *column, uint64_t *cells, size_t words, size_t rule,
                      const CellTest *test)
{
    static const Interval all = {0};
    if (test->any || test->negated)
        set_cells(column, cells, words, rule, &all, true);
    for (size_t i = 0; i < test->intervals.count; i++)
        set_cells(column, cells, words, rule, &test->intervals.items[i], !test->negated);
}

static void sort_points(Builder *builder, GridColumn *column)
{
    qsort(builder->points.items, builder->points.count, sizeof(Value), compare_points);
    size_t kept = 0;
    for (size_t i = 0; i < builder->points.count; i++)
        if (kept == 0 || compare(builder->points.items[kept - 1], builder->points.items[i]) != 0)
            builder->points.items[kept++] = builder->points.items[i];
    column->points = builder->points.items;
    column->point_count = kept;
    column->kind = builder->kind;
}

// Texts between two points are of no interest: nobody asks what lies between "A" and "B".
static bool same_between(const GridColumn *column, size_t words)
{
    if (column->kind != VALUE_TEXT || column->point_count == 0)
        return false;
    for (size_t cell = 2; cell < grid_cell_count(column); cell += 2)
        if (memcmp(column->cells, column->cells + cell * words, words * sizeof(uint64_t)) != 0 ||
            (column->allowed && column->allowed[cell] != column->allowed[0]))
            return false;
    return true;
}

static void build_column(Builder *builder, size_t index, size_t words, size_t *bytes,
                         GridColumn *column)
{
    const Table *table = builder->table;
    Arena *arena = builder->cx->arena;
    CellTest allowed = {0};
    builder->points.items = NULL;
    builder->points.count = builder->points.capacity = 0;
    builder->kind = VALUE_NULL;
    builder->tests = NEW_ARRAY(arena, CellTest, table->rule_count);
    for (size_t rule = 0; rule < table->rule_count; rule++)
        if (!read_test(builder, table->tests[rule * table->input_count + index],
                       &builder->tests[rule]))
            return;
    bool restricted = table->inputs[index].domain != NO_PART &&
                      read_test(builder, table->inputs[index].domain, &allowed);
    if (builder->points.count > 0)
        sort_points(builder, column);
    size_t size = grid_cell_count(column) * words * sizeof(uint64_t);
    *bytes += size;
    if (*bytes > LIMIT_GRID_BYTES)
        return;
    column->cells = NEW_ARRAY(arena, uint64_t, grid_cell_count(column) * words);
    for (size_t rule = 0; rule < table->rule_count; rule++)
        fill_rule(column, column->cells, words, rule, &builder->tests[rule]);
    if (restricted) {
        column->allowed = NEW_ARRAY(arena, uint64_t, grid_cell_count(column));
        fill_rule(column, column->allowed, 1, 0, &allowed);
    }
    column->others = same_between(column, words);
    column->indexed = true;
}

Grid *grid_build(Ctx *cx, const Table *table, const NodeList *parts)
{
    Builder builder = {.cx = cx, .table = table, .parts = parts};
    Grid *grid = NEW(cx->arena, Grid);
    size_t bytes = 0;
    bool any = false;
    grid->words = (table->rule_count + 63) / 64;
    grid->column_count = table->input_count;
    grid->columns = NEW_ARRAY(cx->arena, GridColumn, table->input_count);
    for (size_t i = 0; i < table->input_count; i++) {
        build_column(&builder, i, grid->words, &bytes, &grid->columns[i]);
        any |= grid->columns[i].indexed;
    }
    return any ? grid : NULL;
}

bool grid_candidates(const Grid *grid, const Value *inputs, uint64_t *rules)
{
    memset(rules, 0xFF, grid->words * sizeof *rules);
    for (size_t i = 0; i < grid->column_count; i++) {
        const GridColumn *column = &grid->columns[i];
        if (!column->indexed)
            continue;
        if (column->point_count > 0 && inputs[i].kind != column->kind)
            return false;
        bool exact = false;
        size_t point = column->point_count ? find_point(column, inputs[i], &exact) : 0;
        const uint64_t *cell = column->cells + (point * 2 + (exact ? 1 : 0)) * grid->words;
        for (size_t word = 0; word < grid->words; word++)
            rules[word] &= cell[word];
    }
    return true;
}

// "not("A", "B")"
static char *other_texts(Arena *arena, const GridColumn *column)
{
    Buffer *out = buffer_new(arena);
    for (size_t i = 0; i < column->point_count; i++)
        buffer_format(out, "%s%s", i ? ", " : "not(", feel_text(arena, column->points[i]));
    buffer_byte(out, ')');
    return out->bytes;
}

char *grid_cell_text(Arena *arena, const GridColumn *column, size_t first, size_t last)
{
    size_t count = grid_cell_count(column);
    if (column->others && first == last && first % 2 == 0)
        return other_texts(arena, column);
    if (column->kind == VALUE_BOOLEAN && column->point_count == 1 && first == last &&
        first % 2 == 0)
        return text_copy(arena, column->points[0].boolean ? "false" : "true");
    if (first == 0 && last + 1 >= count)
        return "-";
    if (first == last && first % 2)
        return feel_text(arena, column->points[first / 2]);
    char *high = last + 1 >= count ? NULL : feel_text(arena, column->points[last / 2]);
    if (first == 0)
        return text_format(arena, "%s %s", last % 2 ? "<=" : "<", high);
    char *low = feel_text(arena, column->points[(first - 1) / 2]);
    if (!high)
        return text_format(arena, "%s %s", first % 2 ? ">=" : ">", low);
    return text_format(arena, "%c%s..%s%c", first % 2 ? '[' : '(', low, high, last % 2 ? ']' : ')');
}
