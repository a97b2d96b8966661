// SPDX-License-Identifier: Apache-2.0
#include "record/file.h"

#include "base/ids.h"
#include "base/limits.h"
#include "record/content_disk.h"
#include "record/media.h"
#include "record/test_packs.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *media(Ctx *cx, const char *name, const char *bytes, size_t length)
{
    const char *type = NULL;
    CHECK_OK(media_check(cx, bytes, length, name, &type));
    return type;
}

#define MEDIA(name, bytes) media(cx, name, bytes, sizeof(bytes) - 1)
#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0"

TEST(what_a_file_is_comes_from_its_content_and_must_fit_its_name)
{
    const char *type;
    static const char html[] = "<!DOCTYPE html><html><script>alert(1)</script></html>";
    CHECK_TEXT(MEDIA("a.png", PNG), "image/png");
    CHECK_TEXT(MEDIA("without ending", PNG), "image/png");
    CHECK_TEXT(MEDIA("报价.PDF", "%PDF-1.7\n%....\n1 0 obj\n"), "application/pdf");
    CHECK_TEXT(MEDIA("a.csv", "name,price\nPump,1\nValve,2\n"), "text/csv");
    CHECK_TEXT(MEDIA("a.md", "# Title\n\nSome text.\n"), "text/markdown");
    CHECK_TEXT(MEDIA("a.html", "<!DOCTYPE html><html><title>x</title></html>"), "text/html");
    CHECK_FAILS(media_check(cx, html, sizeof html - 1, "a.png", &type), ERR_INVALID,
                "'a.png' is not what its name says, but text/html");
    CHECK_FAILS(media_check(cx, PNG, sizeof PNG - 1, "a.pdf", &type), ERR_INVALID, "image/png");
    CHECK_FAILS(media_check(cx, "#!/bin/sh\nrm -rf /\n", 19, "a.txt", &type), ERR_INVALID,
                "a program");
}

// ---- contents -------------------------------------------------------------------------------

typedef struct Given {
    const char *bytes;
    size_t length;
    size_t at;
    size_t step; // bytes a time
} Given;

static Error *give(Ctx *cx, char *bytes, size_t room, size_t *got, void *state)
{
    Given *given = state;
    size_t left = given->length - given->at;
    size_t most = given->step < room ? given->step : room;
    (void)cx;
    *got = left < most ? left : most;
    memcpy(bytes, given->bytes + given->at, *got);
    given->at += *got;
    return NULL;
}

static Error *take(Ctx *cx, const char *text, const char *name, Content *out)
{
    Given given = {.bytes = text, .length = strlen(text), .step = 7};
    return content_take(cx, cx->company->database, give, &given, name, out);
}

static void open_folder(Ctx *cx)
{
    cx->company->contents = (ContentRoom){
        .folder = test_path(cx, "files"), .one_bytes = 1000, .all_bytes = LIMIT_FILES_BYTES};
    test_packs_open(cx);
}

typedef struct Held {
    const char *hash;
    int done;
    int64_t count;
    const char *folder;
} Held;

static Error *hold(Ctx *cx, void *state)
{
    return content_hold(cx, ((Held *)state)->hash);
}

static Error *release(Ctx *cx, void *state)
{
    return content_release(cx, ((Held *)state)->hash);
}

static Error *forget(Ctx *cx, void *state)
{
    return contents_forget(cx, 10, &((Held *)state)->done);
}

static Error *bytes(Ctx *cx, void *state)
{
    return contents_bytes(cx, &((Held *)state)->count);
}

static Error *check_all(Ctx *cx, void *state)
{
    return contents_check(cx, &((Held *)state)->count);
}

static Error *copy_all(Ctx *cx, void *state)
{
    Held *held = state;
    return contents_copy(cx, cx->company->contents.folder, held->folder, &held->count);
}

static int64_t bytes_kept(Ctx *cx)
{
    Held held = {0};
    test_as(cx, "system", DOOR_SYSTEM, bytes, &held);
    return held.count;
}

DB_TEST(a_content_is_kept_once_and_as_long_as_somebody_uses_it)
{
    Content one, same;
    open_folder(cx);
    CHECK_OK(take(cx, "Dear customer", "letter.txt", &one));
    CHECK_OK(take(cx, "Dear customer", "again.txt", &same));
    CHECK_TEXT(one.hash, same.hash);
    CHECK_TEXT(one.hash, "a721d791f600743c55777631d66ef23af6471f6eac51ca0d42b34dbeec7384ed");
    CHECK_INT(one.size, 13);
    CHECK_INT(bytes_kept(cx), 13);
    Held held = {.hash = one.hash};
    test_as(cx, "system", DOOR_SYSTEM, hold, &held);
    cx->now += 2 * CONTENT_KEPT_UNUSED;
    test_as(cx, "system", DOOR_SYSTEM, forget, &held);
    CHECK_INT(held.done, 0);
    test_as(cx, "system", DOOR_SYSTEM, check_all, &held);
    CHECK_INT(held.count, 1);
    test_as(cx, "system", DOOR_SYSTEM, release, &held);
    test_as(cx, "system", DOOR_SYSTEM, forget, &held);
    CHECK_INT(held.done, 0); // unused for a moment only
    cx->now += 2 * CONTENT_KEPT_UNUSED;
    test_as(cx, "system", DOOR_SYSTEM, forget, &held);
    CHECK_INT(held.done, 1);
    CHECK(!content_is_there(cx, one.hash));
    CHECK_INT(bytes_kept(cx), 0);
    CHECK_FAILS(test_try_as(cx, "system", DOOR_SYSTEM, hold, &held), ERR_CONFLICT, "not kept");
}

DB_TEST(a_content_that_is_too_long_empty_or_beyond_the_quota_leaves_nothing)
{
    Content content;
    struct stat about;
    open_folder(cx);
    char *long_text = arena_alloc(cx->arena, 1002);
    memset(long_text, 'x', 1001);
    CHECK_FAILS(take(cx, long_text, "a.txt", &content), ERR_LIMIT, "at most 1000 bytes");
    CHECK_FAILS(take(cx, "", "a.txt", &content), ERR_INVALID, "empty");
    cx->company->contents.all_bytes = 20;
    CHECK_OK(take(cx, "fifteen letters", "a.txt", &content));
    CHECK_FAILS(take(cx, "six more", "a.txt", &content), ERR_LIMIT, "at most 20 bytes");
    CHECK_OK(take(cx, "fifteen letters", "a.txt", &content)); // known: it takes no more room
    CHECK_INT(bytes_kept(cx), 15);
    CHECK(stat(cx->company->contents.folder, &about) == 0);
    CHECK_INT(about.st_nlink, 3); // one folder of contents, and no file begun
    cx->company->contents.folder = NULL;
    CHECK_FAILS(take(cx, "text", "a.txt", &content), ERR_UNAVAILABLE, "no folder for files");
}

DB_TEST(contents_are_copied_with_their_hash_and_damage_is_named)
{
    Content content;
    open_folder(cx);
    CHECK_OK(take(cx, "to be kept", "a.txt", &content));
    Held held = {.hash = content.hash, .folder = test_path(cx, "copy")};
    test_as(cx, "system", DOOR_SYSTEM, hold, &held);
    test_as(cx, "system", DOOR_SYSTEM, copy_all, &held);
    CHECK_INT(held.count, 1);
    char *path = text_format(cx->arena, "%s/%.2s/%s", cx->company->contents.folder, content.hash,
                             content.hash + 2);
    FILE *file = fopen(path, "wb");
    CHECK(file && fputs("to be KEPT", file) >= 0 && fclose(file) == 0);
    held.folder = test_path(cx, "second");
    CHECK_FAILS(test_try_as(cx, "system", DOOR_SYSTEM, copy_all, &held), ERR_UNAVAILABLE,
                "damaged");
    CHECK(truncate(path, 3) == 0);
    CHECK_FAILS(test_try_as(cx, "system", DOOR_SYSTEM, check_all, &held), ERR_UNAVAILABLE,
                "3 bytes, not 10");
}

// ---- files ----------------------------------------------------------------------------------

typedef struct Act {
    const char *entity;
    Id record;
    Id file;
    const char *name;
    Content content;
    Value shown;
    File found;
    int done;
} Act;

static Error *make_sale(Ctx *cx, void *state)
{
    Act *act = state;
    act->entity = "sale";
    act->record = test_sale(cx, "5")->id;
    return NULL;
}

static Error *attach(Ctx *cx, void *state)
{
    Act *act = state;
    TRY(file_attach(cx, act->entity, act->record, act->name, &act->content, &act->shown));
    CHECK(id_parse(value_get_text(act->shown, "id"), &act->file));
    return NULL;
}

static Error *upload(Ctx *cx, void *state)
{
    Act *act = state;
    TRY(file_upload(cx, act->name, &act->content, &act->shown));
    CHECK(id_parse(value_get_text(act->shown, "id"), &act->file));
    return NULL;
}

static Error *get(Ctx *cx, void *state)
{
    Act *act = state;
    return file_get(cx, act->file, &act->found);
}

static Error *list(Ctx *cx, void *state)
{
    Act *act = state;
    return files_of_record(cx, act->entity, act->record, &act->shown);
}

static Error *rename_file(Ctx *cx, void *state)
{
    Act *act = state;
    return file_rename(cx, act->file, act->name, &act->shown);
}

static Error *take_away(Ctx *cx, void *state)
{
    return file_remove(cx, ((Act *)state)->file);
}

static Error *forget_files(Ctx *cx, void *state)
{
    return files_forget(cx, 10, &((Act *)state)->done);
}

static Error *take_into_field(Ctx *cx, void *state)
{
    Act *act = state;
    Record *record;
    TRY(record_get(cx, act->entity, act->record, &record));
    return file_take(cx, record, entity_field(record->entity, "note"), act->file);
}

static Error *drop_from_field(Ctx *cx, void *state)
{
    Act *act = state;
    Record *record;
    TRY(record_get(cx, act->entity, act->record, &record));
    return file_let_go(cx, record, entity_field(record->entity, "note"), act->file);
}

DB_TEST(a_file_is_read_by_whoever_reads_its_record_and_changed_by_whoever_edits_it)
{
    Act act = {.name = "报价 1.txt"};
    open_folder(cx);
    CHECK_OK(take(cx, "our offer", act.name, &act.content));
    test_as(cx, "sofia", DOOR_API, make_sale, &act);
    test_as(cx, "sofia", DOOR_API, attach, &act);
    test_as(cx, "ben", DOOR_API, get, &act); // reads all, edits no sale
    CHECK_TEXT(act.found.content.hash, act.content.hash);
    CHECK_FAILS(test_try_as(cx, "ben", DOOR_API, take_away, &act), ERR_DENIED, "files");
    CHECK_FAILS(test_try_as(cx, "ben", DOOR_API, attach, &act), ERR_DENIED, "files");
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, get, &act), ERR_NOT_FOUND, "no such file");
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, take_away, &act), ERR_NOT_FOUND, "no such file");
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, list, &act), ERR_NOT_FOUND, "no sale");
    act.name = "../passwd";
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, rename_file, &act), ERR_INVALID, "name");
    act.name = "offer.txt";
    test_as(cx, "sofia", DOOR_API, rename_file, &act);
    CHECK_TEXT(value_get_text(act.shown, "name"), "offer.txt");
    test_as(cx, "ben", DOOR_API, list, &act);
    CHECK_INT((int)value_get(act.shown, "items")->list.count, 1);
    CHECK(!value_get(act.shown, "may_attach")->boolean);
    test_as(cx, "sofia", DOOR_API, take_away, &act);
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, get, &act), ERR_NOT_FOUND, "no such file");
}

DB_TEST(a_file_that_was_taken_away_is_forgotten_later_and_its_content_then)
{
    Act act = {.name = "a.txt"};
    Held held = {0};
    open_folder(cx);
    CHECK_OK(take(cx, "our offer", act.name, &act.content));
    test_as(cx, "sofia", DOOR_API, make_sale, &act);
    test_as(cx, "sofia", DOOR_API, attach, &act);
    test_as(cx, "sofia", DOOR_API, take_away, &act);
    cx->now += FILE_KEPT_GONE - 1000000;
    test_as(cx, "system", DOOR_SYSTEM, forget_files, &act);
    CHECK_INT(act.done, 0);
    cx->now += 2000000;
    test_as(cx, "system", DOOR_SYSTEM, forget_files, &act);
    CHECK_INT(act.done, 1);
    cx->now += 2 * CONTENT_KEPT_UNUSED;
    test_as(cx, "system", DOOR_SYSTEM, forget, &held);
    CHECK_INT(held.done, 1);
}

DB_TEST(a_loose_file_is_its_uploaders_until_a_field_takes_it)
{
    Act act = {.name = "a.txt"};
    open_folder(cx);
    CHECK_OK(take(cx, "our offer", act.name, &act.content));
    test_as(cx, "sofia", DOOR_API, make_sale, &act);
    test_as(cx, "ben", DOOR_API, upload, &act);
    test_as(cx, "ben", DOOR_API, get, &act);
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, get, &act), ERR_NOT_FOUND, "no such file");
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, take_into_field, &act), ERR_INVALID, "no such");
    test_as(cx, "sofia", DOOR_API, upload, &act);
    test_as(cx, "sofia", DOOR_API, take_into_field, &act);
    test_as(cx, "ben", DOOR_API, get, &act);
    CHECK_TEXT(act.found.field, "note");
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, take_away, &act), ERR_CONFLICT, "a field");
    test_as(cx, "sofia", DOOR_API, drop_from_field, &act);
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, get, &act), ERR_NOT_FOUND, "no such file");
    test_as(cx, "sofia", DOOR_API, take_into_field, &act); // a value that is restored
    test_as(cx, "sofia", DOOR_API, get, &act);
    cx->now += 2 * FILE_KEPT_LOOSE;
    test_as(cx, "system", DOOR_SYSTEM, forget_files, &act); // ben's, whom nobody took
    CHECK_INT(act.done, 1);
}
