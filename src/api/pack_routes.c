// SPDX-License-Identifier: Apache-2.0
// The company's own layer of the packs, changed while the server runs.
#include "base/ids.h"
#include "db/database.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/pack_apply.h"
#include "record/yaml.h"

#include <string.h>

static Value shipped_packs(Ctx *cx)
{
    const Packs *packs = cx->schema->packs;
    Value *items = NEW_ARRAY(cx->arena, Value, packs->count);
    for (size_t i = 0; i < packs->count; i++) {
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "name", value_text(packs->items[i].name));
        value_set(cx->arena, items[i], "title", value_text(title_in(cx, packs->items[i].title)));
        value_set(cx->arena, items[i], "version", value_text(packs->items[i].version));
    }
    return value_list(items, packs->count);
}

// Each file as its text, and as the value that the text says.
static FALLIBLE company_files(Ctx *cx, Value files, Value *out)
{
    Value *items = NEW_ARRAY(cx->arena, Value, files.context->count);
    for (size_t i = 0; i < files.context->count; i++) {
        const ValueEntry *entry = &files.context->entries[i];
        YamlNode *root;
        TRY(yaml_read(cx, entry->key, entry->value.text.bytes, entry->value.text.length, &root));
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "name", value_text(entry->key));
        value_set(cx->arena, items[i], "text", entry->value);
        value_set(cx->arena, items[i], "value", yaml_value(cx->arena, root));
    }
    *out = value_list(items, files.context->count);
    return NULL;
}

ROUTE(packs_route, GET, "/api/v1/packs", "pack.edit",
      "The packs, the company's own files over them, and what an upgrade ships otherwise",
      .output = SCHEMA("Packs"))
{
    PackVersion version;
    Value files;
    TRY(pack_version_newest(cx, &version));
    TRY(company_files(cx, version.company, &files));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "revision", value_integer(version.revision));
    value_set(cx->arena, response->json, "packs", shipped_packs(cx));
    value_set(cx->arena, response->json, "files", files);
    value_set(cx->arena, response->json, "conflicts", version.conflicts);
    return NULL;
}

ROUTE(pack_versions_route, GET, "/api/v1/packs/versions", "pack.edit",
      "What was applied, by whom and when, the newest first", .output = SCHEMA("PackVersions"))
{
    response->json = value_context(cx->arena);
    Value items;
    TRY(pack_version_list(cx, &items));
    value_set(cx->arena, response->json, "items", items);
    return NULL;
}

static FALLIBLE known_revision(Ctx *cx, const Request *request, const char *name, int64_t fallback,
                               PackVersion *out)
{
    int64_t revision;
    TRY(request_query_integer(cx, request, name, fallback, &revision));
    return pack_version_read(cx, revision, out);
}

ROUTE(pack_diff_route, GET, "/api/v1/packs/diff", "pack.edit",
      "What the company's files say otherwise between two versions",
      .query = "from:integer to:integer", .output = SCHEMA("PackDiff"))
{
    PackVersion from, to;
    const char *diff;
    int64_t newest;
    TRY(pack_revision(cx, &newest));
    TRY(known_revision(cx, request, "to", newest, &to));
    TRY(known_revision(cx, request, "from", to.revision > 1 ? to.revision - 1 : 1, &from));
    TRY(pack_diff(cx, from.company, to.company, &diff));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "from", value_integer(from.revision));
    value_set(cx->arena, response->json, "to", value_integer(to.revision));
    value_set(cx->arena, response->json, "diff", value_text(diff));
    return NULL;
}

static FALLIBLE read_edit(Ctx *cx, const Request *request, bool needs_base, PackEdit *out)
{
    const Value *files = value_get(request->json, "files"),
                *base = value_get(request->json, "base");
    int64_t revision = -1;
    if (base && (base->kind != VALUE_NUMBER || !decimal_to_integer(base->number, &revision) ||
                 revision < 0))
        return error_field(FAIL(cx, ERR_INVALID, "'base' is a version of the packs"), "base");
    if (needs_base && revision < 0)
        return error_field(FAIL(cx, ERR_INVALID, "'base' is needed"), "base");
    *out = (PackEdit){.files = files ? *files : value_null(),
                      .base = revision,
                      .note = value_get_text(request->json, "note")};
    return NULL;
}

ROUTE(pack_try_route, POST, "/api/v1/packs/try", "pack.edit",
      "What a change of the company's files would do; nothing is changed", .unit = UNIT_NONE,
      .input = SCHEMA("PackEdit"), .output = SCHEMA("PackChange"))
{
    PackEdit edit;
    TRY(read_edit(cx, request, false, &edit));
    return packs_try(cx, cx->company->database, &edit, &response->json);
}

ROUTE(pack_apply_route, POST, "/api/v1/packs/company", "pack.edit",
      "Change the company's files; the server works with them from now on", .unit = UNIT_NONE,
      .input = SCHEMA("PackEdit"), .output = SCHEMA("PackChange"))
{
    PackEdit edit;
    TRY(read_edit(cx, request, true, &edit));
    return packs_apply(cx, cx->company->database, &edit, &response->json);
}

ROUTE(pack_rollback_route, POST, "/api/v1/packs/versions/{revision}/rollback", "pack.edit",
      "Go back to the company's files of a version", .unit = UNIT_NONE,
      .output = SCHEMA("PackChange"))
{
    const char *text = request_parameter(request, "revision");
    Decimal number;
    int64_t revision;
    if (!decimal_parse(text, strlen(text), &number) || !decimal_to_integer(number, &revision))
        return FAIL(cx, ERR_NOT_FOUND, "the packs have no such version");
    return packs_rollback(cx, cx->company->database, revision, &response->json);
}
