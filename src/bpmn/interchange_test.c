// SPDX-License-Identifier: Apache-2.0
// The models that the tools of others exchange ($MILLRACE_CONFORMANCE/bpmn/interchange): what is
// read and written and read again is the same document, node by node.
#include "bpmn/model.h"

#include "base/test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_attributes(const XmlNode *a, const XmlNode *b)
{
    if (a->attribute_count != b->attribute_count || a->declaration_count != b->declaration_count)
        return false;
    for (size_t i = 0; i < a->attribute_count; i++)
        if (strcmp(a->attributes[i].value, b->attributes[i].value) != 0 ||
            strcmp(a->attributes[i].name, b->attributes[i].name) != 0 ||
            strcmp(a->attributes[i].space, b->attributes[i].space) != 0)
            return false;
    return true;
}

static bool same_document(const XmlNode *a, const XmlNode *b)
{
    if (!a || !b)
        return a == b;
    if (a->kind != b->kind || strcmp(a->name, b->name) != 0 || strcmp(a->space, b->space) != 0 ||
        strcmp(a->prefix, b->prefix) != 0 || !text_equal(a->text, b->text) ||
        !same_attributes(a, b))
        return false;
    const XmlNode *left = a->first, *right = b->first;
    while (left && right && same_document(left, right)) {
        left = left->next;
        right = right->next;
    }
    return !left && !right;
}

// nftw has no room for a context.
static Ctx *walking;
static int same, refused, total;

static int file_visit(const char *path, [[maybe_unused]] const struct stat *facts, int type,
                      [[maybe_unused]] struct FTW *place)
{
    FILE *file;
    if (type != FTW_F || !text_ends(path, ".bpmn") || !(file = fopen(path, "rb")))
        return 0;
    ArenaMark mark = arena_mark(walking->arena);
    Buffer *xml = buffer_new(walking->arena), *written = buffer_new(walking->arena);
    char piece[65536];
    size_t length;
    while ((length = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(xml, piece, length);
    fclose(file);
    BpmnProblems problems = {0};
    const BpmnModel *model;
    const XmlNode *again;
    total++;
    Error *error =
        bpmn_read(walking, xml->length ? xml->bytes : "", xml->length, &model, &problems);
    if (error) {
        refused++;
        printf("  %s: line %d: %s\n", path, error->line, error->message);
    } else {
        xml_write(written, model->root);
        if (!xml_read(walking, written->bytes, written->length, &again))
            same += same_document(model->root, again);
        CHECK_INT((long long)model->source_length, (long long)xml->length);
    }
    arena_rewind(walking->arena, mark);
    return 0;
}

TEST_WITH(bpmn_models_of_other_tools_survive_reading_and_writing, NULL, 120)
{
    const char *folder = getenv("MILLRACE_CONFORMANCE");
    folder = text_format(cx->arena, "%s/bpmn/interchange",
                         folder ? folder : TEST_SOURCE_ROOT "/../shared/conformance");
    walking = cx;
    if (nftw(folder, file_visit, 16, FTW_PHYS) != 0 || total == 0) {
        printf("skipped: %s is not there\n", folder);
        return;
    }
    printf("bpmn interchange: %d of %d survive, %d are refused as broken\n", same, total, refused);
    CHECK_INT(same + refused, total);
}
