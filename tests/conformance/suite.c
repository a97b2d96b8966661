// SPDX-License-Identifier: Apache-2.0
#include "suite.h"

#include "base/limits.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH 8

FALLIBLE suite_file(Ctx *cx, const char *path, Text *out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return FAIL(cx, ERR_NOT_FOUND, "cannot read %s", path);
    Buffer *bytes = buffer_new(cx->arena);
    char piece[65536];
    size_t length;
    while (bytes->length <= LIMIT_BODY_BYTES && (length = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(bytes, piece, length);
    fclose(file);
    if (bytes->length > LIMIT_BODY_BYTES)
        return FAIL(cx, ERR_LIMIT, "%s is longer than %lu bytes", path, LIMIT_BODY_BYTES);
    *out = (Text){bytes->length ? bytes->bytes : "", bytes->length};
    return NULL;
}

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

bool suite_same_document(const XmlNode *a, const XmlNode *b)
{
    if (!a || !b)
        return a == b;
    if (a->kind != b->kind || strcmp(a->name, b->name) != 0 || strcmp(a->space, b->space) != 0 ||
        strcmp(a->prefix, b->prefix) != 0 || !text_equal(a->text, b->text) ||
        !same_attributes(a, b))
        return false;
    const XmlNode *left = a->first, *right = b->first;
    while (left && right && suite_same_document(left, right)) {
        left = left->next;
        right = right->next;
    }
    return !left && !right;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static FALLIBLE walk(const SuiteRun *run, const char *folder, const char *ending, SuiteVisit visit,
                     int depth)
{
    Ctx *cx = run->cx;
    struct dirent **entries;
    struct stat facts;
    int count = scandir(folder, &entries, visible, alphasort);
    Error *error = NULL;
    if (count < 0)
        return FAIL(cx, ERR_NOT_FOUND, "there is no folder %s", folder);
    for (int i = 0; i < count; i++) {
        ArenaMark mark = arena_mark(cx->arena);
        const char *path = text_format(cx->arena, "%s/%s", folder, entries[i]->d_name);
        free(entries[i]);
        if (error || stat(path, &facts) != 0)
            continue;
        if (S_ISDIR(facts.st_mode) && depth < DEPTH)
            error = walk(run, path, ending, visit, depth + 1);
        else if (S_ISREG(facts.st_mode) && text_ends(path, ending))
            error = visit(run, path);
        if (!error)
            arena_rewind(cx->arena, mark);
    }
    free(entries);
    return error;
}

FALLIBLE suite_walk(const SuiteRun *run, const char *ending, SuiteVisit visit)
{
    return walk(run, run->folder, ending, visit, 0);
}
