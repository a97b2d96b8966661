// SPDX-License-Identifier: Apache-2.0
// Calls of built-in functions, held to their signatures.
#include "feel/builtin_signature.h"

#include <string.h>

static bool accepts(Shape wanted, Shape argument, int depth)
{
    Kinds telling = shape_telling(argument);
    if (!telling || telling == KIND_NULL || (telling & wanted.kinds & ~KIND(VALUE_LIST)) ||
        depth > 4)
        return true;
    if ((telling & KIND(VALUE_LIST)) && shape_has(wanted, VALUE_LIST)) {
        const FeelType *of = shape_detail(wanted, TYPE_LIST);
        Shape element = shape_element(argument);
        if (!of || !of->element || accepts(shape_from(of->element), element, depth + 1))
            return true;
    }
    // A list of one stands for its item, and an item for the list of it.
    if ((telling & KIND(VALUE_LIST)) && !shape_has(wanted, VALUE_LIST) &&
        accepts(wanted, shape_element(argument), depth + 1))
        return true;
    if (!shape_has(wanted, VALUE_LIST))
        return false;
    const FeelType *of = shape_detail(wanted, TYPE_LIST);
    Shape single = {telling & ~KIND(VALUE_LIST), NULL};
    return single.kinds &&
           (!of || !of->element || accepts(shape_from(of->element), single, depth + 1));
}

// The parameter of the argument, SIZE_MAX when the form has none.
static size_t parameter_of(const SignatureForm *form, const Node *call, size_t argument)
{
    if (call->parameters.count == 0)
        return argument < form->count ? argument : form->any_number ? form->count - 1 : SIZE_MAX;
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->names[i], call->parameters.items[argument].name) == 0)
            return i;
    return SIZE_MAX;
}

static bool argument_fits(const SignatureForm *form, size_t parameter, const Node *call,
                          Shape argument)
{
    Shape wanted = form->shapes[parameter];
    if (accepts(wanted, argument, 0))
        return true;
    // Of those that take any number of arguments, one list of them.
    return form->any_number && call->items.count == 1 && shape_has(argument, VALUE_LIST) &&
           accepts(wanted, shape_element(argument), 0);
}

// The first argument that does not fit; the count of arguments when all do.
static size_t first_misfit(const SignatureForm *form, const Node *call, const Shape *arguments)
{
    for (size_t i = 0; i < call->items.count; i++) {
        size_t parameter = parameter_of(form, call, i);
        if (parameter == SIZE_MAX || !argument_fits(form, parameter, call, arguments[i]))
            return i;
    }
    return call->items.count;
}

static Shape first_argument(FeelChecker *checker, const SignatureForm *form, const Shape *arguments)
{
    Shape first = arguments[0];
    first.kinds &= ~KIND_NULL;
    bool list = shape_has(form->shapes[0], VALUE_LIST) && form->shapes[0].kinds != KIND_ANY;
    if (list && !shape_has(first, VALUE_LIST))
        return first.kinds ? shape_list(checker->arena, first) : shape_any();
    if (list && first.kinds != KIND(VALUE_LIST))
        return shape_of(KIND(VALUE_LIST));
    if (!list && shape_has(first, VALUE_LIST))
        return shape_any();
    return first;
}

static Shape items_shape(FeelChecker *checker, const Node *call, const Shape *arguments)
{
    Shape items = {0};
    if (call->items.count == 1 && shape_has(arguments[0], VALUE_LIST))
        return shape_telling(arguments[0]) == KIND(VALUE_LIST) ? shape_element(arguments[0])
                                                               : shape_any();
    for (size_t i = 0; i < call->items.count; i++)
        items = shape_join(checker, items, arguments[i]);
    return items;
}

static Shape result_of(FeelChecker *checker, const Node *call, const SignatureForm *form,
                       const Shape *arguments)
{
    Shape result = form->result;
    if (form->rule == RESULT_SAME && call->items.count > 0 && call->parameters.count == 0)
        result = first_argument(checker, form, arguments);
    else if (form->rule == RESULT_ITEM && call->items.count > 0)
        result = items_shape(checker, call, arguments);
    if (!result.kinds)
        return shape_any();
    result.kinds |= KIND_NULL;
    return result;
}

static Shape misfit(FeelChecker *checker, const Node *call, const Builtin *builtin,
                    const SignatureForm *form, const Shape *arguments)
{
    size_t index = first_misfit(form, call, arguments);
    size_t parameter = parameter_of(form, call, index);
    const Node *argument = call->items.items[index];
    if (parameter == SIZE_MAX)
        return check_problem(checker, call->from, call->to, "arguments", NULL,
                             "%s() has the parameters %s", builtin->name, builtin->parameters);
    return check_problem(checker, argument->from, argument->to, "type-mismatch", NULL,
                         "%s() wants %s as argument %zu, but got %s", builtin->name,
                         shape_word(checker->arena, form->shapes[parameter]), parameter + 1,
                         shape_word(checker->arena, arguments[index]));
}

// The form whose names a call by name uses, or that takes as many arguments.
static bool form_is_meant(const SignatureForm *form, const Node *call)
{
    for (size_t i = 0; i < call->items.count; i++)
        if (parameter_of(form, call, i) == SIZE_MAX)
            return false;
    return true;
}

Shape check_builtin(FeelChecker *checker, const Node *node, const Builtin *builtin,
                    const Shape *arguments)
{
    size_t count = node->items.count;
    if (checker->setting->standard && builtin_is_extension(builtin))
        check_problem(checker, node->from, node->to, "extension", NULL,
                      "%s() is no function of the standard", builtin->name);
    const Signature *signature = builtin_signature(checker->cx, builtin);
    const SignatureForm *meant = NULL;
    bool too_many = node->parameters.count == 0 && builtin->most >= 0 && (int)count > builtin->most;
    if ((node->parameters.count == 0 && (int)count < builtin->least) || too_many)
        return check_problem(checker, node->from, node->to, "arguments", NULL,
                             "%s() takes other arguments (%s), but got %zu", builtin->name,
                             builtin->parameters, count);
    for (size_t i = 0; i < signature->count; i++) {
        const SignatureForm *form = &signature->forms[i];
        if (!form_is_meant(form, node))
            continue;
        if (first_misfit(form, node, arguments) == count)
            return result_of(checker, node, form, arguments);
        // Of several the one that takes just as many arguments speaks best of what is wrong.
        if (!meant || (form->count == count && meant->count != count))
            meant = form;
    }
    return misfit(checker, node, builtin, meant ? meant : &signature->forms[0], arguments);
}
