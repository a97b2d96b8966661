// SPDX-License-Identifier: Apache-2.0
// Names, iterations, filters, functions, tests and calls: what binds names, and what they mean.
#include "feel/check_internal.h"

#include <string.h>

// --- Names ---------------------------------------------------------------------------------------

typedef ARRAY(const char *) NameList;

static void add_names(FeelChecker *checker, NameList *names)
{
    for (const Bound *bound = checker->bound; bound; bound = bound->outer) {
        const FeelType *item = bound->name ? NULL : shape_detail(bound->shape, TYPE_CONTEXT);
        if (bound->name)
            array_push(checker->arena, *names) = bound->name;
        for (size_t i = 0; item && i < item->field_count; i++)
            array_push(checker->arena, *names) = item->fields[i].name;
    }
}

static Shape unknown_name(FeelChecker *checker, const Node *node, bool called)
{
    NameList names = {0};
    if (checker->setting->open)
        return shape_any();
    if (called) {
        size_t count;
        const void *const *all = registry_all(&builtins, &count);
        for (size_t i = 0; i < count; i++)
            array_push(checker->arena, names) = ((const Builtin *)all[i])->name;
    }
    add_names(checker, &names);
    const char *near = feel_nearest_name(node->name, names.items, names.count);
    return check_problem(checker, node->from, node->to, "unknown-name",
                         near ? check_did_you_mean(checker, near) : NULL, "unknown name \"%s\"",
                         node->name);
}

// What the entry of a filter's item means by the name. False: the item has no such entry; *perhaps
// is set when it may have one.
static bool item_entry(Shape item, const char *name, Shape *out, bool *perhaps)
{
    const FeelType *detail = shape_detail(item, TYPE_CONTEXT);
    Kinds telling = shape_telling(item);
    if (!telling || telling == KIND_NULL || (shape_has(item, VALUE_CONTEXT) && !detail))
        *perhaps = true;
    for (size_t i = 0; detail && i < detail->field_count; i++) {
        if (strcmp(detail->fields[i].name, name) != 0)
            continue;
        *out = shape_from(detail->fields[i].type);
        *perhaps |= telling != KIND(VALUE_CONTEXT);
        return telling == KIND(VALUE_CONTEXT);
    }
    return false;
}

// False when nothing has that name.
static bool find_name(FeelChecker *checker, const char *name, Shape *out)
{
    bool perhaps = false;
    bool found = false;
    for (const Bound *bound = checker->bound; bound && !found; bound = bound->outer) {
        if (bound->name) {
            found = strcmp(bound->name, name) == 0;
            *out = bound->shape;
        } else {
            found = item_entry(bound->shape, name, out, &perhaps);
        }
    }
    if (perhaps)
        *out = shape_any();
    return found || perhaps;
}

Shape check_name(FeelChecker *checker, const Node *node)
{
    Shape shape;
    if (find_name(checker, node->name, &shape))
        return shape;
    if (builtin_find(node->name))
        return shape_of(KIND(VALUE_FUNCTION));
    return unknown_name(checker, node, false);
}

// --- Iterations ----------------------------------------------------------------------------------

static Shape steps_shape(FeelChecker *checker, const Node *node, Shape low, Shape high)
{
    const Kinds steps = KIND(VALUE_NUMBER) | KIND(VALUE_DATE);
    Kinds lows = shape_telling(low);
    Kinds highs = shape_telling(high);
    if ((lows && !(lows & steps)) || (highs && !(highs & steps)) ||
        (lows && highs && !(lows & highs & steps)))
        return check_problem(checker, node->from, node->to, "type-mismatch", NULL,
                             "an iteration from %s to %s: only integers and dates have steps",
                             shape_word(checker->arena, low), shape_word(checker->arena, high));
    return shape_of(lows && highs ? lows & highs & steps : steps);
}

static Shape iterator_shape(FeelChecker *checker, const Node *iterator)
{
    Shape domain = check_node(checker, iterator->left);
    if (iterator->right)
        return steps_shape(checker, iterator, domain, check_node(checker, iterator->right));
    Kinds telling = shape_telling(domain);
    Kinds single = telling & ~(KIND(VALUE_LIST) | KIND(VALUE_RANGE) | KIND_NULL);
    Shape item = {single, shape_detail(domain, TYPE_CONTEXT)};
    if (telling == KIND_NULL)
        return check_problem(checker, iterator->left->from, iterator->left->to, "type-mismatch",
                             NULL, "an iteration over null");
    if (telling & KIND(VALUE_LIST))
        item = shape_join(checker, item, shape_element(domain));
    if (telling & KIND(VALUE_RANGE)) {
        const FeelType *range = shape_detail(domain, TYPE_RANGE);
        Shape end = range ? shape_from(range->element) : shape_any();
        if (telling == KIND(VALUE_RANGE))
            return steps_shape(checker, iterator->left, end, end);
        item = shape_any();
    }
    return item;
}

static Shape check_iteration(FeelChecker *checker, const Node *node)
{
    const Bound *before = checker->bound;
    for (size_t i = 0; i < node->items.count; i++) {
        const Node *iterator = node->items.items[i];
        check_bind(checker, iterator->name, iterator_shape(checker, iterator));
    }
    if (node->kind == NODE_FOR)
        check_bind(checker, "partial", shape_of(KIND(VALUE_LIST)));
    Shape body = check_node(checker, node->left);
    checker->bound = before;
    if (node->kind != NODE_FOR) {
        check_condition(checker, node->left, body);
        return shape_of(KIND(VALUE_BOOLEAN) | KIND_NULL);
    }
    Shape list = shape_list(checker->arena, body);
    list.kinds |= KIND_NULL;
    return list;
}

// --- Filters -------------------------------------------------------------------------------------

// What a list holds, a value that is no list standing for the list of it.
static Shape items_of(FeelChecker *checker, Shape list)
{
    Kinds single = list.kinds & ~(KIND(VALUE_LIST) | KIND_NULL);
    Shape item = {single, shape_detail(list, TYPE_LIST) ? NULL : list.type};
    return shape_has(list, VALUE_LIST) ? shape_join(checker, item, shape_element(list)) : item;
}

static Shape check_filter(FeelChecker *checker, const Node *node)
{
    const Kinds decides = KIND(VALUE_BOOLEAN) | KIND(VALUE_NUMBER) | KIND_NULL;
    Shape item = items_of(checker, check_node(checker, node->left));
    const Bound *before = check_bind(checker, "item", item);
    check_bind(checker, NULL, item);
    Shape filter = check_node(checker, node->right);
    checker->bound = before;
    Kinds telling = shape_telling(filter);
    if (telling && !(telling & decides))
        return check_problem(checker, node->right->from, node->right->to, "type-mismatch", NULL,
                             "a filter gives %s, not true, false or a number",
                             shape_word(checker->arena, filter));
    Shape list = shape_list(checker->arena, item);
    list.kinds |= KIND_NULL;
    item.kinds |= KIND_NULL;
    // Only a number that is written out is known to be an index when the list is empty or null.
    if (node->right->kind == NODE_CONSTANT && telling == KIND(VALUE_NUMBER))
        return item.kinds == KIND_NULL ? shape_any() : item;
    return telling & KIND(VALUE_NUMBER) ? shape_join(checker, list, item) : list;
}

// --- Functions -----------------------------------------------------------------------------------

static Shape check_function(FeelChecker *checker, const Node *node)
{
    const Bound *before = checker->bound;
    FeelType *type = NEW(checker->arena, FeelType);
    FeelField *fields = NEW_ARRAY(checker->arena, FeelField, node->parameters.count);
    for (size_t i = 0; i < node->parameters.count; i++) {
        const Parameter *parameter = &node->parameters.items[i];
        fields[i].name = parameter->name;
        fields[i].type = parameter->type ? parameter->type : feel_type_named("Any");
        check_bind(checker, parameter->name, shape_from(parameter->type));
    }
    type->kind = TYPE_FUNCTION;
    type->fields = fields;
    type->field_count = node->parameters.count;
    type->element = feel_type_named("Any");
    if (!node->negated) { // not external
        Shape body = check_node(checker, node->left);
        if (node->type)
            check_wanted(checker, node->left, body, node->type);
        type->element = shape_type(checker->arena, body);
    }
    if (node->type)
        type->element = node->type;
    checker->bound = before;
    return (Shape){KIND(VALUE_FUNCTION), type};
}

static const FeelType *parameter_named(const FeelType *function, const char *name, bool *found)
{
    *found = true;
    for (size_t i = 0; i < function->field_count; i++) {
        if (!function->fields[i].name[0])
            return NULL; // the type does not say how its parameters are called
        if (strcmp(function->fields[i].name, name) == 0)
            return function->fields[i].type;
    }
    *found = false;
    return NULL;
}

static void check_arguments(FeelChecker *checker, const Node *node, const FeelType *type,
                            const Shape *arguments)
{
    for (size_t i = 0; i < node->items.count; i++) {
        const Node *argument = node->items.items[i];
        const FeelType *wanted = type->fields[i].type;
        bool found = true;
        if (node->parameters.count > 0)
            wanted = parameter_named(type, node->parameters.items[i].name, &found);
        if (!found)
            check_problem(checker, argument->from, argument->to, "arguments", NULL,
                          "the function has no parameter \"%s\"", node->parameters.items[i].name);
        else if (wanted)
            check_wanted(checker, argument, arguments[i], wanted);
    }
}

Shape check_function_call(FeelChecker *checker, const Node *node, Shape function,
                          const Shape *arguments)
{
    Kinds telling = shape_telling(function);
    const FeelType *type = shape_detail(function, TYPE_FUNCTION);
    if (telling && !(telling & KIND(VALUE_FUNCTION)))
        return check_problem(checker, node->from, node->to, "not-a-function", NULL,
                             "%s is called, but no function", shape_word(checker->arena, function));
    if (telling != KIND(VALUE_FUNCTION) || !type || (!type->field_count && !type->element))
        return shape_any();
    if (type->field_count != node->items.count)
        return check_problem(checker, node->from, node->to, "arguments", NULL,
                             "the function takes %zu arguments, but got %zu", type->field_count,
                             node->items.count);
    check_arguments(checker, node, type, arguments);
    Shape result = shape_from(type->element);
    result.kinds |= KIND_NULL;
    return result;
}

static Shape check_call(FeelChecker *checker, const Node *node)
{
    const Node *called = node->left;
    const Builtin *builtin = NULL;
    Shape function = shape_any();
    if (called->kind == NODE_NAME && !find_name(checker, called->name, &function)) {
        builtin = builtin_find(called->name);
        if (!builtin && checker->probe)
            check_node(checker, called);
        else if (!builtin)
            function = unknown_name(checker, called, true);
    } else {
        function = check_node(checker, called);
    }
    Shape *arguments = NEW_ARRAY(checker->arena, Shape, node->items.count);
    for (size_t i = 0; i < node->items.count; i++)
        arguments[i] = check_node(checker, node->items.items[i]);
    if (builtin)
        return check_builtin(checker, node, builtin, arguments);
    return check_function_call(checker, node, function, arguments);
}

// --- Tests ---------------------------------------------------------------------------------------

// Whether an input of one kind can be tried on a test of one kind, as the machine tries them.
static bool kinds_try(ValueKind input, ValueKind test, Shape tests, bool asked)
{
    if (test == VALUE_BOOLEAN && (asked || (input != VALUE_BOOLEAN && input != VALUE_NULL)))
        return true;
    if (test == VALUE_LIST || input == VALUE_NULL || test == VALUE_NULL)
        return true;
    if (test == VALUE_RANGE && input != VALUE_RANGE) {
        const FeelType *range = shape_detail(tests, TYPE_RANGE);
        if (!range)
            return true;
        Kinds ends = shape_telling(shape_from(range->element));
        return ends == KIND_NULL || (ends & KIND(input) & KIND_POINT);
    }
    return input == test && input != VALUE_FUNCTION;
}

static bool can_try(Shape input, Shape test, bool asked)
{
    Kinds inputs = shape_telling(input);
    Kinds tests = shape_telling(test);
    if (!inputs || !tests)
        return true;
    for (ValueKind i = VALUE_NULL; i <= VALUE_FUNCTION; i++)
        for (ValueKind t = VALUE_NULL; (inputs & KIND(i)) && t <= VALUE_FUNCTION; t++)
            if ((tests & KIND(t)) && kinds_try(i, t, test, asked))
                return true;
    return false;
}

static void check_test(FeelChecker *checker, const Node *test, Shape input)
{
    if (test->kind == NODE_BINARY && test->implicit) {
        check_binary(checker, test, test->operator, input, check_node(checker, test->right));
        return;
    }
    Shape shape = check_node(checker, test);
    if (!can_try(input, shape, feel_asks_input(test)))
        check_problem(checker, test->from, test->to, "type-mismatch", NULL,
                      "%s is compared with %s", shape_word(checker->arena, input),
                      shape_word(checker->arena, shape));
}

Shape check_tests(FeelChecker *checker, const Node *node, Shape input)
{
    for (size_t i = 0; i < node->items.count; i++)
        check_test(checker, node->items.items[i], input);
    return shape_of(KIND(VALUE_BOOLEAN) | KIND_NULL);
}

static Shape check_in(FeelChecker *checker, const Node *node)
{
    Shape input = check_node(checker, node->left);
    const Bound *before = check_bind(checker, "?", input);
    Shape result = check_tests(checker, node, input);
    checker->bound = before;
    return result;
}

Shape check_scoped(FeelChecker *checker, const Node *node)
{
    switch (node->kind) {
    case NODE_FOR:
    case NODE_SOME:
    case NODE_EVERY:
        return check_iteration(checker, node);
    case NODE_FILTER:
        return check_filter(checker, node);
    case NODE_FUNCTION:
        return check_function(checker, node);
    case NODE_CALL:
        return check_call(checker, node);
    case NODE_IN:
        return check_in(checker, node);
    case NODE_TESTS: { // within a tree: `?` is that of the tests around
        Shape input = shape_any();
        find_name(checker, "?", &input);
        return check_tests(checker, node, input);
    }
    default:
        return shape_any();
    }
}
