// SPDX-License-Identifier: Apache-2.0
// Roles: positions to permissions and grants, with the wild ones spelled out.
#include "record/compile.h"
#include "record/condition.h"

#include <string.h>

// What one role gives, on its way.
typedef struct Giving {
    const Schema *schema;
    ARRAY(const char *) permissions;
    ARRAY(Grant) grants;
} Giving;

// One entry: "sales_order.read.team", and what records must meet.
typedef struct Given {
    const YamlNode *node;
    const char *noun;
    const char *verb;
    const char *scope; // NULL: none
    const char *rule;  // its source; NULL: none
} Given;

static bool verb_find(const char *word, Verb *out)
{
    for (Verb verb = 0; verb < VERB_COUNT; verb++)
        if (text_equal(verb_word(verb), word)) {
            *out = verb;
            return true;
        }
    return false;
}

static FALLIBLE scope_find(Ctx *cx, const Given *given, Scope *out)
{
    *out = SCOPE_ALL;
    if (!given->scope)
        return NULL;
    for (Scope scope = 0; scope < SCOPE_COUNT; scope++)
        if (text_equal(scope_word(scope), given->scope)) {
            *out = scope;
            return NULL;
        }
    return error_hint(yaml_error(cx, given->node, "'%s' is no scope", given->scope),
                      "Known: all, department, team, own, queue.");
}

static FALLIBLE compile_rule(Ctx *cx, const Given *given, const Entity *entity,
                             const Condition **out)
{
    if (!given->rule)
        return NULL;
    Error *error = condition_compile(cx, entity, given->rule, NULL, out);
    if (!error)
        return NULL;
    Error *placed = yaml_error(cx, given->node, "'when' is no condition on '%s': %s", entity->name,
                               error->message);
    return error->hint ? error_hint(placed, "%s", error->hint) : placed;
}

static FALLIBLE give(Ctx *cx, Giving *giving, const Given *given, const Entity *entity, Verb verb)
{
    Grant grant = {.entity = entity, .verb = verb};
    TRY(scope_find(cx, given, &grant.scope));
    TRY(compile_rule(cx, given, entity, &grant.rule));
    if (grant.scope == SCOPE_ALL && !grant.rule)
        array_push(cx->arena, giving->permissions) =
            text_format(cx->arena, "%s.%s", entity->name, verb_word(verb));
    else
        array_push(cx->arena, giving->grants) = grant;
    return NULL;
}

static FALLIBLE give_verbs(Ctx *cx, Giving *giving, const Given *given, const Entity *entity)
{
    Verb verb;
    if (verb_find(given->verb, &verb))
        return give(cx, giving, given, entity, verb);
    for (verb = 0; verb < VERB_COUNT; verb++)
        TRY(give(cx, giving, given, entity, verb));
    return NULL;
}

// A permission of another room, or one that fields ask for ("customer.credit").
static FALLIBLE give_other(Ctx *cx, Giving *giving, const Given *given, const char *text)
{
    if (given->rule)
        return yaml_error(cx, given->node, "'when' goes with a right on records, not with '%s'",
                          text);
    array_push(cx->arena, giving->permissions) = text;
    return NULL;
}

// "*" stays as it is: actor_may knows it.
static FALLIBLE expand(Ctx *cx, Giving *giving, Given *given, const char *text)
{
    Verb verb;
    const char *dot = strchr(text, '.');
    if (text_equal(text, "*"))
        return give_other(cx, giving, given, text);
    if (!dot || dot == text || !dot[1])
        return yaml_error(cx, given->node, "'%s' is no permission", text);
    const char *second = strchr(dot + 1, '.');
    given->noun = text_slice(cx->arena, text, (size_t)(dot - text));
    given->verb = second ? text_slice(cx->arena, dot + 1, (size_t)(second - dot - 1)) : dot + 1;
    given->scope = second ? second + 1 : NULL;
    bool on_records = text_equal(given->verb, "*") || verb_find(given->verb, &verb);
    const Entity *entity = schema_entity(giving->schema, given->noun);
    if (text_equal(given->noun, "*") && on_records) {
        for (size_t i = 0; i < giving->schema->entity_count; i++)
            TRY(give_verbs(cx, giving, given, giving->schema->entities[i]));
        return NULL;
    }
    if (!compile_name_valid(given->noun))
        return yaml_error(cx, given->node, "'%s' is no permission", text);
    if (entity && on_records)
        return give_verbs(cx, giving, given, entity);
    if (text_equal(given->verb, "*") || (second && on_records))
        return yaml_error(cx, given->node, "no loaded pack declares the entity '%s'", given->noun);
    return give_other(cx, giving, given, text);
}

// "opportunity.read.team", or {grant: ..., when: FEEL}.
static FALLIBLE compile_given(Ctx *cx, Giving *giving, const YamlNode *node)
{
    Given given = {.node = node};
    const char *text = node->kind == YAML_SCALAR ? node->text : NULL;
    if (!text) {
        TRY(yaml_map(cx, node, "a permission"));
        TRY(yaml_known(cx, node, "grant when"));
        TRY(yaml_get_text(cx, node, "grant", true, &text));
        TRY(yaml_get_text(cx, node, "when", true, &given.rule));
    }
    return expand(cx, giving, &given, text);
}

FALLIBLE compile_role(Ctx *cx, const Schema *schema, const YamlNode *node, Role *role)
{
    Giving giving = {.schema = schema};
    const char **positions = NULL;
    const YamlNode *permissions = NULL;
    TRY(yaml_known(cx, node, "role active title positions permissions"));
    TRY(compile_get_name(cx, node, "role", &role->name));
    TRY(compile_title(cx, node, "title", true, &role->title));
    TRY(yaml_get_texts(cx, node, "positions", &positions, &role->position_count));
    TRY(yaml_get_list(cx, node, "permissions", &permissions));
    for (size_t i = 0; permissions && i < permissions->count; i++)
        TRY(compile_given(cx, &giving, permissions->items[i]));
    role->positions = positions;
    role->permissions = giving.permissions.items;
    role->permission_count = giving.permissions.count;
    role->grants = giving.grants.items;
    role->grant_count = giving.grants.count;
    return NULL;
}
