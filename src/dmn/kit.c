// SPDX-License-Identifier: Apache-2.0
#include "dmn/kit.h"
#include "dmn/kit_internal.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

typedef struct Kit {
    Ctx *cx;
    const KitOptions *options;
    KitTotals *totals;
    const char *file;
    const Dmn *model;
    const char *external; // the suite of external functions, whose values need another language
} Kit;

static const Element *service_named(const Dmn *model, const char *name)
{
    for (size_t i = 0; name && i < model->elements.count; i++) {
        const Element *element = model->elements.items[i];
        if (element->kind == ELEMENT_SERVICE && strcmp(element->name, name) == 0)
            return element;
    }
    return NULL;
}

static Error *evaluate(const Kit *kit, const XmlNode *test, const char *name, Value inputs,
                       FeelDiagnostics *diagnostics, Value *out)
{
    const char *type = xml_attribute(test, "type");
    const char *invocable = xml_attribute(test, "invocableName");
    if (!invocable || text_equal(type, "decision"))
        return dmn_evaluate(kit->cx, kit->model, name, inputs, diagnostics, NULL, out);
    Value result;
    TRY(dmn_invoke(kit->cx, kit->model, invocable, inputs, diagnostics, &result));
    const Element *service = service_named(kit->model, invocable);
    const Value *entry = value_get(result, name);
    *out = service && service->outputs.count > 1 && entry ? *entry : result;
    return NULL;
}

static void report(const Kit *kit, const XmlNode *test, const char *name, const char *verdict,
                   const char *rest)
{
    if (kit->options->out)
        fprintf(kit->options->out, "%s %s %s %s%s\n", verdict, kit->file,
                xml_attribute(test, "id") ? xml_attribute(test, "id") : "", name, rest);
}

// A diagnostic with its place; what is wrong with an input that the caller gave has none.
static bool has_place(const FeelDiagnostics *diagnostics)
{
    const FeelDiagnostic *first = diagnostics->items;
    return diagnostics->count > 0 && (!first->source || first->to > first->from);
}

static void run_node(Kit *kit, const XmlNode *test, const XmlNode *node, Value inputs)
{
    Arena *arena = kit->cx->arena;
    FeelDiagnostics diagnostics = {0};
    Value actual = value_null();
    const char *name = xml_attribute(node, "name");
    const XmlNode *wanted = dmn_child(node, "expected");
    Value expected = wanted ? kit_value(arena, wanted) : value_null();
    bool error_wanted = text_equal(xml_attribute(node, "errorResult"), "true");
    bool non_null = expected.kind != VALUE_NULL;
    Error *error = evaluate(kit, test, name ? name : "", inputs, &diagnostics, &actual);
    bool otherwise = false;
    bool passed = !error && kit_same(arena, expected, actual, &otherwise) &&
                  (!error_wanted || has_place(&diagnostics));
    if (!passed && non_null && kit->external && strstr(kit->file, kit->external)) {
        kit->totals->skipped++;
        if (kit->options->all)
            report(kit, test, name, "skipped", "");
        return;
    }
    kit->totals->otherwise += passed && otherwise;
    kit->totals->nodes++;
    kit->totals->passed += passed;
    kit->totals->non_null += non_null;
    kit->totals->non_null_passed += non_null && passed;
    if (passed && kit->options->all)
        report(kit, test, name, "ok",
               otherwise ? text_format(arena, ": %s, written otherwise than %s",
                                       feel_text(arena, actual), feel_text(arena, expected))
                         : "");
    if (!passed)
        report(kit, test, name, "FAIL",
               text_format(arena, ": expected %s%s, but got %s%s%s", feel_text(arena, expected),
                           error_wanted ? " with a diagnostic" : "",
                           error ? error->message : feel_text(arena, actual),
                           diagnostics.count ? ": " : "",
                           diagnostics.count ? diagnostics.items[0].message : ""));
}

static void run_case(Kit *kit, const XmlNode *test)
{
    Value inputs = value_context(kit->cx->arena);
    for (const XmlNode *at = dmn_child(test, "inputNode"); at; at = dmn_next(at, "inputNode")) {
        const char *name = xml_attribute(at, "name");
        if (name)
            value_set(kit->cx->arena, inputs, name, kit_value(kit->cx->arena, at));
    }
    for (const XmlNode *at = dmn_child(test, "resultNode"); at; at = dmn_next(at, "resultNode"))
        run_node(kit, test, at, inputs);
}

static void fail_all(Kit *kit, const XmlNode *root, const Error *error)
{
    for (const XmlNode *test = dmn_child(root, "testCase"); test;
         test = dmn_next(test, "testCase")) {
        for (const XmlNode *at = dmn_child(test, "resultNode"); at;
             at = dmn_next(at, "resultNode")) {
            const XmlNode *wanted = dmn_child(at, "expected");
            kit->totals->nodes++;
            kit->totals->non_null += wanted && kit_value(kit->cx->arena, wanted).kind != VALUE_NULL;
            report(kit, test, xml_attribute(at, "name"), "FAIL",
                   text_format(kit->cx->arena, ": the model is refused: %s", error->message));
        }
    }
}

static Error *run_file(Kit *kit, const char *folder, const char *name)
{
    Ctx *cx = kit->cx;
    char *bytes;
    size_t length;
    const XmlNode *root;
    kit->file = name;
    TRY(kit_read_file(cx, text_format(cx->arena, "%s/%s", folder, name), &bytes, &length));
    TRY(xml_read(cx, bytes, length, &root));
    if (strcmp(root->name, "testCases") != 0)
        return NULL;
    const char *model = dmn_child_text(cx->arena, root, "modelName");
    kit->totals->files++;
    Error *error = kit_read_model(cx, folder, model ? model : "", kit->options, &kit->model);
    if (error) {
        fail_all(kit, root, error);
        return NULL;
    }
    for (const XmlNode *test = dmn_child(root, "testCase"); test; test = dmn_next(test, "testCase"))
        run_case(kit, test);
    return NULL;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static Error *run_folder(Kit *kit, const char *folder, int depth)
{
    Ctx *cx = kit->cx;
    struct dirent **entries;
    int count = scandir(folder, &entries, visible, alphasort);
    Error *error = NULL;
    if (count < 0)
        return FAIL(cx, ERR_NOT_FOUND, "there is no folder %s", folder);
    for (int i = 0; i < count; i++) {
        char *name = text_copy(cx->arena, entries[i]->d_name);
        bool directory = entries[i]->d_type == DT_DIR;
        free(entries[i]);
        ArenaMark mark = arena_mark(cx->arena);
        if (!error && directory && depth < 8)
            error = run_folder(kit, text_format(cx->arena, "%s/%s", folder, name), depth + 1);
        else if (!error && text_ends(name, ".xml"))
            error = run_file(kit, folder, name);
        if (!error)
            arena_rewind(cx->arena, mark);
    }
    free(entries);
    return error;
}

FALLIBLE kit_run(Ctx *cx, const char *folder, const KitOptions *options, KitTotals *totals)
{
    memset(totals, 0, sizeof *totals);
    Kit kit = {.cx = cx, .options = options, .totals = totals, .external = "external-java"};
    return run_folder(&kit, folder, 0);
}

char *kit_summary(Arena *arena, const KitTotals *totals)
{
    return text_format(arena,
                       "%zu/%zu (%zu skipped)\nnon-null %zu/%zu\n%zu numbers written otherwise",
                       totals->passed, totals->nodes, totals->skipped, totals->non_null_passed,
                       totals->non_null, totals->otherwise);
}
