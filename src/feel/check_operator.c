// SPDX-License-Identifier: Apache-2.0
// What operators take and give, as arithmetic.c, temporal.c and operator.c have it.
#include "base/messages.h"
#include "feel/check_internal.h"

#include <string.h>

static Kinds results(Operator operator, Kinds xs, Kinds ys)
{
    Kinds kinds = 0;
    for (ValueKind x = VALUE_NULL; x <= VALUE_FUNCTION; x++)
        for (ValueKind y = VALUE_NULL; (xs & KIND(x)) && y <= VALUE_FUNCTION; y++)
            if (ys & KIND(y))
                kinds |= KIND(operator_kind(operator, x, y));
    return kinds;
}

// Text plus something else: which operand string() would help.
static const char *string_hint(FeelChecker *checker, const Node *node, Shape x, Shape y)
{
    const Node *other = shape_telling(x) == KIND(VALUE_TEXT)   ? node->right
                        : shape_telling(y) == KIND(VALUE_TEXT) ? node->left
                                                               : NULL;
    if (!other || !checker->source || other->to - other->from > 60)
        return NULL;
    return text_format(checker->arena,
                       message_in(checker->cx->language, "convert it with string(%.*s)"),
                       other->to - other->from, checker->source + other->from);
}

static const char *conversion_hint(FeelChecker *checker, Shape x, Shape y)
{
    Kinds xs = shape_telling(x);
    Kinds ys = shape_telling(y);
    if (!xs || !ys || xs & (xs - 1) || ys & (ys - 1)) // more than one kind
        return NULL;
    const char *function =
        operator_conversion((ValueKind)__builtin_ctz(xs), (ValueKind)__builtin_ctz(ys));
    return function ? text_format(checker->arena,
                                  message_in(checker->cx->language, "convert the string with %s()"),
                                  function)
                    : NULL;
}

static Shape mismatch(FeelChecker *checker, const Node *node, Operator operator, Shape x, Shape y)
{
    static const char *const symbols[] = {"+", "-", "*", "/", "**"};
    const char *left = shape_word(checker->arena, x);
    const char *right = shape_word(checker->arena, y);
    int from = node->from;
    if (operator<= OPERATOR_POWER) {
        const char *hint = operator== OPERATOR_ADD ? string_hint(checker, node, x, y) : NULL;
        return check_problem(checker, from, node->to, "type-mismatch", hint, "%s %s %s", left,
                             symbols[operator], right);
    }
    return check_problem(checker, from, node->to, "type-mismatch",
                         conversion_hint(checker, x, y),
                         operator== OPERATOR_EQUAL || operator== OPERATOR_NOT_EQUAL
                             ? "%s is compared with %s"
                             : "%s and %s have no order",
                         left, right);
}

Shape check_binary(FeelChecker *checker, const Node *node, Operator operator, Shape x, Shape y)
{
    Kinds telling = results(operator, shape_telling(x), shape_telling(y));
    if (telling == KIND_NULL)
        return mismatch(checker, node, operator, x, y);
    return shape_of(results(operator, x.kinds, y.kinds) | KIND_NULL);
}

Shape check_order(FeelChecker *checker, const Node *node, Shape x, Shape y)
{
    return check_binary(checker, node, OPERATOR_LESS, x, y);
}

Shape check_negate(FeelChecker *checker, const Node *node, Shape x)
{
    Kinds kinds =
        x.kinds & (KIND(VALUE_NUMBER) | KIND(VALUE_DAYS_DURATION) | KIND(VALUE_MONTHS_DURATION));
    if (!kinds && x.kinds)
        return check_problem(checker, node->from, node->to, "type-mismatch", NULL,
                             "the negative of %s", shape_word(checker->arena, x));
    return shape_of(kinds | KIND_NULL);
}

Shape check_range(FeelChecker *checker, const Node *node, Shape low, Shape high)
{
    Kinds ends = KIND_POINT | KIND_NULL;
    Kinds lows = low.kinds & ends;
    Kinds highs = high.kinds & ends;
    bool fits = (lows & highs) || ((lows | highs) & KIND_NULL);
    if (shape_telling(low) != KIND_NULL && shape_telling(high) != KIND_NULL)
        fits = shape_telling(low) & shape_telling(high) & KIND_POINT;
    if (!lows || !highs || !fits)
        return check_problem(checker, node->from, node->to, "type-mismatch", NULL,
                             "a range from %s to %s", shape_word(checker->arena, low),
                             shape_word(checker->arena, high));
    FeelType *type = NEW(checker->arena, FeelType);
    type->kind = TYPE_RANGE;
    type->element = shape_type(checker->arena, shape_of(lows | highs));
    return (Shape){KIND(VALUE_RANGE) | KIND_NULL, type};
}

// --- Paths ---------------------------------------------------------------------------------------

typedef struct Property {
    const char *name;
    Kinds of; // which values have it
    Kinds is;
} Property;

#define MOMENT (KIND(VALUE_DATE) | KIND(VALUE_DATE_TIME))
#define CLOCK (KIND(VALUE_DATE) | KIND(VALUE_DATE_TIME) | KIND(VALUE_TIME))

static const Property properties[] = {
    {"year", MOMENT, KIND(VALUE_NUMBER)},
    {"month", MOMENT, KIND(VALUE_NUMBER)},
    {"day", MOMENT, KIND(VALUE_NUMBER)},
    {"weekday", MOMENT, KIND(VALUE_NUMBER)},
    {"hour", CLOCK, KIND(VALUE_NUMBER)},
    {"minute", CLOCK, KIND(VALUE_NUMBER)},
    {"second", CLOCK, KIND(VALUE_NUMBER)},
    {"time offset", CLOCK, KIND(VALUE_DAYS_DURATION) | KIND_NULL},
    {"timezone", CLOCK, KIND(VALUE_TEXT) | KIND_NULL},
    {"days", KIND(VALUE_DAYS_DURATION), KIND(VALUE_NUMBER)},
    {"hours", KIND(VALUE_DAYS_DURATION), KIND(VALUE_NUMBER)},
    {"minutes", KIND(VALUE_DAYS_DURATION), KIND(VALUE_NUMBER)},
    {"seconds", KIND(VALUE_DAYS_DURATION), KIND(VALUE_NUMBER)},
    {"years", KIND(VALUE_MONTHS_DURATION), KIND(VALUE_NUMBER)},
    {"months", KIND(VALUE_MONTHS_DURATION), KIND(VALUE_NUMBER)},
    {"start included", KIND(VALUE_RANGE), KIND(VALUE_BOOLEAN)},
    {"end included", KIND(VALUE_RANGE), KIND(VALUE_BOOLEAN)},
};

size_t check_properties(ValueKind kind, const char *names[static CHECK_PROPERTIES])
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (properties[i].of & KIND(kind))
            names[count++] = properties[i].name;
    if (kind == VALUE_RANGE) {
        names[count++] = "start";
        names[count++] = "end";
    }
    return count;
}

// The value of the path from values of one kind; no kinds: they have no such entry.
static Shape entry_shape(FeelChecker *checker, Shape left, ValueKind kind, const char *name,
                         int depth)
{
    const FeelType *detail;
    if (depth > 20)
        return shape_any();
    if (kind == VALUE_CONTEXT) {
        if (!(detail = shape_detail(left, TYPE_CONTEXT)))
            return shape_any();
        for (size_t i = 0; i < detail->field_count; i++)
            if (strcmp(detail->fields[i].name, name) == 0)
                return shape_from(detail->fields[i].type);
        return (Shape){0};
    }
    if (kind == VALUE_LIST) {
        Shape element = shape_element(left);
        Shape entry = {0};
        for (ValueKind each = VALUE_BOOLEAN; each <= VALUE_FUNCTION; each++)
            if (shape_has(element, each))
                entry = shape_join(checker, entry,
                                   entry_shape(checker, element, each, name, depth + 1));
        if (!entry.kinds && (element.kinds & ~KIND_NULL))
            return entry;
        return shape_list(checker->arena, entry.kinds ? entry : shape_any());
    }
    if (kind == VALUE_RANGE && (strcmp(name, "start") == 0 || strcmp(name, "end") == 0)) {
        detail = shape_detail(left, TYPE_RANGE);
        return detail ? shape_from(detail->element) : shape_any();
    }
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if ((properties[i].of & KIND(kind)) && strcmp(properties[i].name, name) == 0)
            return shape_of(properties[i].is);
    return (Shape){0};
}

static Shape no_entry(FeelChecker *checker, const Node *node, Shape left)
{
    const FeelType *detail = shape_detail(left, TYPE_CONTEXT);
    const FeelType *list = shape_detail(left, TYPE_LIST);
    if (!detail && list && list->element)
        detail = shape_detail(shape_from(list->element), TYPE_CONTEXT);
    int from = node->left ? node->left->to : node->from;
    const char *hint = NULL;
    if (!detail)
        return check_problem(checker, from, node->to, "unknown-name", hint,
                             "a value of type %s has no \"%s\"", shape_word(checker->arena, left),
                             node->name);
    const char **names = NEW_ARRAY(checker->arena, const char *, detail->field_count);
    for (size_t i = 0; i < detail->field_count; i++)
        names[i] = detail->fields[i].name;
    const char *near = feel_nearest_name(node->name, names, detail->field_count);
    if (near)
        hint = check_did_you_mean(checker, near);
    return check_problem(checker, from, node->to, "unknown-name", hint,
                         "the context has no entry \"%s\"", node->name);
}

Shape check_path(FeelChecker *checker, const Node *node, Shape left)
{
    Shape entry = {0};
    Kinds telling = shape_telling(left);
    if (telling == KIND_NULL)
        return check_problem(checker, node->from, node->to, "null-path", NULL, "\"%s\" of null",
                             node->name);
    for (ValueKind kind = VALUE_BOOLEAN; kind <= VALUE_FUNCTION; kind++)
        if (telling & KIND(kind))
            entry = shape_join(checker, entry, entry_shape(checker, left, kind, node->name, 0));
    if (!entry.kinds && telling)
        return no_entry(checker, node, left);
    entry.kinds |= KIND_NULL;
    return entry;
}
