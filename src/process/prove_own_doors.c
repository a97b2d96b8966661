// SPDX-License-Identifier: Apache-2.0
// Doors that need nothing from above: the import, deviations, and the domain's functions.
#include "base/csv.h"
#include "base/ids.h"
#include "base/json.h"
#include "process/deviations.h"
#include "process/process.h"
#include "process/prove_room.h"
#include "record/import.h"

#include <string.h>

Value prove_problem(Ctx *cx, const Error *error)
{
    if (!error)
        return value_null();
    Value problem = error->about ? value_copy(cx->arena, *error->about) : value_context(cx->arena);
    value_set(cx->arena, problem, "code", value_text(error_word(error->code)));
    value_set(cx->arena, problem, "message", value_text(error->message));
    if (error->hint)
        value_set(cx->arena, problem, "hint", value_text(error->hint));
    return problem;
}

// ---- the import -----------------------------------------------------------------------------

typedef struct File {
    const char *bytes;
    size_t length;
    size_t at;
} File;

static Error *file_give(Ctx *cx, char *bytes, size_t room, size_t *got, void *state)
{
    File *file = state;
    (void)cx;
    *got = file->length - file->at < room ? file->length - file->at : room;
    memcpy(bytes, file->bytes + file->at, *got);
    file->at += *got;
    return NULL;
}

static const char *cell_of(Ctx *cx, Value value)
{
    if (value.kind == VALUE_TEXT)
        return value.text.bytes;
    return value.kind == VALUE_NULL ? "" : json_text(cx->arena, value);
}

// A header and one row: the fields, behind the id of the record that is changed.
static const char *sheet_of(Ctx *cx, const ProveMove *move)
{
    Buffer *text = buffer_new(cx->arena);
    const ValueContext *fields = move->fields.context;
    bool changes = move->kind == MOVE_CHANGE;
    buffer_text(text, changes ? "id" : "");
    for (size_t i = 0; i < fields->count; i++)
        buffer_format(text, "%s%s", i || changes ? "," : "", fields->entries[i].key);
    buffer_text(text, "\n");
    buffer_text(text, changes ? id_text(cx->arena, move->record) : "");
    for (size_t i = 0; i < fields->count; i++) {
        buffer_text(text, i || changes ? "," : "");
        csv_write_field(text, cell_of(cx, fields->entries[i].value),
                        fields->entries[i].value.kind == VALUE_TEXT);
    }
    buffer_text(text, "\n");
    return text->bytes;
}

typedef struct Importer {
    Id user;
    Actor *actor;
} Importer;

static FALLIBLE importer_load(Ctx *cx, void *state)
{
    Importer *importer = state;
    return actor_load_id(cx, importer->user, DOOR_IMPORT, &importer->actor);
}

static Value kept_problem(Ctx *cx, const char *text)
{
    Value problem;
    if (!text || json_parse(cx, text, strlen(text), &problem))
        return value_null();
    return problem;
}

typedef struct Told {
    Ctx *keeper;
    const char *text; // what a line was refused with, as JSON that outlives the line
} Told;

static Error *line_keep(Ctx *cx, const ImportLine *line, void *state)
{
    Told *told = state;
    if (line->error)
        told->text =
            text_copy(told->keeper->arena, json_text(cx->arena, prove_problem(cx, line->error)));
    return NULL;
}

Error *proof_import_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    (void)state;
    answer->knows = move->kind == MOVE_CHANGE || move->kind == MOVE_CREATE;
    if (!answer->knows)
        return NULL;
    Importer importer = {.user = move->actor.user};
    const char *sheet = sheet_of(cx, move);
    File file = {sheet, strlen(sheet), 0};
    Told told = {.keeper = cx};
    Ctx own = *cx;
    own.arena = arena_new(64UL << 20);
    Error *error = database_read(&own, cx->company->database, importer_load, &importer);
    own.actor = importer.actor;
    bool changes = move->kind == MOVE_CHANGE;
    ImportRequest request = {
        .entity = move->entity,
        .file = {.source = file_give, .source_state = &file, .encoding = "UTF-8", .delimiter = ','},
        .name = "proof.csv",
        .match = changes ? "id" : NULL,
        .only_update = changes,
        .report = line_keep,
        .report_state = &told};
    if (!error)
        error = import_run(&own, cx->company->database, &request, NULL, NULL);
    if (error)
        told.text = text_copy(cx->arena, json_text(own.arena, prove_problem(&own, error)));
    answer->problem = kept_problem(cx, told.text);
    arena_free(own.arena);
    return NULL;
}

// ---- the domain's functions -----------------------------------------------------------------

static FALLIBLE ask_and_grant(Ctx *cx, const ProveMove *move)
{
    Id deviation;
    Value asked = value_context(cx->arena);
    value_set(cx->arena, asked, "kind", value_text("skip"));
    value_set(cx->arena, asked, "wait",
              value_text(text_format(cx->arena, "%lld", (long long)move->wait)));
    value_set(cx->arena, asked, "reason", value_text("I grant it to myself"));
    TRY(deviation_request(cx, move->instance, asked, &deviation));
    return deviation_grant(cx, deviation, NULL);
}

static FALLIBLE publish(Ctx *cx, const ProveMove *move)
{
    int reached;
    bool queued;
    return message_publish(
        cx, &(IncomingMessage){.name = move->name, .key = move->key, .payload = value_null()},
        &reached, &queued);
}

static FALLIBLE move_make(Ctx *cx, void *state)
{
    const ProveMove *move = state;
    Record *record;
    Value next;
    Id instance;
    switch (move->kind) {
    case MOVE_CHANGE:
        return record_change(cx, move->entity, move->record, 0, move->fields, &record);
    case MOVE_CREATE:
        return record_create(cx, move->entity, move->fields, &record);
    case MOVE_DELETE:
        return record_delete(cx, move->entity, move->record, 0);
    case MOVE_COMPLETE:
        return work_item_complete(cx, move->item, move->fields, &next);
    case MOVE_CLAIM:
        return work_item_claim(cx, move->item);
    case MOVE_SKIP:
        return work_item_skip(cx, move->item, "nobody will see it", &next);
    case MOVE_START:
        return instance_start(cx, move->name, move->entity, move->record, value_context(cx->arena),
                              &instance);
    case MOVE_MESSAGE:
        return publish(cx, move);
    case MOVE_GRANT:
        return ask_and_grant(cx, move);
    }
    return NULL;
}

static Error *domain_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    (void)state;
    answer->knows = move->kind != MOVE_GRANT;
    if (answer->knows)
        answer->problem = prove_problem(
            cx, proof_unit(cx, move->actor.user, DOOR_API, move_make, (void *)(uintptr_t)move));
    return NULL;
}

// Asked for and granted in one unit of work, so that what is asked for is gone with the refusal.
Error *proof_deviation_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    (void)state;
    answer->knows = move->kind == MOVE_GRANT;
    if (answer->knows)
        answer->problem = prove_problem(
            cx, proof_unit(cx, move->actor.user, DOOR_API, move_make, (void *)(uintptr_t)move));
    return NULL;
}

const ProveDoors *proof_own_doors(void)
{
    static const ProveDoor items[] = {{"domain", domain_door},
                                      {"import", proof_import_door},
                                      {"deviation", proof_deviation_door}};
    static const ProveDoors own = {items, sizeof items / sizeof *items, NULL};
    return &own;
}
