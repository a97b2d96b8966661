// SPDX-License-Identifier: Apache-2.0
// FEEL's parser: the source as an expression, as unary tests, as a type. Every node stands within
// the source; a refusal says where.
#include "feel/builtin.h"
#include "feel/compile.h"
#include "feel/parser.h"
#include "fuzz.h"

#include <string.h>

static void node_holds(const Node *node, int length, int depth)
{
    FUZZ_HOLDS(node->from >= 0 && node->to >= node->from && node->to <= length);
    FUZZ_HOLDS(depth < 20000);
    FUZZ_HOLDS((node->kind != NODE_NAME && node->kind != NODE_PATH) || *node->name);
    if (node->left)
        node_holds(node->left, length, depth + 1);
    if (node->right)
        node_holds(node->right, length, depth + 1);
    for (size_t i = 0; i < node->items.count; i++)
        node_holds(node->items.items[i], length, depth + 1);
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    static const char *const names[] = {"net total", "a+b", "x", "if then", "it's"};
    NameScope scope = {.names = names, .count = sizeof names / sizeof *names};
    ParserSetting setting = {.scope = &scope, .members = &scope};
    const char *source = text_slice(cx->arena, bytes, length);
    int size = (int)strlen(source);
    Node *tree = NULL;
    const FeelType *type = NULL;
    const char *expected = NULL;
    Error *error = feel_parse(cx, source, &setting, &tree);
    if (fuzz_fine(error))
        node_holds(tree, size, 0);
    else
        FUZZ_HOLDS(error->code == ERR_LIMIT || !utf8_valid(source, strlen(source)) ||
                   (error->line > 0 && feel_byte_at(source, error->line, error->column) <= size));
    FUZZ_HOLDS(feel_parse_ended(cx, source, &setting, false, &tree, &expected) == !error);
    if (fuzz_fine(feel_parse_tests(cx, source, &setting, &tree)))
        node_holds(tree, size, 0);
    if (fuzz_fine(feel_parse_type(cx, source, NULL, &type)))
        FUZZ_HOLDS(*feel_type_text(cx->arena, type));
}

static const char *const seeds[] = {
    "context<a b: list<number>, f: function<string, Any>->range<date>>",
    "not(> 1, [2..3), ?.x = 4)",
    "for a in [1..3], b in a..5 return {c d: a, e: c d + b}.e",
    "f(x: 1, y z: function(a: number, b) external {java: {}})[item.p > 1](2)",
    "if a between 1 and 2 then ]1..2[ else (>= 3) in (1, < 2, [3..4])",
    "some x in y satisfies every z in x satisfies z instance of list<tLoan>",
    "((((((((((-(-(-1))))))))))))",
    NULL,
};
static const char *const files[] = {"tests/feel/*.feel-test", NULL};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds, .files = files, .blocks = true};
