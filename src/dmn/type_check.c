// SPDX-License-Identifier: Apache-2.0
// The static types of a model: each expression is checked over what its element requires.
#include "dmn/model.h"

#include "feel/check.h"

typedef ARRAY(FeelField) Fields;

// What a knowledge model or a service is to those that call it.
static const FeelType *function_type(Arena *arena, const Element *element)
{
    static const FeelType any = {.kind = TYPE_ANY};
    FeelType *type = NEW(arena, FeelType);
    Fields fields = {0};
    type->kind = TYPE_FUNCTION;
    if (element->kind == ELEMENT_SERVICE)
        for (size_t i = 0; i < element->parameters.count; i++)
            array_push(arena, fields) =
                (FeelField){element->signature[i].name,
                            element->signature[i].type ? element->signature[i].type : &any};
    else
        for (size_t i = 0; element->tree && i < element->tree->parameters.count; i++) {
            const Parameter *parameter = &element->tree->parameters.items[i];
            array_push(arena, fields) =
                (FeelField){parameter->name, parameter->type ? parameter->type : &any};
        }
    type->fields = fields.items;
    type->field_count = fields.count;
    type->element = element->type ? element->type : &any;
    return type;
}

static const FeelType *type_of(Arena *arena, const Element *element)
{
    bool function = element->kind == ELEMENT_KNOWLEDGE || element->kind == ELEMENT_SERVICE;
    return function ? function_type(arena, element) : element->type;
}

// What comes from another model stands behind the name of its import, of whose other entries
// nothing is known.
static void add_name(Ctx *cx, const Element *element, const Element *required, Fields *names)
{
    const char *import = dmn_import_name(element, required);
    array_push(cx->arena, *names) = *import
                                        ? (FeelField){import, NULL}
                                        : (FeelField){required->name, type_of(cx->arena, required)};
}

const FeelType *knowledge_checked(struct FeelChecker *checker, const Hook *hook,
                                  const NodeList *parts)
{
    (void)hook;
    return feel_check_part(checker, parts->items[0], NULL);
}

static void check_element(Ctx *cx, const Dmn *model, const Element *element, DmnFindings *findings)
{
    FeelCheck check;
    Fields names = {0};
    TypeScope types = {model->type_names.items, model->types.items, model->types.count};
    for (size_t i = 0; i < element->requirements.count; i++)
        add_name(cx, element, element->requirements.items[i], &names);
    if (element->kind == ELEMENT_KNOWLEDGE)
        array_push(cx->arena, names) = (FeelField){element->name, NULL};
    FeelCheckSetting setting = {.names = names.items, .name_count = names.count, .types = &types};
    feel_check_tree(cx, element->tree, element->name, &setting, &check);
    for (size_t i = 0; i < check.problems.count; i++) {
        const FeelDiagnostic *problem = &check.problems.items[i];
        int line = dmn_line(model, problem->source, problem->from);
        array_push(cx->arena, *findings) = (DmnFinding){.kind = DMN_TYPE,
                                                        .element = element->name,
                                                        .line = line ? line : element->node->line,
                                                        .message = problem->message,
                                                        .hint = problem->hint,
                                                        .from = line ? problem->from : 0,
                                                        .to = line ? problem->to : 0};
    }
}

void type_check(Ctx *cx, const Dmn *model, DmnFindings *findings)
{
    for (size_t i = 0; i < model->elements.count; i++)
        if (model->elements.items[i]->tree)
            check_element(cx, model, model->elements.items[i], findings);
}
