// SPDX-License-Identifier: Apache-2.0
#include "record/pack_apply.h"

#include "base/keep.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/gate_rules.h"
#include "record/migrate.h"
#include "record/overlay.h"
#include "record/yaml.h"

#include <string.h>

// What becomes of the texts, from reading to publishing.
typedef struct Making {
    const Packs *shipped;
    PackVersion before;
    PackVersion after;
    int64_t base;
    Schema *schema;
    int changes;
} Making;

// ---- texts ----------------------------------------------------------------------------------

static FALLIBLE newest(Ctx *cx, void *state)
{
    Making *making = state;
    return pack_version_newest(cx, &making->before);
}

// The company's files after the edit.
static FALLIBLE edit_files(Ctx *cx, const PackEdit *edit, Value before, Value *out)
{
    Value after = value_context(cx->arena);
    if (edit->files.kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "'files' names files and their content"), "files");
    for (size_t i = 0; i < before.context->count && !edit->whole; i++)
        if (!value_get(edit->files, before.context->entries[i].key))
            value_set(cx->arena, after, before.context->entries[i].key,
                      before.context->entries[i].value);
    for (size_t i = 0; i < edit->files.context->count; i++) {
        const ValueEntry *entry = &edit->files.context->entries[i];
        bool text = entry->value.kind == VALUE_TEXT;
        if (entry->value.kind != VALUE_NULL)
            value_set(cx->arena, after, entry->key,
                      text ? entry->value : value_text(yaml_write(cx->arena, entry->value)));
    }
    *out = after;
    return NULL;
}

static FALLIBLE read_text(Ctx *cx, const char *name, const Value *text, YamlNode **out)
{
    *out = NULL;
    return text ? yaml_read(cx, name, text->text.bytes, text->text.length, out) : NULL;
}

// The shipped file that declares what the company's file of this name changes.
static FALLIBLE shipped_file(Ctx *cx, Value shipped, const YamlNode *ours, YamlNode **out)
{
    const char *entity = NULL;
    *out = NULL;
    TRY(yaml_get_text(cx, ours, "entity", false, &entity));
    for (size_t i = 0; entity && i < shipped.context->count && !*out; i++) {
        const ValueEntry *entry = &shipped.context->entries[i];
        const char *found = NULL;
        YamlNode *root;
        if (!strstr(entry->key, "/entities/"))
            continue;
        TRY(read_text(cx, entry->key, &entry->value, &root));
        TRY(yaml_get_text(cx, root, "entity", false, &found));
        if (text_equal(found, entity))
            *out = root;
    }
    return NULL;
}

static FALLIBLE find_conflicts(Ctx *cx, const PackVersion *before, PackVersion *after)
{
    after->conflicts = value_list(NULL, 0);
    if (!before->revision || value_equal(before->shipped, after->shipped))
        return NULL;
    for (size_t i = 0; i < after->company.context->count; i++) {
        const ValueEntry *entry = &after->company.context->entries[i];
        YamlNode *ours, *was, *is;
        if (!text_starts(entry->key, "entities/"))
            continue;
        TRY(read_text(cx, entry->key, &entry->value, &ours));
        TRY(shipped_file(cx, before->shipped, ours, &was));
        TRY(shipped_file(cx, after->shipped, ours, &is));
        overlay_conflicts(cx, entry->key, ours, was, is, &after->conflicts);
    }
    return NULL;
}

// ---- compiling ------------------------------------------------------------------------------

static Pack pack_copy(Arena *arena, const Pack *pack)
{
    Pack copy = {.name = text_copy(arena, pack->name),
                 .version = text_copy(arena, pack->version),
                 .title = {text_copy(arena, pack->title.en), text_copy(arena, pack->title.zh)},
                 .require_count = pack->require_count,
                 .file_count = pack->file_count};
    const char **names = NEW_ARRAY(arena, const char *, pack->require_count);
    for (size_t i = 0; i < pack->require_count; i++)
        names[i] = text_copy(arena, pack->requires[i]);
    PackFile *files = NEW_ARRAY(arena, PackFile, pack->file_count);
    for (size_t i = 0; i < pack->file_count; i++) {
        const PackFile *file = &pack->files[i];
        files[i] = (PackFile){.name = text_copy(arena, file->name),
                              .path = text_copy(arena, file->path),
                              .bytes = text_slice(arena, file->bytes, file->length),
                              .length = file->length};
    }
    copy.requires = names;
    copy.files = files;
    return copy;
}

static FALLIBLE compile_in(Ctx *lasting, const Packs *shipped, Value company, Schema **out)
{
    Packs *packs = NEW(lasting->arena, Packs);
    Pack *items = NEW_ARRAY(lasting->arena, Pack, shipped->count + 1);
    for (size_t i = 0; i < shipped->count; i++)
        if (!text_equal(shipped->items[i].name, COMPANY_PACK))
            items[packs->count++] = pack_copy(lasting->arena, &shipped->items[i]);
    TRY(pack_of_company(lasting, company, &items[packs->count]));
    if (items[packs->count].file_count)
        packs->count++;
    packs->items = items;
    return schema_compile(lasting, packs, out);
}

// A schema in an arena of its own; of a refused one the arena goes with cx, for the error lies
// there.
static FALLIBLE schema_make(Ctx *cx, const Packs *shipped, Value company, Schema **out)
{
    Ctx lasting = *cx;
    lasting.arena = arena_new(LIMIT_UNIT_BYTES);
    Error *error = compile_in(&lasting, shipped, company, out);
    if (error) {
        arena_defer_free(cx->arena, lasting.arena);
        return error;
    }
    (*out)->arena = lasting.arena;
    (*out)->holders = 1;
    return NULL;
}

// ---- applying -------------------------------------------------------------------------------

// In the last unit of work of the migration: with it, the version stands.
static FALLIBLE finish(Ctx *cx, void *state)
{
    Making *making = state;
    int64_t revision;
    TRY(pack_revision(cx, &revision));
    if (making->base >= 0 && revision != making->base)
        return error_hint(FAIL(cx, ERR_CONFLICT, "the packs were changed meanwhile"),
                          "Look at version %lld, and make your change on it.", (long long)revision);
    making->after.revision = revision + 1;
    making->after.at = cx->now;
    making->after.actor = cx->actor->user;
    return pack_version_add(cx, &making->after);
}

static FALLIBLE fits(Ctx *cx, void *state)
{
    const Governor *governor = gate_governor();
    Ctx own = *cx;
    own.schema = state;
    return governor && governor->fits ? governor->fits(&own) : NULL;
}

static FALLIBLE prepare(Ctx *cx, struct Database *database, const PackEdit *edit, Making *making)
{
    making->base = edit->base;
    making->shipped = cx->schema->packs;
    TRY(database_read(cx, database, newest, making));
    making->after = (PackVersion){.note = edit->note, .shipped = packs_files(cx, making->shipped)};
    TRY(edit_files(cx, edit, making->before.company, &making->after.company));
    TRY(schema_make(cx, making->shipped, making->after.company, &making->schema));
    Error *error = database_read(cx, database, fits, making->schema);
    if (!error)
        error = find_conflicts(cx, &making->before, &making->after);
    if (error)
        arena_defer(cx->arena, schema_let_go, making->schema);
    return error;
}

static FALLIBLE report(Ctx *cx, const Making *making, Value changes, Value *out)
{
    const char *company, *shipped;
    Value object = value_context(cx->arena);
    TRY(pack_diff(cx, making->before.shipped, making->after.shipped, &shipped));
    TRY(pack_diff(cx, making->before.company, making->after.company, &company));
    value_set(cx->arena, object, "revision", value_integer(making->after.revision));
    value_set(cx->arena, object, "shipped", value_text(shipped));
    value_set(cx->arena, object, "diff", value_text(company));
    value_set(cx->arena, object, "changes", changes);
    value_set(cx->arena, object, "conflicts", making->after.conflicts);
    *out = object;
    return NULL;
}

FALLIBLE packs_try(Ctx *cx, struct Database *database, const PackEdit *edit, Value *out)
{
    Making making = {0};
    Value changes;
    TRY(prepare(cx, database, edit, &making));
    arena_defer(cx->arena, schema_let_go, making.schema);
    making.after.revision = making.before.revision;
    TRY(schema_migration(cx, database, making.schema, &changes));
    return report(cx, &making, changes, out);
}

// From here the new schema is the newest one, and cx holds it.
static FALLIBLE carry_through(Ctx *cx, struct Database *database, Making *making)
{
    Error *error = schema_migrate(cx, database, making->schema, finish, making, &making->changes);
    if (error) {
        arena_defer(cx->arena, schema_let_go, making->schema);
        return error;
    }
    making->schema->revision = making->after.revision;
    schema_publish(cx->company, making->schema);
    schema_hold(cx);
    return NULL;
}

FALLIBLE packs_apply(Ctx *cx, struct Database *database, const PackEdit *edit, Value *out)
{
    Making making = {0};
    Value changes;
    TRY(prepare(cx, database, edit, &making));
    Error *error = schema_migration(cx, database, making.schema, &changes);
    if (error) {
        arena_defer(cx->arena, schema_let_go, making.schema);
        return error;
    }
    TRY(carry_through(cx, database, &making));
    return report(cx, &making, changes, out);
}

typedef struct Wanted {
    int64_t revision;
    PackVersion version;
} Wanted;

static FALLIBLE read_wanted(Ctx *cx, void *state)
{
    Wanted *wanted = state;
    return pack_version_read(cx, wanted->revision, &wanted->version);
}

FALLIBLE packs_rollback(Ctx *cx, struct Database *database, int64_t revision, Value *out)
{
    Wanted wanted = {.revision = revision};
    TRY(database_read(cx, database, read_wanted, &wanted));
    PackEdit edit = {.files = wanted.version.company,
                     .whole = true,
                     .base = -1,
                     .note = text_format(cx->arena, "back to version %lld", (long long)revision)};
    return packs_apply(cx, database, &edit, out);
}

static FALLIBLE revision_read(Ctx *cx, void *state)
{
    return pack_revision(cx, state);
}

FALLIBLE packs_refresh(Ctx *cx, struct Database *database)
{
    int64_t revision;
    Schema *schema;
    Wanted wanted = {0};
    TRY(database_read(cx, database, revision_read, &revision));
    if (!cx->schema || revision <= cx->schema->revision)
        return NULL;
    wanted.revision = revision;
    TRY(database_read(cx, database, read_wanted, &wanted));
    TRY(schema_make(cx, cx->schema->packs, wanted.version.company, &schema));
    schema->revision = revision;
    schema_publish(cx->company, schema);
    schema_hold(cx);
    return NULL;
}

// ---- at start -------------------------------------------------------------------------------

static Error *load_unit(Ctx *cx, void *state)
{
    return pack_data_load(cx, state, NULL);
}

static Error *nothing(Ctx *cx, void *state)
{
    (void)cx, (void)state;
    return NULL;
}

FALLIBLE packs_compile(Ctx *cx, struct Database *database, const char *folder,
                       const char *const *names, size_t count, Schema **out)
{
    Packs *packs;
    Making making = {0};
    TRY(packs_read(cx, folder, names, count, &packs));
    TRY(database_read(cx, database, newest, &making));
    TRY(schema_make(cx, packs, making.before.company, out));
    (*out)->revision = making.before.revision;
    return NULL;
}

FALLIBLE packs_open(Ctx *cx, struct Database *database, const char *folder,
                    const char *const *names, size_t count)
{
    Making making = {.base = -1};
    TRY(packs_compile(cx, database, folder, names, count, &making.schema));
    TRY(database_read(cx, database, newest, &making));
    making.after = making.before;
    making.after.shipped = packs_files(cx, making.schema->packs);
    making.after.note = "";
    bool known = making.before.revision && value_equal(making.before.shipped, making.after.shipped);
    Error *error = find_conflicts(cx, &making.before, &making.after);
    if (!error)
        error = schema_migrate(cx, database, making.schema, known ? nothing : finish, &making,
                               &making.changes);
    if (error) {
        arena_defer(cx->arena, schema_let_go, making.schema);
        return error;
    }
    making.schema->revision = making.after.revision;
    schema_publish(cx->company, making.schema);
    schema_hold(cx);
    const Packs *packs = making.schema->packs;
    for (size_t i = 0; i < packs->count; i++)
        TRY(database_write(cx, database, load_unit, (void *)&packs->items[i]));
    return NULL;
}

void packs_close(Company *company)
{
    keep_close(company);
    schema_publish(company, NULL);
}
