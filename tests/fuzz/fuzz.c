// SPDX-License-Identifier: Apache-2.0
#include "fuzz.h"

#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETUP_BYTES (512UL * 1024 * 1024)

int LLVMFuzzerInitialize(int *argument_count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static Ctx standing; // of the set-up

void fuzz_holds(bool holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

static void tell(const Error *error)
{
    fprintf(stderr, "%s:%d: %s: %s%s%s\n", error->file, error->source_line, error_word(error->code),
            error->message, error->detail ? " | " : "", error->detail ? error->detail : "");
}

bool fuzz_fine(const Error *error)
{
    if (!error)
        return true;
    bool fit = error->code >= ERR_INVALID && error->code != ERR_INTERNAL && *error->message &&
               strlen(error->message) <= FUZZ_MESSAGE_BYTES &&
               utf8_valid(error->message, strlen(error->message)) && error->line >= 0 &&
               error->column >= 0;
    if (!fit)
        tell(error);
    FUZZ_HOLDS(fit);
    return false;
}

void fuzz_needs(const Error *error)
{
    if (!error)
        return;
    tell(error);
    abort();
}

unsigned fuzz_byte(FuzzBytes *bytes)
{
    return bytes->at < bytes->end ? (unsigned char)*bytes->at++ : 0;
}

unsigned fuzz_below(FuzzBytes *bytes, size_t count)
{
    unsigned number = fuzz_byte(bytes);
    if (count > 256)
        number = number << 8 | fuzz_byte(bytes);
    return count ? (unsigned)(number % count) : 0;
}

char *fuzz_line(Ctx *cx, FuzzBytes *bytes)
{
    size_t left = (size_t)(bytes->end - bytes->at);
    const char *end = left ? memchr(bytes->at, '\n', left) : NULL;
    size_t length = end ? (size_t)(end - bytes->at) : left;
    char *line = text_slice(cx->arena, bytes->at, length);
    bytes->at += length + (end != NULL);
    return line;
}

Text fuzz_file(Ctx *cx, const char *path)
{
    FILE *file = fopen(text_format(cx->arena, FUZZ_SOURCE_ROOT "/%s", path), "rb");
    if (!file) {
        perror(path);
        abort();
    }
    Buffer *out = buffer_new(cx->arena);
    char piece[65536];
    for (size_t length; (length = fread(piece, 1, sizeof piece, file)) > 0;)
        buffer_add(out, piece, length);
    fclose(file);
    return (Text){out->bytes, out->length};
}

// --- Seeds ---------------------------------------------------------------------------------------

static void seed_write(Ctx *cx, const char *folder, const char *bytes, size_t length)
{
    static int number;
    FILE *file = fopen(text_format(cx->arena, "%s/seed-%04d", folder, number++), "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        perror(folder);
        exit(1);
    }
}

static void seed_blocks(Ctx *cx, const char *folder, Text text)
{
    for (const char *at = text.bytes; *at;) {
        const char *blank = strstr(at, "\n\n");
        size_t length = blank ? (size_t)(blank - at) : strlen(at);
        if (length)
            seed_write(cx, folder, at, length);
        at += length;
        at += strspn(at, "\n");
    }
}

static void seed_files(Ctx *cx, const char *folder, const char *pattern)
{
    glob_t found;
    if (glob(text_format(cx->arena, FUZZ_SOURCE_ROOT "/%s", pattern), 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        Text text = fuzz_file(cx, found.gl_pathv[i] + strlen(FUZZ_SOURCE_ROOT "/"));
        if (fuzz_target.blocks)
            seed_blocks(cx, folder, text);
        else
            seed_write(cx, folder, text.bytes, text.length);
    }
    globfree(&found);
}

static void seeds_write(Ctx *cx, const char *folder)
{
    for (const char *const *seed = fuzz_target.seeds; seed && *seed; seed++)
        seed_write(cx, folder, *seed, strlen(*seed));
    for (const char *const *pattern = fuzz_target.files; pattern && *pattern; pattern++)
        seed_files(cx, folder, *pattern);
}

// --- What libFuzzer calls ------------------------------------------------------------------------

static Ctx unit_of(Arena *arena)
{
    static const Actor nobody = {.door = DOOR_API};
    return (Ctx){.arena = arena, .actor = &nobody, .now = FUZZ_NOW, .language = "en"};
}

int LLVMFuzzerInitialize([[maybe_unused]] int *argument_count, [[maybe_unused]] char ***arguments)
{
    standing = unit_of(arena_new(SETUP_BYTES));
    const char *folder = getenv("FUZZ_SEEDS");
    if (folder) {
        seeds_write(&standing, folder);
        exit(0);
    }
    if (fuzz_target.setup)
        fuzz_target.setup(&standing);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    Ctx cx = unit_of(arena_new(FUZZ_BYTES));
    ArenaGuard guard;
    if (setjmp(*arena_guard(cx.arena, &guard)) == 0)
        fuzz_target.run(&cx, (const char *)bytes, length);
    arena_unguard(cx.arena);
    arena_free(cx.arena);
    return 0;
}
