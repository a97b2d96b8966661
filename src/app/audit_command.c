// SPDX-License-Identifier: Apache-2.0
// audit: what happened to records, putting it back, and proving it.
#include "app/acting.h"
#include "app/audit_proof.h"
#include "app/company.h"
#include "base/calendar.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/restore.h"

#include <string.h>

static const CommandOption audit_options[] = {
    {"as", "LOGIN", "who asks; without it the system"},
    {"before", "INSTANT",
     "restore: values as they were before 2026-11-30T08:00:00Z; history: older"},
    {"fields", "NAMES", "restore: only these, as amount,note"},
    {"reason", "TEXT", "restore: why, for the record's history"},
    {"key", "HEX", "verify: a public key that may have signed, beside the one that is here"},
    {"new-key", NULL, "seal: go on with the key that is here where another one signed"},
    {0},
};

typedef struct Asking {
    const CommandLine *line;
    const char *entity;
    Id id;
    Instant before;
} Asking;

static Value entry_json(Ctx *cx, const AuditEntry *entry)
{
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, entry->at)));
    value_set(cx->arena, json, "actor", value_text(entry->actor_name));
    value_set(cx->arena, json, "door", value_text(entry->door));
    value_set(cx->arena, json, "action", value_text(entry->action));
    value_set(cx->arena, json, "field", value_text(entry->field));
    value_set(cx->arena, json, "old", entry->before);
    value_set(cx->arena, json, "new", entry->after);
    value_set(cx->arena, json, "reason", value_text(entry->reason));
    return json;
}

static FALLIBLE history_show(Ctx *cx, void *state)
{
    const Asking *asking = state;
    AuditEntry *entries;
    size_t count;
    TRY(record_history(cx, asking->entity, asking->id, asking->before, LIMIT_PAGE_ROWS, &entries,
                       &count));
    for (size_t i = 0; i < count; i++) {
        const AuditEntry *entry = &entries[i];
        command_say(cx, asking->line, entry_json(cx, entry), "%s  %s (%s)  %s%s%s: %s -> %s%s%s",
                    instant_text(cx->arena, entry->at),
                    entry->actor_name ? entry->actor_name : "system", entry->door, entry->action,
                    entry->field ? " " : "", entry->field ? entry->field : "",
                    json_text(cx->arena, entry->before), json_text(cx->arena, entry->after),
                    entry->reason ? "  " : "", entry->reason ? entry->reason : "");
    }
    return NULL;
}

static FALLIBLE deleted_show(Ctx *cx, void *state)
{
    const Asking *asking = state;
    Deleted *deleted;
    size_t count;
    Instant next;
    TRY(records_deleted(cx, asking->entity, asking->before, LIMIT_PAGE_ROWS, &deleted, &count,
                        &next));
    for (size_t i = 0; i < count; i++) {
        Value json = value_context(cx->arena);
        const char *id = id_text(cx->arena, deleted[i].record->id);
        const char *at = instant_text(cx->arena, deleted[i].at);
        value_set(cx->arena, json, "id", value_text(id));
        value_set(cx->arena, json, "label", value_text(record_label(deleted[i].record)));
        value_set(cx->arena, json, "at", value_text(at));
        value_set(cx->arena, json, "by", value_text(deleted[i].by_name));
        command_say(cx, asking->line, json, "%s  %s  %s", at, id, record_label(deleted[i].record));
    }
    return NULL;
}

static FALLIBLE restore_do(Ctx *cx, void *state)
{
    const Asking *asking = state;
    ARRAY(const char *) names = {0};
    for (const char *at = command_option(asking->line, "fields", ""); *at;) {
        size_t length = strcspn(at, ",");
        array_push(cx->arena, names) = text_slice(cx->arena, at, length);
        at += length + (at[length] == ',');
    }
    RestoreRequest restore = {.entity = asking->entity,
                              .id = asking->id,
                              .before = asking->before,
                              .fields = names.items,
                              .field_count = names.count,
                              .reason = command_option(asking->line, "reason", NULL)};
    Record *record;
    TRY(record_restore(cx, &restore, &record));
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "id", value_text(id_text(cx->arena, asking->id)));
    value_set(cx->arena, json, "version", value_integer(record ? record->version : 0));
    command_say(cx, asking->line, json, "%s is restored", record ? record_label(record) : "It");
    return NULL;
}

static const struct {
    const char *name;
    Error *(*run)(Ctx *cx, void *state);
    bool of_record; // not of an entity
    bool writes;
    Error *(*alone)(Ctx *cx, const CommandLine *line); // opens the company, and its own units
} actions[] = {
    {"history", history_show, true, false}, {"deleted", deleted_show, false, false},
    {"restore", restore_do, true, true},    {"verify", .alone = audit_verify_run},
    {"seal", .alone = audit_seal_run},
};

static FALLIBLE audit_read(Ctx *cx, const CommandLine *line, bool of_record, Asking *out)
{
    const char *what = line->argument_count > 1 ? line->arguments[1] : "";
    const char *slash = strchr(what, '/'), *before = command_option(line, "before", NULL);
    *out = (Asking){.line = line, .entity = what};
    if (!*what || of_record != (slash != NULL))
        return FAIL(cx, ERR_INVALID,
                    of_record ? "name the record, as account/01J9ZK3T8Q2WX"
                              : "name the entity, as account");
    if (of_record && !command_record(cx, what, &out->entity, &out->id))
        return FAIL(cx, ERR_INVALID, "%s is no id of a record", slash + 1);
    if (before && (!instant_parse(before, &out->before) || out->before <= 0))
        return error_field(FAIL(cx, ERR_INVALID, "%s is no instant", before), "before");
    return NULL;
}

COMMAND(audit_command, "audit",
        "history or restore ENTITY/ID, deleted ENTITY, verify, seal: what happened, and its proof",
        "ACTION [WHAT]", audit_options)
{
    Asking asking;
    size_t i = 0, count = sizeof actions / sizeof *actions;
    while (i < count && !text_equal(actions[i].name, line->arguments[0]))
        i++;
    if (i == count)
        return error_hint(FAIL(cx, ERR_INVALID, "audit cannot '%s'", line->arguments[0]),
                          "It can: history, deleted, restore, verify, seal.");
    if (actions[i].alone)
        return actions[i].alone(cx, line);
    TRY(audit_read(cx, line, actions[i].of_record, &asking));
    TRY(company_open(cx, line, actions[i].writes ? COMPANY_OPEN : COMPANY_READ));
    Error *error = act_as(cx, line, DOOR_COMMAND);
    if (!error)
        error = actions[i].writes
                    ? database_write(cx, cx->company->database, actions[i].run, &asking)
                    : database_read(cx, cx->company->database, actions[i].run, &asking);
    company_close(cx);
    return error;
}
