// SPDX-License-Identifier: Apache-2.0
// YAML: files of packs, and what YAML could do besides.
#include "record/yaml.h"
#include "fuzz.h"

#include <string.h>

static void walk(const YamlNode *node)
{
    FUZZ_HOLDS(node->line > 0 && node->column > 0);
    for (size_t i = 0; i < node->count; i++) {
        FUZZ_HOLDS(node->kind != YAML_MAP || node->keys[i]);
        walk(node->items[i]);
    }
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    YamlNode *root;
    if (!fuzz_fine(yaml_read(cx, "a.yaml", bytes, length, &root)) || !root)
        return;
    walk(root);
    Value value = yaml_value(cx->arena, root);
    const char *text = yaml_write(cx->arena, value);
    YamlNode *again = NULL;
    FUZZ_HOLDS(fuzz_fine(yaml_read(cx, "b.yaml", text, strlen(text), &again)) && again);
    FUZZ_HOLDS(value_equal(value, yaml_value(cx->arena, again)));
}

static const char *const seeds[] = {
    "a: &x [1, 2]\nb: *x\n",
    "<<: {a: 1}\n",
    "a: !!binary aGk=\n---\nb: 2\n",
    "? [a]\n: {b: \"\\u00e9\\x41\"}\n",
    "- |\n  x\n- >-\n  y\n",
    "%YAML 1.2\n---\n\xef\xbb\xbf# c\n",
    NULL,
};
static const char *const files[] = {"packs/*/*.yaml", "packs/*/data/*.yaml",
                                    "tests/packs/*/entities/*.yaml", NULL};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds, .files = files};
