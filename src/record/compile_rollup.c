// SPDX-License-Identifier: Apache-2.0
// Roll-ups, from text to what they ask of which children.
#include "base/json.h"
#include "record/compile.h"
#include "record/field.h"

static bool is_number(const Field *field)
{
    return field->type == FIELD_INTEGER || field->type == FIELD_DECIMAL ||
           field->type == FIELD_MONEY || field->type == FIELD_PERCENT;
}

static FALLIBLE read_function(Ctx *cx, const YamlNode *node, RollupFunction *out)
{
    static const char *const words[] = {
        [ROLLUP_COUNT] = "count",     [ROLLUP_SUM] = "sum",         [ROLLUP_AVERAGE] = "average",
        [ROLLUP_MINIMUM] = "minimum", [ROLLUP_MAXIMUM] = "maximum",
    };
    const char *word = NULL;
    TRY(yaml_get_text(cx, node, "function", true, &word));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(words[i], word)) {
            *out = (RollupFunction)i;
            return NULL;
        }
    return error_hint(yaml_error(cx, yaml_get(node, "function"), "unknown function '%s'", word),
                      "Known: count, sum, average, minimum, maximum.");
}

// What a function takes, and what its result fits in.
static FALLIBLE check_types(Ctx *cx, const YamlNode *node, const Field *field, const Rollup *rollup)
{
    const Field *of = rollup->field;
    bool extreme = rollup->function == ROLLUP_MINIMUM || rollup->function == ROLLUP_MAXIMUM;
    if ((rollup->function == ROLLUP_COUNT) == (of != NULL))
        return yaml_error(cx, node, "a roll-up names a field of its children, but for count");
    bool takes =
        !of || is_number(of) || (extreme && (of->type == FIELD_DATE || of->type == FIELD_INSTANT));
    bool fits = !of || is_number(of) ? is_number(field) : field->type == of->type;
    if (!takes || !fits)
        return yaml_error(cx, node, "a %s cannot hold this roll-up", field_type_word(field->type));
    return NULL;
}

// They are asked at each change of a child: what is wrong with them is told now.
static FALLIBLE check_filters(Ctx *cx, const YamlNode *node, const Rollup *rollup)
{
    static const char *const known[] = {"=",  "!=", "<",       "<=",         ">",
                                        ">=", "in", "is null", "is not null"};
    for (size_t i = 0; i < rollup->filter_count; i++) {
        const DeclaredFilter *filter = &rollup->filters[i];
        const Field *field = entity_field(rollup->children->entity, filter->field);
        bool found = false;
        Value value;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            found = found || text_equal(known[k], filter->operator);
        if (!found || field_is_tree(field))
            return yaml_error(cx, node, "a roll-up cannot be filtered by %s of '%s'",
                              filter->operator, field->name);
        bool listed = text_equal(filter->operator, "in");
        if (listed && filter->value.kind != VALUE_LIST)
            return yaml_error(cx, node, "'in' needs a list");
        for (size_t k = 0; listed && k < filter->value.list.count; k++)
            TRY(field_coerce(cx, field, filter->value.list.items[k], &value));
        if (!listed)
            TRY(field_coerce(cx, field, filter->value, &value));
    }
    return NULL;
}

static const char *definition_of(Ctx *cx, const Rollup *rollup)
{
    Buffer *text = buffer_new(cx->arena);
    buffer_format(text, "%d %s.%s %s", rollup->function, rollup->children->entity->name,
                  rollup->children->by->name, rollup->field ? rollup->field->name : "*");
    for (size_t i = 0; i < rollup->filter_count; i++)
        buffer_format(text, " %s %s %s", rollup->filters[i].field, rollup->filters[i].operator,
                      json_text(cx->arena, rollup->filters[i].value));
    return text->bytes;
}

static FALLIBLE bind_rollup(Ctx *cx, const Entity *entity, const YamlNode *node, Field *field)
{
    Rollup *rollup = NEW(cx->arena, Rollup);
    const char *list = NULL, *of = NULL;
    TRY(yaml_map(cx, node, "a roll-up"));
    TRY(yaml_known(cx, node, "children function field filter"));
    TRY(yaml_get_text(cx, node, "children", true, &list));
    TRY(yaml_get_text(cx, node, "field", false, &of));
    TRY(read_function(cx, node, &rollup->function));
    for (size_t i = 0; i < entity->child_count; i++)
        if (text_equal(entity->children[i].name, list))
            rollup->children = &entity->children[i];
    if (!rollup->children)
        return yaml_error(cx, node, "'%s' has no list '%s'", entity->name, list);
    if (rollup->children->by->type != FIELD_REFERENCE)
        return yaml_error(cx, node,
                          "the records of '%s' lead to several: they are rolled up by none", list);
    if (of) {
        rollup->field = entity_field(rollup->children->entity, of);
        if (rollup->field && rollup->field->live)
            return yaml_error(cx, node, "'%s' is computed when it is read", of);
        if (!rollup->field)
            return yaml_error(cx, node, "the entity '%s' has no field '%s'",
                              rollup->children->entity->name, of);
    }
    TRY(check_types(cx, node, field, rollup));
    TRY(compile_filters(cx, rollup->children->entity, node, &rollup->filters,
                        &rollup->filter_count));
    TRY(check_filters(cx, node, rollup));
    if (field->computed || field->default_value || field->required || field->unique)
        return yaml_error(cx, node,
                          "a roll-up is not required, unique, computed or set by default");
    rollup->definition = definition_of(cx, rollup);
    field->rollup = rollup;
    return NULL;
}

FALLIBLE compile_rollups(Ctx *cx, Draft *draft)
{
    for (size_t i = 0; i < draft->entity->field_count; i++) {
        const YamlNode *node = draft->field_nodes[i];
        const YamlNode *declared = node ? yaml_get(node, "rollup") : NULL;
        if (declared)
            TRY(bind_rollup(cx, draft->entity, declared, &draft->fields[i]));
    }
    return NULL;
}
