// SPDX-License-Identifier: Apache-2.0
// Roles: positions to permissions, with the wild ones spelled out.
#include "record/compile.h"

#include <string.h>

static const char *const verbs[] = {"read", "create", "edit", "delete", "export", "import"};
#define VERBS (sizeof verbs / sizeof *verbs)

typedef struct Permissions {
    const char **items;
    size_t count;
    size_t capacity;
} Permissions;

static void add(Ctx *cx, Permissions *permissions, const char *noun, const char *verb)
{
    array_push(cx->arena, *permissions) = text_format(cx->arena, "%s.%s", noun, verb);
}

// "*" stays as it is: actor_may knows it.
static FALLIBLE expand(Ctx *cx, const Schema *schema, const YamlNode *node, const char *given,
                       Permissions *permissions)
{
    const char *dot = strchr(given, '.');
    if (text_equal(given, "*")) {
        array_push(cx->arena, *permissions) = given;
        return NULL;
    }
    if (!dot || dot == given || !dot[1])
        return yaml_error(cx, node, "'%s' is no permission", given);
    const char *noun = text_slice(cx->arena, given, (size_t)(dot - given));
    if (text_equal(noun, "*")) {
        for (size_t i = 0; i < schema->entity_count; i++)
            add(cx, permissions, schema->entities[i]->name, dot + 1);
        return NULL;
    }
    if (!compile_name_valid(noun))
        return yaml_error(cx, node, "'%s' is no permission", given);
    if (text_equal(dot + 1, "*")) {
        if (!schema_entity(schema, noun))
            return yaml_error(cx, node, "no loaded pack declares the entity '%s'", noun);
        for (size_t i = 0; i < VERBS; i++)
            add(cx, permissions, noun, verbs[i]);
        return NULL;
    }
    array_push(cx->arena, *permissions) = given;
    return NULL;
}

FALLIBLE compile_roles(Ctx *cx, const Schema *schema, const char *pack, const YamlNode *root,
                       Role **roles, size_t *count)
{
    if (root->kind != YAML_LIST)
        return yaml_error(cx, root, "roles are a list");
    Role *all = NEW_ARRAY(cx->arena, Role, root->count);
    for (size_t i = 0; i < root->count; i++) {
        const YamlNode *node = root->items[i];
        const char **positions = NULL, **given = NULL;
        size_t given_count = 0;
        TRY(yaml_map(cx, node, "a role"));
        TRY(yaml_known(cx, node, "role title positions permissions"));
        TRY(compile_get_name(cx, node, "role", &all[i].name));
        TRY(compile_title(cx, node, "title", true, &all[i].title));
        TRY(yaml_get_texts(cx, node, "positions", &positions, &all[i].position_count));
        TRY(yaml_get_texts(cx, node, "permissions", &given, &given_count));
        Permissions permissions = {0};
        for (size_t p = 0; p < given_count; p++)
            TRY(expand(cx, schema, yaml_get(node, "permissions")->items[p], given[p],
                       &permissions));
        all[i].pack = pack;
        all[i].positions = positions;
        all[i].permissions = permissions.items;
        all[i].permission_count = permissions.count;
    }
    *roles = all;
    *count = root->count;
    return NULL;
}
