// SPDX-License-Identifier: Apache-2.0
// Compiling packs: what pack.c, compile_entity.c and compile_role.c share. Not for other rooms.
#ifndef MILLRACE_RECORD_COMPILE_H
#define MILLRACE_RECORD_COMPILE_H

#include "record/schema.h"
#include "record/yaml.h"

// Lower case letters, digits and "_", a letter first, at most SCHEMA_NAME_LENGTH bytes.
bool compile_name_valid(const char *name);

// The entry `key` of a map as a name, refused with its place when it is none.
FALLIBLE compile_get_name(Ctx *cx, const YamlNode *map, const char *key, const char **out);

// A text for both languages, or {en, zh-CN}.
FALLIBLE compile_title(Ctx *cx, const YamlNode *map, const char *key, bool needed, Title *out);

// An entity on its way: parsed first, bound when all entities are known.
typedef struct Draft {
    Entity *entity;
    Field *fields;
    const YamlNode *root;
    const YamlNode **field_nodes; // by position; NULL for fields the engine adds
    ChildList *children;
} Draft;

FALLIBLE compile_entity_parse(Ctx *cx, const char *pack, const YamlNode *root, Draft *draft);
FALLIBLE compile_fields(Ctx *cx, Draft *draft);
// References, children, label, key, search, lists; then expressions, over the fields' names.
FALLIBLE compile_entity_bind(Ctx *cx, const Schema *schema, Draft *draft);
// The rules by which records are the same.
FALLIBLE compile_matching(Ctx *cx, Draft *draft);
FALLIBLE compile_expressions(Ctx *cx, Draft *draft);

// Refuses a text that is no pattern of numbers.
FALLIBLE compile_pattern(Ctx *cx, const YamlNode *node, const char *pattern);
FALLIBLE compile_filters(Ctx *cx, const Entity *entity, const YamlNode *node,
                         const DeclaredFilter **out, size_t *count);
// The children's fields must be known.
FALLIBLE compile_rollups(Ctx *cx, Draft *draft);

FALLIBLE compile_role(Ctx *cx, const Schema *schema, const YamlNode *node, Role *role);

// What is declared with `active: false` is as if it were not: its column is parked.
FALLIBLE compile_active(Ctx *cx, const YamlNode *node, bool *active);

#endif
