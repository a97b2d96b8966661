// SPDX-License-Identifier: Apache-2.0
// What the check knows of a value: kinds, and more about compound ones.
#include "feel/check_internal.h"

#include <string.h>

#define SHAPE_DEPTH 30

static const FeelType any_type = {.kind = TYPE_ANY};

Shape shape_any(void)
{
    return (Shape){.kinds = KIND_ANY};
}

Shape shape_of(Kinds kinds)
{
    return (Shape){.kinds = kinds};
}

static bool is_compound(FeelTypeKind kind)
{
    return kind == TYPE_LIST || kind == TYPE_CONTEXT || kind == TYPE_RANGE || kind == TYPE_FUNCTION;
}

Shape shape_from(const FeelType *type)
{
    if (!type || type->kind == TYPE_ANY)
        return shape_any();
    Shape shape = {.kinds = KIND(feel_type_kinds[type->kind]) | KIND_NULL};
    if (is_compound(type->kind) && (type->kind != TYPE_CONTEXT || type->field_count > 0))
        shape.type = type;
    return shape;
}

const FeelType *shape_detail(Shape shape, FeelTypeKind kind)
{
    return shape.type && shape.type->kind == kind ? shape.type : NULL;
}

bool shape_has(Shape shape, ValueKind kind)
{
    return shape.kinds & KIND(kind);
}

Kinds shape_telling(Shape shape)
{
    Kinds telling = shape.kinds & ~KIND_NULL;
    return telling ? telling : shape.kinds;
}

// An empty list's element has no kinds.
static const FeelType *element_type(Arena *arena, Shape element)
{
    static const FeelType nothing = {.kind = TYPE_NULL};
    return element.kinds ? shape_type(arena, element) : &nothing;
}

Shape shape_list(Arena *arena, Shape element)
{
    return (Shape){.kinds = KIND(VALUE_LIST),
                   .type = feel_type_list(arena, element_type(arena, element))};
}

Shape shape_element(Shape list)
{
    const FeelType *detail = shape_detail(list, TYPE_LIST);
    // A list of nulls alone may be an empty one, of whose items nothing is known.
    if (!detail || !detail->element || detail->element->kind == TYPE_NULL)
        return shape_any();
    Shape element = shape_from(detail->element);
    element.kinds |= KIND_NULL;
    return element;
}

// The one kind other than null, or VALUE_NULL when there are none or several.
static ValueKind only_kind(Kinds kinds)
{
    kinds &= ~KIND_NULL;
    if (!kinds || kinds & (kinds - 1))
        return VALUE_NULL;
    return (ValueKind)__builtin_ctz(kinds);
}

const FeelType *shape_type(Arena *arena, Shape shape)
{
    static const FeelType any_function = {.kind = TYPE_FUNCTION, .name = "function"};
    ValueKind kind = only_kind(shape.kinds);
    if (shape.kinds == KIND_NULL)
        return feel_type_named("Null");
    if (kind == VALUE_NULL)
        return &any_type;
    if (shape.type && feel_type_kinds[shape.type->kind] == kind)
        return shape.type;
    if (kind == VALUE_FUNCTION)
        return &any_function;
    const FeelType *type = feel_type_named(value_kind_word(kind));
    (void)arena;
    return type ? type : &any_type;
}

// --- One or the other ----------------------------------------------------------------------------

static Shape join(FeelChecker *checker, Shape a, Shape b, int depth);

static const FeelType *join_types(FeelChecker *checker, const FeelType *a, const FeelType *b,
                                  int depth)
{
    if (a == b)
        return a;
    if (a->kind == TYPE_NULL)
        return b;
    if (b->kind == TYPE_NULL)
        return a;
    return shape_type(checker->arena, join(checker, shape_from(a), shape_from(b), depth));
}

static const FeelType *join_contexts(FeelChecker *checker, const FeelType *a, const FeelType *b,
                                     int depth)
{
    if (a->field_count != b->field_count)
        return NULL;
    FeelType *joined = NEW(checker->arena, FeelType);
    FeelField *fields = NEW_ARRAY(checker->arena, FeelField, a->field_count);
    for (size_t i = 0; i < a->field_count; i++) {
        if (strcmp(a->fields[i].name, b->fields[i].name) != 0)
            return NULL;
        fields[i].name = a->fields[i].name;
        fields[i].type = join_types(checker, a->fields[i].type, b->fields[i].type, depth);
    }
    joined->kind = TYPE_CONTEXT;
    joined->fields = fields;
    joined->field_count = a->field_count;
    return joined;
}

static const FeelType *join_details(FeelChecker *checker, const FeelType *a, const FeelType *b,
                                    int depth)
{
    if (a == b)
        return a;
    if (a->kind != b->kind || depth > SHAPE_DEPTH || --checker->steps < 0)
        return NULL;
    if (a->kind == TYPE_CONTEXT)
        return join_contexts(checker, a, b, depth + 1);
    if ((a->kind != TYPE_LIST && a->kind != TYPE_RANGE) || !a->element || !b->element)
        return NULL;
    FeelType *joined = NEW(checker->arena, FeelType);
    joined->kind = a->kind;
    joined->element = join_types(checker, a->element, b->element, depth + 1);
    return joined;
}

static Shape join(FeelChecker *checker, Shape a, Shape b, int depth)
{
    Shape joined = {.kinds = a.kinds | b.kinds};
    // A detail holds when the other side has no value of its kind.
    if (a.type && !(b.kinds & KIND(feel_type_kinds[a.type->kind])))
        joined.type = a.type;
    else if (b.type && !(a.kinds & KIND(feel_type_kinds[b.type->kind])))
        joined.type = b.type;
    else if (a.type && b.type)
        joined.type = join_details(checker, a.type, b.type, depth);
    return joined;
}

Shape shape_join(FeelChecker *checker, Shape a, Shape b)
{
    return join(checker, a, b, 0);
}

// --- Conformance ---------------------------------------------------------------------------------

static bool may_be(FeelChecker *checker, Shape shape, const FeelType *type, int depth);

static bool context_may_be(FeelChecker *checker, const FeelType *is, const FeelType *type,
                           int depth)
{
    for (size_t i = 0; i < type->field_count; i++) {
        size_t j = 0;
        while (j < is->field_count && strcmp(is->fields[j].name, type->fields[i].name) != 0)
            j++;
        if (j == is->field_count)
            return false;
        Shape entry = shape_from(is->fields[j].type);
        entry.kinds |= KIND_NULL;
        if ((entry.kinds & ~KIND_NULL) && !may_be(checker, entry, type->fields[i].type, depth))
            return false;
    }
    return true;
}

static bool kind_may_be(FeelChecker *checker, Shape shape, ValueKind kind, const FeelType *type,
                        int depth)
{
    if (kind == feel_type_kinds[type->kind]) {
        const FeelType *is = shape_detail(shape, type->kind);
        if (!is)
            return true;
        if (type->kind == TYPE_CONTEXT)
            return context_may_be(checker, is, type, depth);
        if (type->kind == TYPE_LIST && type->element && is->element)
            return is->element->kind == TYPE_NULL ||
                   may_be(checker, shape_from(is->element), type->element, depth);
        return true;
    }
    if (kind == VALUE_DATE && type->kind == TYPE_DATE_TIME)
        return true;
    if (type->kind == TYPE_LIST)
        return !type->element ||
               may_be(checker, (Shape){KIND(kind), shape.type}, type->element, depth);
    return kind == VALUE_LIST && may_be(checker, shape_element(shape), type, depth);
}

static bool may_be(FeelChecker *checker, Shape shape, const FeelType *type, int depth)
{
    if (!type || type->kind == TYPE_ANY || depth > SHAPE_DEPTH || --checker->steps < 0)
        return true;
    Kinds kinds = shape_telling(shape);
    if (!kinds || kinds == KIND_NULL)
        return true;
    for (ValueKind kind = VALUE_BOOLEAN; kind <= VALUE_FUNCTION; kind++)
        if ((kinds & KIND(kind)) && kind_may_be(checker, shape, kind, type, depth + 1))
            return true;
    return false;
}

bool shape_may_be(FeelChecker *checker, Shape shape, const FeelType *type)
{
    return may_be(checker, shape, type, 0);
}

// --- Words ---------------------------------------------------------------------------------------

const char *shape_word(Arena *arena, Shape shape)
{
    Buffer *out = buffer_new(arena);
    Kinds kinds = shape_telling(shape);
    for (ValueKind kind = VALUE_NULL; kind <= VALUE_FUNCTION; kind++)
        if (kinds & KIND(kind))
            buffer_format(out, "%s%s", out->length ? " / " : "", value_kind_word(kind));
    return out->bytes;
}

// --- The type of a value -------------------------------------------------------------------------

static Shape of_value(FeelChecker *checker, Value value, int depth);

static Shape of_list(FeelChecker *checker, ValueList list, int depth)
{
    Shape element = {0};
    for (size_t i = 0; i < list.count && checker->steps > 0; i++)
        element = join(checker, element, of_value(checker, list.items[i], depth + 1), 0);
    return shape_list(checker->arena, element);
}

static Shape of_context(FeelChecker *checker, const ValueContext *context, int depth)
{
    FeelType *type = NEW(checker->arena, FeelType);
    FeelField *fields = NEW_ARRAY(checker->arena, FeelField, context->count);
    for (size_t i = 0; i < context->count; i++) {
        Shape entry = of_value(checker, context->entries[i].value, depth + 1);
        fields[i] = (FeelField){context->entries[i].key, shape_type(checker->arena, entry)};
    }
    type->kind = TYPE_CONTEXT;
    type->fields = fields;
    type->field_count = context->count;
    return (Shape){KIND(VALUE_CONTEXT), context->count ? type : NULL};
}

static Shape of_value(FeelChecker *checker, Value value, int depth)
{
    if (depth > SHAPE_DEPTH || --checker->steps < 0)
        return shape_any();
    if (value.kind == VALUE_LIST)
        return of_list(checker, value.list, depth);
    if (value.kind == VALUE_CONTEXT)
        return of_context(checker, value.context, depth);
    if (value.kind == VALUE_RANGE) {
        Shape ends = join(checker, of_value(checker, value.range->low, depth + 1),
                          of_value(checker, value.range->high, depth + 1), 0);
        FeelType *type = NEW(checker->arena, FeelType);
        type->kind = TYPE_RANGE;
        type->element = shape_type(checker->arena, ends);
        return (Shape){KIND(VALUE_RANGE), type};
    }
    return shape_of(KIND(value.kind));
}

const FeelType *feel_type_of_value(Arena *arena, Value value)
{
    FeelChecker checker = {.arena = arena, .steps = 100000};
    return shape_type(arena, of_value(&checker, value, 0));
}
