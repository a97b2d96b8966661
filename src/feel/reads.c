// SPDX-License-Identifier: Apache-2.0
#include "feel/reads.h"

#include "feel/parser.h"

void feel_reads_add(Ctx *cx, const char *entry, FeelReads *out)
{
    for (size_t i = 0; i < out->count; i++)
        if (text_equal(out->items[i], entry))
            return;
    array_push(cx->arena, *out) = entry;
}

static bool is_name(const Node *node, const char *name)
{
    return node && node->kind == NODE_NAME && text_equal(node->name, name);
}

static void walk(Ctx *cx, const Node *node, const char *name, FeelReads *out)
{
    if (!node)
        return;
    if (node->kind == NODE_PATH && is_name(node->left, name)) {
        feel_reads_add(cx, node->name, out);
        return;
    }
    out->whole |= is_name(node, name);
    walk(cx, node->left, name, out);
    walk(cx, node->right, name, out);
    for (size_t i = 0; i < node->items.count; i++)
        walk(cx, node->items.items[i], name, out);
}

FALLIBLE feel_reads(Ctx *cx, const char *source, const FeelOptions *options, const char *name,
                    FeelReads *out)
{
    NameScope scope = {.names = options->names, .count = options->name_count};
    ParserSetting setting = {.scope = &scope};
    Node *tree;
    TRY(feel_parse(cx, source, &setting, &tree));
    walk(cx, tree, name, out);
    return NULL;
}
