// SPDX-License-Identifier: Apache-2.0
// Range functions (DMN 1.5, 10.3.4.8, table 78) and range(): each point counts as itself, each
// range as its ends with their closedness.
#include "feel/builtin.h"
#include "feel/conversion.h"
#include "feel/parser.h"

#include <string.h>

typedef struct Side {
    Value low;
    Value high;
    bool low_closed;
    bool high_closed;
    bool point;
} Side;

static bool read_side(Machine *machine, const Value *arguments, size_t index, Side *out)
{
    Value value = argument_single(arguments, index);
    int order;
    if (value.kind == VALUE_RANGE) {
        const ValueRange *range = value.range;
        *out = (Side){range->low, range->high, range->low_closed, range->high_closed, false};
        return true;
    }
    if (!value_order(value, value, &order)) {
        argument_mismatch(machine, index, "a point or a range", value);
        return false;
    }
    *out = (Side){value, value, true, true, true};
    return true;
}

static bool read_sides(Machine *machine, const Value *arguments, Side *x, Side *y)
{
    return read_side(machine, arguments, 0, x) && read_side(machine, arguments, 1, y);
}

static Value no_order(Machine *machine, Value x, Value y)
{
    return machine_diagnose(machine, "type-mismatch", NULL, "%s and %s have no order",
                            value_kind_word(x.kind), value_kind_word(y.kind));
}

// The order of two ends, an open (null) low end lying below and an open high end above everything.
static bool ends(Value x, bool x_low, Value y, bool y_low, int *order)
{
    bool x_open = x.kind == VALUE_NULL;
    bool y_open = y.kind == VALUE_NULL;
    if (x_open || y_open) {
        int x_place = x_open ? (x_low ? -1 : 1) : 0;
        int y_place = y_open ? (y_low ? -1 : 1) : 0;
        *order = x_place - y_place;
        return true;
    }
    return value_order(x, y, order);
}

static Value is_before(Machine *machine, const Side *x, const Side *y)
{
    int order;
    if (!ends(x->high, false, y->low, true, &order))
        return no_order(machine, x->high, y->low);
    return value_boolean(order < 0 || (order == 0 && !(x->high_closed && y->low_closed)));
}

BUILTIN(before, "before",
        "point1: point, point2: point|point: point, range: range|range: range, point: "
        "point|range1: range, range2: range -> boolean",
        2, 2)
{
    Side x;
    Side y;
    return read_sides(machine, arguments, &x, &y) ? is_before(machine, &x, &y) : value_null();
}

BUILTIN(after, "after",
        "point1: point, point2: point|point: point, range: range|range: range, point: "
        "point|range1: range, range2: range -> boolean",
        2, 2)
{
    Side x;
    Side y;
    return read_sides(machine, arguments, &x, &y) ? is_before(machine, &y, &x) : value_null();
}

static Value does_meet(Machine *machine, const Side *x, const Side *y)
{
    int order;
    if (!ends(x->high, false, y->low, true, &order))
        return no_order(machine, x->high, y->low);
    return value_boolean(order == 0 && x->high_closed && y->low_closed);
}

static bool read_ranges(Machine *machine, const Value *arguments, Side *x, Side *y)
{
    if (!read_sides(machine, arguments, x, y))
        return false;
    if (x->point || y->point) {
        argument_mismatch(machine, x->point ? 0 : 1, "a range", arguments[x->point ? 0 : 1]);
        return false;
    }
    return true;
}

BUILTIN(meets, "meets", "range1: range, range2: range -> boolean", 2, 2)
{
    Side x;
    Side y;
    return read_ranges(machine, arguments, &x, &y) ? does_meet(machine, &x, &y) : value_null();
}

BUILTIN(met_by, "met by", "range1: range, range2: range -> boolean", 2, 2)
{
    Side x;
    Side y;
    return read_ranges(machine, arguments, &x, &y) ? does_meet(machine, &y, &x) : value_null();
}

// The four orders of the ends of two ranges.
typedef struct Orders {
    int low_low;
    int high_high;
    int low_high; // x's low against y's high
    int high_low;
} Orders;

static bool read_orders(Machine *machine, const Side *x, const Side *y, Orders *out)
{
    if (ends(x->low, true, y->low, true, &out->low_low) &&
        ends(x->high, false, y->high, false, &out->high_high) &&
        ends(x->low, true, y->high, false, &out->low_high) &&
        ends(x->high, false, y->low, true, &out->high_low))
        return true;
    no_order(machine, x->low.kind == VALUE_NULL ? x->high : x->low,
             y->low.kind == VALUE_NULL ? y->high : y->low);
    return false;
}

BUILTIN(overlaps, "overlaps", "range1: range, range2: range -> boolean", 2, 2)
{
    Side x;
    Side y;
    Orders o;
    if (!read_ranges(machine, arguments, &x, &y) || !read_orders(machine, &x, &y, &o))
        return value_null();
    bool reaches = o.high_low > 0 || (o.high_low == 0 && x.high_closed && y.low_closed);
    bool begins = o.low_high < 0 || (o.low_high == 0 && x.low_closed && y.high_closed);
    return value_boolean(reaches && begins);
}

static Value overlaps_first(Machine *machine, const Side *x, const Side *y)
{
    Orders o;
    if (!read_orders(machine, x, y, &o))
        return value_null();
    bool starts = o.low_low < 0 || (o.low_low == 0 && x->low_closed && !y->low_closed);
    bool reaches = o.high_low > 0 || (o.high_low == 0 && x->high_closed && y->low_closed);
    bool stops = o.high_high < 0 || (o.high_high == 0 && (!x->high_closed || y->high_closed));
    return value_boolean(starts && reaches && stops);
}

static Value overlaps_last(Machine *machine, const Side *x, const Side *y)
{
    return overlaps_first(machine, y, x);
}

BUILTIN(overlaps_before, "overlaps before", "range1: range, range2: range -> boolean", 2, 2)
{
    Side x;
    Side y;
    return read_ranges(machine, arguments, &x, &y) ? overlaps_first(machine, &x, &y) : value_null();
}

BUILTIN(overlaps_after, "overlaps after", "range1: range, range2: range -> boolean", 2, 2)
{
    Side x;
    Side y;
    return read_ranges(machine, arguments, &x, &y) ? overlaps_last(machine, &x, &y) : value_null();
}

static bool second_is_range(Machine *machine, const Side *range, const Value *arguments,
                            size_t index)
{
    if (!range->point)
        return true;
    argument_mismatch(machine, index, "a range", arguments[index]);
    return false;
}

static Value does_finish(Machine *machine, const Side *x, const Side *y)
{
    Orders o;
    if (!read_orders(machine, x, y, &o))
        return value_null();
    if (x->point)
        return value_boolean(o.high_high == 0 && y->high_closed);
    bool later = o.low_low > 0 || (o.low_low == 0 && (!x->low_closed || y->low_closed));
    return value_boolean(o.high_high == 0 && x->high_closed == y->high_closed && later);
}

BUILTIN(finishes, "finishes", "point: point, range: range|range1: range, range2: range -> boolean",
        2, 2)
{
    Side x;
    Side y;
    if (!read_sides(machine, arguments, &x, &y) || !second_is_range(machine, &y, arguments, 1))
        return value_null();
    return does_finish(machine, &x, &y);
}

BUILTIN(finished_by, "finished by",
        "range: range, point: point|range1: range, range2: range -> boolean", 2, 2)
{
    Side x;
    Side y;
    if (!read_sides(machine, arguments, &x, &y) || !second_is_range(machine, &x, arguments, 0))
        return value_null();
    return does_finish(machine, &y, &x);
}

static Value does_include(Machine *machine, const Side *x, const Side *y)
{
    Orders o;
    if (!read_orders(machine, y, x, &o))
        return value_null();
    bool low = o.low_low > 0 || (o.low_low == 0 && (x->low_closed || !y->low_closed));
    bool high = o.high_high < 0 || (o.high_high == 0 && (x->high_closed || !y->high_closed));
    return value_boolean(low && high);
}

BUILTIN(includes, "includes", "range: range, point: point|range1: range, range2: range -> boolean",
        2, 2)
{
    Side x;
    Side y;
    if (!read_sides(machine, arguments, &x, &y) || !second_is_range(machine, &x, arguments, 0))
        return value_null();
    return does_include(machine, &x, &y);
}

BUILTIN(during, "during", "point: point, range: range|range1: range, range2: range -> boolean", 2,
        2)
{
    Side x;
    Side y;
    if (!read_sides(machine, arguments, &x, &y) || !second_is_range(machine, &y, arguments, 1))
        return value_null();
    return does_include(machine, &y, &x);
}

static Value does_start(Machine *machine, const Side *x, const Side *y)
{
    Orders o;
    if (!read_orders(machine, x, y, &o))
        return value_null();
    if (x->point)
        return value_boolean(o.low_low == 0 && y->low_closed);
    bool sooner = o.high_high < 0 || (o.high_high == 0 && (!x->high_closed || y->high_closed));
    return value_boolean(o.low_low == 0 && x->low_closed == y->low_closed && sooner);
}

BUILTIN(starts, "starts", "point: point, range: range|range1: range, range2: range -> boolean", 2,
        2)
{
    Side x;
    Side y;
    if (!read_sides(machine, arguments, &x, &y) || !second_is_range(machine, &y, arguments, 1))
        return value_null();
    return does_start(machine, &x, &y);
}

BUILTIN(started_by, "started by",
        "range: range, point: point|range1: range, range2: range -> boolean", 2, 2)
{
    Side x;
    Side y;
    if (!read_sides(machine, arguments, &x, &y) || !second_is_range(machine, &x, arguments, 0))
        return value_null();
    return does_start(machine, &y, &x);
}

BUILTIN(coincides, "coincides",
        "point1: point, point2: point|range1: range, range2: range -> boolean", 2, 2)
{
    Side x;
    Side y;
    Orders o;
    if (!read_sides(machine, arguments, &x, &y))
        return value_null();
    if (x.point != y.point)
        return argument_mismatch(machine, 1, x.point ? "a point" : "a range", arguments[1]);
    if (!read_orders(machine, &x, &y, &o))
        return value_null();
    return value_boolean(o.low_low == 0 && o.high_high == 0 && x.low_closed == y.low_closed &&
                         x.high_closed == y.high_closed);
}

// range("[1..5)") reads literals only: nothing in the text is evaluated (10.3.4.1).
static bool literal_end(const Node *node)
{
    if (!node)
        return true;
    if (node->kind == NODE_NEGATE)
        return literal_end(node->left);
    if (node->kind == NODE_CALL) {
        static const char *const allowed[] = {"date", "time", "date and time", "duration"};
        if (node->left->kind != NODE_NAME || node->items.count != 1 ||
            node->items.items[0]->kind != NODE_CONSTANT)
            return false;
        for (size_t i = 0; i < 4; i++)
            if (strcmp(node->left->name, allowed[i]) == 0)
                return true;
        return false;
    }
    return node->kind == NODE_CONSTANT && node->value.kind != VALUE_BOOLEAN;
}

// `[..5]` and `(1..)` write an open end by leaving it out.
static char *complete(Arena *arena, Text text)
{
    const char *dots = memmem(text.bytes, text.length, "..", 2);
    if (!dots || text.length < 4)
        return text_copy(arena, text.bytes);
    bool low = strspn(text.bytes + 1, " \t\r\n") == (size_t)(dots - text.bytes) - 1;
    bool high = strspn(dots + 2, " \t\r\n") + 1 == strlen(dots + 2);
    return text_format(arena, "%c%s%.*s..%s%s", text.bytes[0], low ? "null" : "",
                       (int)(dots - text.bytes) - 1, text.bytes + 1, high ? "null" : "", dots + 2);
}

BUILTIN(range, "range", "from: string -> range", 1, 1)
{
    Text text;
    Node *tree;
    const Feel *feel;
    int order;
    if (!argument_text(machine, arguments, 0, &text))
        return value_null();
    char *source = complete(machine->arena, text);
    CompileSetting setting = {.source = source};
    if (feel_parse(machine->cx, source, NULL, &tree) || tree->kind != NODE_RANGE ||
        tree->implicit || !literal_end(tree->left) || !literal_end(tree->right) ||
        feel_compile_tree(machine->cx, tree, &setting, &feel))
        return machine_diagnose(machine, "conversion", NULL, "\"%.60s\" is no range", text.bytes);
    // What is wrong in the text would be told with places of the text; the call is what is wrong.
    FeelDiagnostics *diagnostics = machine->diagnostics;
    machine->diagnostics = NULL;
    Value value = machine_evaluate(machine, feel);
    machine->diagnostics = diagnostics;
    if (value.kind != VALUE_RANGE)
        return machine_diagnose(machine, "conversion", NULL, "\"%.60s\" is no range", text.bytes);
    const ValueRange *range = value.range;
    if ((range->low.kind == VALUE_NULL && range->low_closed) ||
        (range->high.kind == VALUE_NULL && range->high_closed) ||
        (range->low.kind == VALUE_NULL && range->high.kind == VALUE_NULL) ||
        (range->low.kind != VALUE_NULL && range->high.kind != VALUE_NULL &&
         (!value_order(range->low, range->high, &order) || order > 0)))
        return machine_diagnose(machine, "conversion", NULL, "\"%.60s\" is no range", text.bytes);
    return value;
}
