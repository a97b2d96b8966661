// SPDX-License-Identifier: Apache-2.0
// YAML: one document of a pack as a tree that knows its lines. The reader is libyaml behind this
// one file.
//
// The tree lives in cx->arena. Refused by name, with line and column: anchors, aliases, tags, merge
// keys, a key that stands twice or is no scalar, more than one document, broken UTF-8, nesting
// deeper than YAML_DEPTH, more than YAML_NODES nodes. Scalars: quoted is text; plain true, false,
// null (or nothing) and numbers as JSON writes them are typed; any other plain scalar is text.
#ifndef MILLRACE_RECORD_YAML_H
#define MILLRACE_RECORD_YAML_H

#include "base/value.h"

#define YAML_DEPTH 24
#define YAML_NODES 500000

typedef enum YamlKind { YAML_SCALAR, YAML_LIST, YAML_MAP } YamlKind;

typedef struct YamlNode YamlNode;
struct YamlNode {
    YamlKind kind;
    const char *file; // for messages
    int line;         // from 1
    int column;
    const char *text; // of a scalar, as it stands
    bool quoted;
    Value value;       // of a scalar, typed
    const char **keys; // of a map, in order
    YamlNode **items;  // of a map or a list
    size_t count;
};

FALLIBLE yaml_read(Ctx *cx, const char *file, const char *bytes, size_t length, YamlNode **out);

// ERR_INVALID at the place of the node.
__attribute__((format(printf, 3, 4), returns_nonnull)) Error *
yaml_error(Ctx *cx, const YamlNode *node, const char *format, ...);

// The entry of a map, or NULL.
const YamlNode *yaml_get(const YamlNode *map, const char *key);

// Each refuses what is of another kind. An absent or null entry leaves NULL (or the default), and
// is refused when it is `needed`.
FALLIBLE yaml_map(Ctx *cx, const YamlNode *node, const char *what);
FALLIBLE yaml_get_text(Ctx *cx, const YamlNode *map, const char *key, bool needed,
                       const char **out);
FALLIBLE yaml_get_boolean(Ctx *cx, const YamlNode *map, const char *key, bool *out);
FALLIBLE yaml_get_integer(Ctx *cx, const YamlNode *map, const char *key, int low, int high,
                          int *out);
FALLIBLE yaml_get_list(Ctx *cx, const YamlNode *map, const char *key, const YamlNode **out);
FALLIBLE yaml_get_texts(Ctx *cx, const YamlNode *map, const char *key, const char ***out,
                        size_t *count);
// Refuses a key that is not among the words of `known`, separated by blanks.
FALLIBLE yaml_known(Ctx *cx, const YamlNode *map, const char *known);

// The tree as a Value.
Value yaml_value(Arena *arena, const YamlNode *node);

// A value of texts, numbers, booleans, nulls, lists and contexts as text that reads back as the
// same.
const char *yaml_write(Arena *arena, Value value);

#endif
