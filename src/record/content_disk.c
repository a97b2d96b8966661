// SPDX-License-Identifier: Apache-2.0
#include "record/content_disk.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEGUN "new-"
#define CHUNK_BYTES (64UL * 1024)

static const char *path_in(Ctx *cx, const char *folder, const char *hash)
{
    return text_format(cx->arena, "%s/%.2s/%s", folder, hash, hash + 2);
}

static const char *path_of(Ctx *cx, const char *hash)
{
    return path_in(cx, cx->company->contents.folder, hash);
}

static FALLIBLE no_room(Ctx *cx)
{
    return FAIL(cx, ERR_UNAVAILABLE, "the file cannot be kept: %s", strerror(errno));
}

static FALLIBLE sync_folder(Ctx *cx, const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = folder >= 0 && fsync(folder) == 0;
    Error *error = synced ? NULL : no_room(cx);
    if (folder >= 0)
        close(folder);
    return error;
}

static FALLIBLE open_new(Ctx *cx, const char *folder, NewContent *out)
{
    if (mkdir(folder, 0750) != 0 && errno != EEXIST)
        return no_room(cx);
    out->path = text_format(cx->arena, "%s/" BEGUN "XXXXXX", folder);
    out->file = mkostemp(out->path, O_CLOEXEC);
    return out->file >= 0 ? NULL : no_room(cx);
}

FALLIBLE new_content_open(Ctx *cx, NewContent *out)
{
    if (!cx->company->contents.folder)
        return error_hint(FAIL(cx, ERR_UNAVAILABLE, "this company has no folder for files"),
                          "Start the server with --files FOLDER, on a disk that all servers of "
                          "the database share.");
    return open_new(cx, cx->company->contents.folder, out);
}

FALLIBLE new_content_write(Ctx *cx, NewContent *content, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(content->file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return no_room(cx);
        bytes += written;
        length -= (size_t)written;
    }
    return NULL;
}

FALLIBLE new_content_sync(Ctx *cx, NewContent *content)
{
    return fsync(content->file) == 0 ? NULL : no_room(cx);
}

static FALLIBLE place(Ctx *cx, NewContent *content, const char *folder, const char *hash)
{
    const char *path = path_in(cx, folder, hash);
    const char *within = text_slice(cx->arena, path, (size_t)(strrchr(path, '/') - path));
    bool made = mkdir(within, 0750) == 0;
    if (!made && errno != EEXIST)
        return no_room(cx);
    if (made)
        TRY(sync_folder(cx, folder));
    if (rename(content->path, path) != 0)
        return no_room(cx);
    content->path = NULL;
    return sync_folder(cx, within);
}

FALLIBLE new_content_place(Ctx *cx, NewContent *content, const char *hash)
{
    return place(cx, content, cx->company->contents.folder, hash);
}

void new_content_close(NewContent *content)
{
    if (content->file >= 0)
        close(content->file);
    if (content->path)
        unlink(content->path);
}

bool content_is_there(Ctx *cx, const char *hash)
{
    return cx->company->contents.folder && access(path_of(cx, hash), R_OK) == 0;
}

FALLIBLE content_unlink(Ctx *cx, const char *hash)
{
    if (unlink(path_of(cx, hash)) == 0 || errno == ENOENT)
        return NULL;
    return FAIL(cx, ERR_UNAVAILABLE, "a content cannot be deleted: %s", strerror(errno));
}

void contents_sweep(Ctx *cx, Instant until)
{
    DIR *folder = opendir(cx->company->contents.folder);
    struct stat about;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        int within = dirfd(folder);
        if (text_starts(entry->d_name, BEGUN) &&
            fstatat(within, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            about.st_mtime < until / 1000000)
            unlinkat(within, entry->d_name, 0);
    }
    if (folder)
        closedir(folder);
}

// ---- read -----------------------------------------------------------------------------------

struct OpenContent {
    int file;
};

static void close_content(void *content)
{
    close(((OpenContent *)content)->file);
}

static FALLIBLE open_in(Ctx *cx, const char *folder, const char *hash, OpenContent **out)
{
    int file = folder ? open(path_in(cx, folder, hash), O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return FAIL(cx, ERR_UNAVAILABLE, "the content %.12s is not in the folder of files", hash);
    *out = NEW(cx->arena, OpenContent);
    (*out)->file = file;
    arena_defer(cx->arena, close_content, *out);
    return NULL;
}

FALLIBLE content_open(Ctx *cx, const char *hash, OpenContent **out)
{
    return open_in(cx, cx->company->contents.folder, hash, out);
}

FALLIBLE content_send(Ctx *cx, const OpenContent *content, ListSink sink, void *state)
{
    char *chunk = arena_alloc(cx->arena, CHUNK_BYTES);
    for (;;) {
        ssize_t got = read(content->file, chunk, CHUNK_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return FAIL(cx, ERR_UNAVAILABLE, "the file cannot be read: %s", strerror(errno));
        if (got == 0)
            return NULL;
        TRY(sink(cx, chunk, (size_t)got, state));
    }
}

// ---- copied and checked ---------------------------------------------------------------------

typedef struct Copying {
    NewContent file;
    crypto_hash_sha256_state hash;
} Copying;

static Error *copy_chunk(Ctx *cx, const char *bytes, size_t length, void *state)
{
    Copying *copying = state;
    crypto_hash_sha256_update(&copying->hash, (const unsigned char *)bytes, length);
    return new_content_write(cx, &copying->file, bytes, length);
}

static FALLIBLE copy_to_end(Ctx *cx, const OpenContent *source, Copying *copying, const char *to,
                            const char *hash)
{
    unsigned char found[crypto_hash_sha256_BYTES];
    char hexadecimal[sizeof found * 2 + 1];
    TRY(content_send(cx, source, copy_chunk, copying));
    crypto_hash_sha256_final(&copying->hash, found);
    sodium_bin2hex(hexadecimal, sizeof hexadecimal, found, sizeof found);
    if (!text_equal(hexadecimal, hash))
        return FAIL(cx, ERR_UNAVAILABLE, "the content %.12s is damaged: it has another hash", hash);
    TRY(new_content_sync(cx, &copying->file));
    return place(cx, &copying->file, to, hash);
}

FALLIBLE content_copy(Ctx *cx, const char *from, const char *to, const char *hash)
{
    OpenContent *source;
    Copying copying = {.file = {.file = -1}};
    if (access(path_in(cx, to, hash), R_OK) == 0)
        return NULL;
    TRY(open_in(cx, from, hash, &source));
    TRY(open_new(cx, to, &copying.file));
    crypto_hash_sha256_init(&copying.hash);
    Error *error = copy_to_end(cx, source, &copying, to, hash);
    new_content_close(&copying.file);
    return error;
}

FALLIBLE content_check(Ctx *cx, const char *hash, int64_t size)
{
    struct stat about;
    const char *folder = cx->company->contents.folder;
    if (!folder || stat(path_of(cx, hash), &about) != 0)
        return FAIL(cx, ERR_UNAVAILABLE, "the content %.12s is not in the folder of files", hash);
    if (about.st_size != size)
        return FAIL(cx, ERR_UNAVAILABLE,
                    "the content %.12s is damaged: it has %lld bytes, not %lld", hash,
                    (long long)about.st_size, (long long)size);
    return NULL;
}
