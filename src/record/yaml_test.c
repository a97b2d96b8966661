// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "record/yaml.h"

#include <string.h>

static Error *reading(Ctx *cx, const char *text, YamlNode **out)
{
    YamlNode *node = NULL;
    Error *error = yaml_read(cx, "a.yaml", text, strlen(text), &node);
    if (out)
        *out = node;
    return error;
}

static Value value_of(Ctx *cx, const char *text)
{
    YamlNode *node = NULL;
    CHECK_OK(reading(cx, text, &node));
    return yaml_value(cx->arena, node);
}

TEST(yaml_types_plain_scalars_and_leaves_quoted_ones_text)
{
    CHECK_JSON(value_of(cx, "a: 1\nb: '1'\nc: true\nd: \"true\"\ne: null\nf:\ng: 007\nh: -1.50\n"),
               "{\"a\":1,\"b\":\"1\",\"c\":true,\"d\":\"true\",\"e\":null,\"f\":null,"
               "\"g\":\"007\",\"h\":-1.50}");
    CHECK_JSON(value_of(cx, "- [a, 1e3, yes]\n- {zh-CN: 客户}\n- |\n  two\n  lines\n"),
               "[[\"a\",1000,\"yes\"],{\"zh-CN\":\"客户\"},\"two\\nlines\\n\"]");
}

TEST(yaml_refuses_by_name_what_packs_do_not_take)
{
    CHECK_FAILS(reading(cx, "a: &x 1\n", NULL), ERR_INVALID, "anchors");
    CHECK_FAILS(reading(cx, "a: *x\n", NULL), ERR_INVALID, "aliases");
    CHECK_FAILS(reading(cx, "a: !!str 1\n", NULL), ERR_INVALID, "tags");
    CHECK_FAILS(reading(cx, "a: {<<: {b: 1}}\n", NULL), ERR_INVALID, "merge keys");
    CHECK_FAILS(reading(cx, "a: 1\na: 2\n", NULL), ERR_INVALID, "'a' stands twice");
    CHECK_FAILS(reading(cx, "a: 1\n---\nb: 2\n", NULL), ERR_INVALID, "one document");
    CHECK_FAILS(reading(cx, "", NULL), ERR_INVALID, "empty");
    CHECK_FAILS(reading(cx, "{[a]: 1}", NULL), ERR_INVALID, "a key must be a word");
    CHECK_FAILS(reading(cx, "a: \"\xff\"", NULL), ERR_INVALID, "");
    CHECK_FAILS(reading(cx, "a: \"x\\0y\"", NULL), ERR_INVALID, "NUL");
}

TEST(yaml_refuses_deep_nesting)
{
    char text[201];
    memset(text, '[', 100);
    memset(text + 100, ']', 100);
    text[200] = 0;
    CHECK_FAILS(reading(cx, text, NULL), ERR_INVALID, "nested too deeply");
}

TEST(yaml_errors_name_file_line_and_column)
{
    YamlNode *node;
    Error *error = reading(cx, "a: 1\nb:\n  - *x\n", NULL);
    CHECK_FAILS(error, ERR_INVALID, "aliases");
    CHECK_INT(error->line, 3);
    CHECK_INT(error->column, 5);
    CHECK_TEXT(error->detail, "a.yaml");

    CHECK_OK(reading(cx, "a: 1\nbee: 2\n", &node));
    error = yaml_known(cx, node, "a b be");
    CHECK_FAILS(error, ERR_INVALID, "unknown key 'bee'");
    CHECK_INT(error->line, 2);
    CHECK_OK(yaml_known(cx, node, "be a bee"));
}

// Whatever the bytes, there is a tree or an error, and no crash.
TEST(yaml_survives_broken_input)
{
    static const char seed[] =
        "a: {b: [1, \"two\", 'three'], c: |\n  text\n}\n- &x !t *y <<: ? :\n";
    uint64_t random = 42;
    for (int round = 0; round < 3000; round++) {
        ArenaMark mark = arena_mark(cx->arena);
        char text[sizeof seed];
        memcpy(text, seed, sizeof seed);
        for (int flips = 0; flips < 4; flips++) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            text[(random >> 33) % (sizeof seed - 1)] = (char)(random >> 24);
        }
        YamlNode *node = NULL;
        Error *error = yaml_read(cx, "a.yaml", text, sizeof seed - 1 - (random >> 40) % 20, &node);
        CHECK(error != NULL || node != NULL);
        arena_rewind(cx->arena, mark);
    }
}
