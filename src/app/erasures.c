// SPDX-License-Identifier: Apache-2.0
#include "app/erasures.h"

#include "app/company.h"
#include "base/calendar.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/log.h"
#include "db/database.h"
#include "process/person.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LEDGER_BYTES (64UL * 1024 * 1024)
#define CHUNK 500
#define LOOK_BACK 100

bool erasures_are_kept(const AuditFiles *files)
{
    return access(files->erasures, F_OK) == 0;
}

// ---- the file -------------------------------------------------------------------------------

static FALLIBLE line_read(Ctx *cx, const AuditFiles *files, const char *line, size_t length,
                          Erasure *out)
{
    Value json;
    const char *id, *record, *at;
    Error *error = json_parse(cx, line, length, &json);
    if (!error) {
        id = value_get_text(json, "id");
        record = value_get_text(json, "record");
        at = value_get_text(json, "at");
        *out = (Erasure){.entity = value_get_text(json, "entity"),
                         .reason = value_get_text(json, "reason")};
        if (id && record && at && out->entity && id_parse(id, &out->id) &&
            id_parse(record, &out->record) && instant_parse(at, &out->at))
            return NULL;
    }
    return error_hint(FAIL(cx, ERR_INVALID, "%s is no ledger of erasures", files->erasures),
                      "A line of it cannot be read.");
}

typedef ARRAY(Erasure) Erasures;

static FALLIBLE file_erasures(Ctx *cx, const AuditFiles *files, Erasures *out)
{
    Text text;
    if (!erasures_are_kept(files))
        return NULL;
    TRY(file_read(cx, files->erasures, LEDGER_BYTES, &text));
    for (const char *at = text.bytes, *end = at + text.length; at < end;) {
        size_t length = strcspn(at, "\n");
        Erasure erasure;
        if (length) {
            TRY(line_read(cx, files, at, length, &erasure));
            array_push(cx->arena, *out) = erasure;
        }
        at += length + 1;
    }
    return NULL;
}

static FALLIBLE file_add(Ctx *cx, const AuditFiles *files, const Erasure *erasures, size_t count)
{
    FILE *file = fopen(files->erasures, "ae");
    bool written = file != NULL;
    for (size_t i = 0; written && i < count; i++) {
        Value json = value_context(cx->arena);
        value_set(cx->arena, json, "id", value_text(id_text(cx->arena, erasures[i].id)));
        value_set(cx->arena, json, "entity", value_text(erasures[i].entity));
        value_set(cx->arena, json, "record", value_text(id_text(cx->arena, erasures[i].record)));
        value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, erasures[i].at)));
        value_set(cx->arena, json, "reason", value_text(erasures[i].reason));
        written = fprintf(file, "%s\n", json_text(cx->arena, json)) > 0;
    }
    written = written && fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (file && fclose(file) != 0)
        written = false;
    return written
               ? NULL
               : FAIL(cx, ERR_UNAVAILABLE, "cannot write %s: %s", files->erasures, strerror(errno));
}

// ---- from the database ----------------------------------------------------------------------

typedef struct Behind {
    Id after;
    Erasure *erasures;
    size_t count;
} Behind;

static Error *behind_read(Ctx *cx, void *state)
{
    Behind *behind = state;
    return erasures_after(cx, behind->after, CHUNK, &behind->erasures, &behind->count);
}

typedef struct Merging {
    bool first;
    bool more;
} Merging;

static Error *index_leave(Ctx *cx, void *state)
{
    Merging *merging = state;
    return erasures_leave_index(cx, merging->first, &merging->more);
}

static Error *index_look(Ctx *cx, void *state)
{
    return erasures_lie_in_index(cx, state);
}

static bool is_kept(const Erasures *kept, size_t from, Id id)
{
    for (size_t i = from; i < kept->count; i++)
        if (kept->items[i].id == id)
            return true;
    return false;
}

// Ids are not in the order of commits: some of the last that are kept are looked at again.
static FALLIBLE ledger_keep(Ctx *cx, const AuditFiles *files)
{
    Erasures kept = {0};
    Behind behind = {.count = CHUNK};
    TRY(file_erasures(cx, files, &kept));
    size_t from = kept.count > LOOK_BACK ? kept.count - LOOK_BACK : 0;
    behind.after = from ? kept.items[from].id : 0;
    while (behind.count == CHUNK) {
        TRY(database_read(cx, cx->company->database, behind_read, &behind));
        Erasure *fresh = NEW_ARRAY(cx->arena, Erasure, behind.count + 1);
        size_t count = 0;
        for (size_t i = 0; i < behind.count; i++) {
            behind.after = behind.erasures[i].id;
            if (!is_kept(&kept, from, behind.after))
                fresh[count++] = behind.erasures[i];
        }
        if (count)
            TRY(file_add(cx, files, fresh, count));
    }
    return NULL;
}

FALLIBLE erasures_keep(Ctx *cx, const AuditFiles *files)
{
    Merging merging = {.first = true};
    TRY(ledger_keep(cx, files));
    TRY(database_read(cx, cx->company->database, index_look, &merging.more));
    for (; merging.more; merging.first = false)
        TRY(database_write(cx, cx->company->database, index_leave, &merging));
    return NULL;
}

// ---- replayed -------------------------------------------------------------------------------

static Error *again(Ctx *cx, void *state)
{
    bool done;
    Value told;
    const Erasure *erasure = state;
    TRY(erasure_is_done(cx, erasure->id, &done));
    return done ? NULL : person_erase(cx, erasure, &told);
}

FALLIBLE erasures_replay(Ctx *cx, const AuditFiles *files, int *done, int *failed)
{
    Erasures kept = {0};
    *done = *failed = 0;
    TRY(file_erasures(cx, files, &kept));
    for (size_t i = 0; i < kept.count; i++) {
        Error *error = database_write(cx, cx->company->database, again, &kept.items[i]);
        if (error && error->code == ERR_NOT_FOUND) // the backup does not know it yet
            error = NULL;
        if (error)
            log_error("erasure", error);
        *failed += error != NULL;
        *done += !error;
    }
    return NULL;
}
