// SPDX-License-Identifier: Apache-2.0
#include "record/pack_version.h"

#include "record/compile.h"
#include "record/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Listing {
    PackFile *items;
    size_t count;
    size_t capacity;
} Listing;

static void close_folder(void *handle)
{
    closedir(handle);
}

static FALLIBLE read_file(Ctx *cx, PackFile *file)
{
    FILE *stream = fopen(file->path, "rbe");
    if (!stream)
        return FAIL(cx, ERR_NOT_FOUND, "%s cannot be read: %s", file->path, strerror(errno));
    Buffer *buffer = buffer_new(cx->arena);
    char block[16384];
    size_t got;
    while ((got = fread(block, 1, sizeof block, stream)) > 0 && buffer->length <= PACK_FILE_BYTES)
        buffer_add(buffer, block, got);
    bool broken = ferror(stream);
    fclose(stream);
    if (broken)
        return FAIL(cx, ERR_UNAVAILABLE, "%s cannot be read to its end", file->path);
    if (buffer->length > PACK_FILE_BYTES)
        return FAIL(cx, ERR_LIMIT, "%s is longer than %lu bytes", file->path, PACK_FILE_BYTES);
    file->bytes = buffer->bytes;
    file->length = buffer->length;
    return NULL;
}

static bool taken(const char *name)
{
    return text_ends(name, ".yaml") || text_ends(name, ".bpmn") || text_ends(name, ".dmn");
}

// Files of the folder and of its folders; other endings (pictures, notes) are left alone.
static FALLIBLE list_folder(Ctx *cx, const char *path, const char *inside, Listing *listing,
                            int depth)
{
    DIR *folder = opendir(path);
    if (!folder)
        return FAIL(cx, ERR_NOT_FOUND, "the folder %s cannot be read: %s", path, strerror(errno));
    arena_defer(cx->arena, close_folder, folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        PackFile file = {.name = text_format(cx->arena, "%s%s", inside, entry->d_name),
                         .path = text_format(cx->arena, "%s/%s", path, entry->d_name)};
        struct stat status;
        if (stat(file.path, &status) != 0)
            return FAIL(cx, ERR_NOT_FOUND, "%s cannot be read: %s", file.path, strerror(errno));
        if (S_ISDIR(status.st_mode)) {
            if (depth >= 3)
                return FAIL(cx, ERR_INVALID, "folders of a pack are nested too deeply: %s",
                            file.path);
            TRY(list_folder(cx, file.path, text_format(cx->arena, "%s/", file.name), listing,
                            depth + 1));
        } else if (S_ISREG(status.st_mode) && taken(file.name)) {
            if (listing->count >= PACK_FILES)
                return FAIL(cx, ERR_LIMIT, "the pack has more than %d files", PACK_FILES);
            array_push(cx->arena, *listing) = file;
        }
    }
    return NULL;
}

static int by_file_name(const void *a, const void *b)
{
    return strcmp(((const PackFile *)a)->name, ((const PackFile *)b)->name);
}

static FALLIBLE pack_read(Ctx *cx, const char *folder, const char *name, Pack *pack)
{
    Listing listing = {0};
    TRY(list_folder(cx, text_format(cx->arena, "%s/%s", folder, name), "", &listing, 0));
    if (listing.count)
        qsort(listing.items, listing.count, sizeof *listing.items, by_file_name);
    for (size_t i = 0; i < listing.count; i++)
        TRY(read_file(cx, &listing.items[i]));
    *pack = (Pack){.name = name, .files = listing.items, .file_count = listing.count};

    const PackFile *head = NULL;
    for (size_t i = 0; i < listing.count; i++)
        if (text_equal(listing.items[i].name, "pack.yaml"))
            head = &listing.items[i];
    if (!head)
        return FAIL(cx, ERR_INVALID, "the pack '%s' has no pack.yaml", name);
    YamlNode *root;
    TRY(yaml_read(cx, head->path, head->bytes, head->length, &root));
    TRY(yaml_map(cx, root, "a pack"));
    TRY(yaml_known(cx, root, "name title version requires"));
    const char *given = NULL;
    TRY(yaml_get_text(cx, root, "name", true, &given));
    if (!text_equal(given, name))
        return yaml_error(cx, yaml_get(root, "name"), "the pack '%s' lies in the folder '%s'",
                          given, name);
    TRY(yaml_get_text(cx, root, "version", true, &pack->version));
    TRY(compile_title(cx, root, "title", true, &pack->title));
    const char **requires = NULL;
    TRY(yaml_get_texts(cx, root, "requires", &requires, &pack->require_count));
    pack->requires = requires;
    return NULL;
}

typedef struct Gathering {
    const char *folder;
    Map *known; // name -> Pack, or `busy` while its requirements are read
    Pack *items;
    size_t count;
    size_t capacity;
} Gathering;

static Pack busy;

static FALLIBLE gather(Ctx *cx, Gathering *gathering, const char *name, const char *wanted_by)
{
    Pack *known = map_get(gathering->known, name);
    if (known == &busy)
        return FAIL(cx, ERR_INVALID, "the packs '%s' and '%s' require each other", wanted_by, name);
    if (known)
        return NULL;
    if (!compile_name_valid(name) || text_equal(name, COMPANY_PACK))
        return FAIL(cx, ERR_INVALID, "'%s' is no name for a pack", name);
    struct stat status;
    const char *path = text_format(cx->arena, "%s/%s", gathering->folder, name);
    if (stat(path, &status) != 0)
        return wanted_by ? FAIL(cx, ERR_NOT_FOUND, "the pack '%s', which '%s' requires, is missing",
                                name, wanted_by)
                         : FAIL(cx, ERR_NOT_FOUND, "there is no pack '%s' in %s", name,
                                gathering->folder);
    map_put(gathering->known, name, &busy);
    Pack *pack = NEW(cx->arena, Pack);
    TRY(pack_read(cx, gathering->folder, name, pack));
    for (size_t i = 0; i < pack->require_count; i++)
        TRY(gather(cx, gathering, pack->requires[i], name));
    map_put(gathering->known, name, pack);
    array_push(cx->arena, *gathering) = *pack;
    return NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static FALLIBLE folder_packs(Ctx *cx, const char *folder, const char *const **names, size_t *count)
{
    DIR *handle = opendir(folder);
    if (!handle)
        return FAIL(cx, ERR_NOT_FOUND, "the folder %s cannot be read: %s", folder, strerror(errno));
    arena_defer(cx->arena, close_folder, handle);
    ARRAY(const char *) found = {0};
    for (struct dirent *entry; (entry = readdir(handle));) {
        struct stat status;
        const char *head = text_format(cx->arena, "%s/%s/pack.yaml", folder, entry->d_name);
        if (entry->d_name[0] != '.' && stat(head, &status) == 0)
            array_push(cx->arena, found) = text_copy(cx->arena, entry->d_name);
    }
    if (!found.count)
        return FAIL(cx, ERR_NOT_FOUND, "there is no pack in %s", folder);
    qsort(found.items, found.count, sizeof *found.items, by_text);
    *names = found.items;
    *count = found.count;
    return NULL;
}

FALLIBLE packs_read(Ctx *cx, const char *folder, const char *const *names, size_t count,
                    Packs **out)
{
    Gathering gathering = {.folder = folder, .known = map_new(cx->arena)};
    if (!names)
        TRY(folder_packs(cx, folder, &names, &count));
    for (size_t i = 0; i < count; i++)
        TRY(gather(cx, &gathering, names[i], NULL));
    Packs *packs = NEW(cx->arena, Packs);
    *packs = (Packs){.items = gathering.items, .count = gathering.count};
    *out = packs;
    return NULL;
}

FALLIBLE pack_models(Ctx *cx, const Pack *pack, const char *ending, const PackFile ***out,
                     size_t *count)
{
    const PackFile **models = NEW_ARRAY(cx->arena, const PackFile *, pack->file_count);
    size_t found = 0;
    for (size_t i = 0; i < pack->file_count; i++)
        if (text_ends(pack->files[i].name, ending))
            models[found++] = &pack->files[i];
    *out = models;
    *count = found;
    return NULL;
}

FALLIBLE packs_texts(Ctx *cx, const Packs *packs, Value *out)
{
    Value texts = value_context(cx->arena);
    for (size_t p = 0; p < packs->count; p++)
        for (size_t f = 0; f < packs->items[p].file_count; f++) {
            const PackFile *file = &packs->items[p].files[f];
            if (!text_starts(file->name, "texts/"))
                continue;
            YamlNode *root;
            TRY(yaml_read(cx, file->path, file->bytes, file->length, &root));
            TRY(yaml_map(cx, root, "texts"));
            for (size_t i = 0; i < root->count; i++) {
                Title title;
                TRY(compile_title(cx, root, root->keys[i], true, &title));
                Value both = value_context(cx->arena);
                value_set(cx->arena, both, "en", value_text(title.en));
                value_set(cx->arena, both, "zh-CN", value_text(title.zh));
                value_set(cx->arena, texts, root->keys[i], both);
            }
        }
    *out = texts;
    return NULL;
}
