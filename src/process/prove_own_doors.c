// SPDX-License-Identifier: Apache-2.0
// Doors that need nothing from above: the import, deviations, and the domain's functions.
#include "base/csv.h"
#include "base/ids.h"
#include "base/json.h"
#include "process/deviations.h"
#include "process/incidents.h"
#include "process/migration.h"
#include "process/process.h"
#include "process/prove_room.h"
#include "process/suspension.h"
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
    TRY(deviation_request(cx, move->instance, move->fields, &deviation));
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

const char *prove_item_deed(ProveMoveKind kind)
{
    static const char *const deeds[] = {
        [MOVE_COMPLETE] = "complete", [MOVE_CLAIM] = "claim",     [MOVE_SKIP] = "skip",
        [MOVE_BEGIN] = "start",       [MOVE_RELEASE] = "release", [MOVE_RETURN] = "return",
        [MOVE_DELEGATE] = "delegate", [MOVE_FORWARD] = "forward", [MOVE_REASSIGN] = "reassign"};
    return kind < sizeof deeds / sizeof *deeds ? deeds[kind] : NULL;
}

static FALLIBLE item_make(Ctx *cx, const ProveMove *move)
{
    Value next;
    switch (move->kind) {
    case MOVE_COMPLETE:
        return work_item_complete(cx, move->item, move->fields, &next);
    case MOVE_CLAIM:
        return work_item_claim(cx, move->item);
    case MOVE_BEGIN:
        return work_item_start(cx, move->item);
    case MOVE_RELEASE:
        return work_item_release(cx, move->item);
    case MOVE_RETURN:
        return work_item_return(cx, move->item, value_null(), NULL);
    case MOVE_DELEGATE:
        return work_item_delegate(cx, move->item, move->to.user, NULL);
    case MOVE_FORWARD:
        return work_item_forward(cx, move->item, &(WorkReceiver){.user = move->to.user}, NULL);
    case MOVE_REASSIGN:
        return work_item_reassign(cx, move->item, move->to.user, NULL);
    default:
        return work_item_skip(cx, move->item, move->reason, &next);
    }
}

static FALLIBLE record_make(Ctx *cx, const ProveMove *move)
{
    Record *record;
    switch (move->kind) {
    case MOVE_CHANGE:
        return record_change(cx, move->entity, move->record, 0, move->fields, &record);
    case MOVE_CREATE:
        return record_create(cx, move->entity, move->fields, &record);
    default:
        return record_delete(cx, move->entity, move->record, 0);
    }
}

static FALLIBLE power_make(Ctx *cx, const ProveMove *move)
{
    Id made;
    switch (move->kind) {
    case MOVE_START:
        return instance_start(cx, move->name, move->entity, move->record, value_context(cx->arena),
                              &made);
    case MOVE_MESSAGE:
        return publish(cx, move);
    case MOVE_GRANT:
        return ask_and_grant(cx, move);
    case MOVE_CANCEL:
        return instance_cancel(cx, move->instance, move->reason);
    case MOVE_SUSPEND:
        return instance_suspend(cx, move->instance, move->reason);
    case MOVE_RESUME:
        return instance_resume(cx, move->instance);
    case MOVE_HALT:
        return process_suspend(cx, move->name, move->reason, false);
    case MOVE_MIGRATE:
        return migration_create(cx, move->name, move->fields, &made);
    case MOVE_TAKE:
        return incident_take(cx, move->incident, NULL);
    case MOVE_HAND_ON:
        return incident_hand_on(cx, move->incident, move->to.user, NULL);
    case MOVE_MEND:
        return incident_retry(cx, move->incident, move->fields);
    default:
        return incident_close(cx, move->incident, NULL);
    }
}

static FALLIBLE move_make(Ctx *cx, void *state)
{
    const ProveMove *move = state;
    if (prove_item_deed(move->kind))
        return item_make(cx, move);
    return move->kind <= MOVE_DELETE ? record_make(cx, move) : power_make(cx, move);
}

static Error *domain_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    (void)state;
    answer->knows = move->kind != MOVE_GRANT;
    if (answer->knows)
        answer->problem = prove_problem(
            cx, (move->own_rights ? proof_unit_plain : proof_unit)(
                    cx, move->actor.user, DOOR_API, move_make, (void *)(uintptr_t)move));
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
