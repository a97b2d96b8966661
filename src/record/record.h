// SPDX-License-Identifier: Apache-2.0
// Records: typed reads, and every write through the one gate.
//
// A change asks, in order: rights -> field rules -> the governing process. A record, its audit, its
// outbox row and what its governor does change in the unit's transaction together. Forbidden reads
// as not found. Entity names are those of the packs; `fields` is a context keyed by field name.
#ifndef MILLRACE_RECORD_RECORD_H
#define MILLRACE_RECORD_RECORD_H

#include "record/schema.h"

typedef struct Record {
    const Entity *entity;
    Id id;
    int64_t version; // from 1, one more with each change
    Value fields; // all fields the actor may read, the system's own too, in the order of the schema
} Record;

// ERR_NOT_FOUND when there is none, or not for this actor.
FALLIBLE record_get(Ctx *cx, const char *entity, Id id, Record **out);
// By a unique field (or `id`); *out = NULL when there is none.
FALLIBLE record_find(Ctx *cx, const char *entity, const char *field, Value value, Record **out);
// The id of the record that data and imports mean by this key; ERR_INVALID when there is none. For
// the system: no rights are asked.
FALLIBLE record_key_find(Ctx *cx, const Entity *entity, const char *key, Id *out);
// The records of a child list ("lines") in the order they were made; at most LIMIT_BULK_ROWS.
FALLIBLE record_children(Ctx *cx, const Record *parent, const char *child_list, Record ***out,
                         size_t *count);

// Typed reads of a field; a field the entity does not have is our own mistake and aborts.
const char *record_text(const Record *record, const char *field); // NULL for null
int64_t record_integer(const Record *record, const char *field);  // 0 for null
bool record_boolean(const Record *record, const char *field);     // false for null
Id record_reference(const Record *record, const char *field);     // 0 for null
Decimal record_decimal(const Record *record, const char *field);  // 0 for null
bool record_is_null(const Record *record, const char *field);
const char *record_label(const Record *record); // its name for people; never NULL
// The name of a record by its id alone, NULL when there is none. It asks no rights: a name is shown
// to whoever may read what refers to it.
FALLIBLE record_label_of(Ctx *cx, const char *entity, Id id, const char **out);

// A new record. Defaults fill what `fields` does not name.
FALLIBLE record_create(Ctx *cx, const char *entity, Value fields, Record **out);
// Changes the named fields; a null clears one. `version` is the one the caller saw, another in the
// database is ERR_CONFLICT with both in `about`; 0 does not compare (the engine's own changes).
FALLIBLE record_change(Ctx *cx, const char *entity, Id id, int64_t version, Value changes,
                       Record **out);
FALLIBLE record_delete(Ctx *cx, const char *entity, Id id, int64_t version);

// Whether somebody may read the record, for those who tell of it: false when there is none.
FALLIBLE record_visible(Ctx *cx, const Actor *reader, const char *entity, Id id, bool *out);

// ---- the gate -------------------------------------------------------------------------------

typedef enum GateAction { GATE_CREATE, GATE_CHANGE, GATE_DELETE } GateAction;

typedef struct GateRequest {
    GateAction action;
    const char *entity;
    Id id;              // 0 for GATE_CREATE, unless `deleted` is taken back under it
    int64_t version;    // 0: not compared
    Value changes;      // a context
    const char *reason; // into the audit; NULL when there is none
    // GATE_CREATE of restore.h alone: the record as it was when it was deleted. It keeps what the
    // system wrote and its number; the actor's rights on fields are not asked.
    const Record *deleted;
    bool goes_on; // and what ran on it runs on: nothing starts with it (an undone merge)
} GateRequest;

// The one function through which every change of a record goes. *out is NULL after GATE_DELETE.
FALLIBLE gate_pass(Ctx *cx, const GateRequest *request, Record **out);

// What the gate tells the governor. Fields here are complete, whatever the actor may read.
typedef struct GateChange {
    GateAction action;
    const Entity *entity;
    const Record *before; // NULL for GATE_CREATE
    const Record *after;  // as it would stand, before it is written; NULL for GATE_DELETE
    // The fields that truly change, with their new values: against `before`, and for GATE_CREATE
    // against the declared defaults. Computed fields and drawn numbers are not
    // among them.
    Value changed;
    const char *reason;
} GateChange;

// The process room's part of the gate, below which it lies. Functions may be NULL.
typedef struct Governor {
    // OK, or ERR_CONFLICT whose `about` holds open_step {name, instance, work_item}, who and where.
    // It knows the engine's own changes by cx->step; the gate itself knows no exception.
    Error *(*check)(Ctx *cx, const GateChange *change);
    // After the record was written, in the same transaction: a process starts, a condition is read.
    Error *(*created)(Ctx *cx, const Record *record);
    Error *(*changed)(Ctx *cx, const Record *before, const Record *after, Value changed);
    Error *(*deleted)(Ctx *cx, const Record *before);
    // Whether a process owns the field, for the description of the entity.
    bool (*owns)(Ctx *cx, const Entity *entity, const Field *field);
    // ERR_CONFLICT where what is deployed cannot go on with the schema that cx holds. In a unit of
    // work that reads.
    Error *(*fits)(Ctx *cx);
    // ERR_CONFLICT when a process holds fields of a record that is merged into another.
    Error *(*merging)(Ctx *cx, const Record *loser);
    // What runs and ran on one record is the other's from now on: `only` those instances (a list of
    // ids), or all (null). *out is which.
    Error *(*moved)(Ctx *cx, const Entity *entity, Id from, Id to, Value only, Value *out);
} Governor;

// Set once when the program starts; NULL takes it away (tests).
void gate_govern(const Governor *governor);

// ---- history --------------------------------------------------------------------------------

// One audited change of one field (`field` NULL: the whole record, or what is beside it).
typedef struct AuditEntry {
    Instant at;
    const char *field;
    const char *action; // "create", "change", "delete", "restore", "share", "erase", "attach", ...
    Value before;
    Value after;
    Id actor;
    const char *actor_name; // NULL for the system
    const char *door;       // "step", "api", "bulk", "import", "command", "system"
    const char *reason;     // NULL when there is none
} AuditEntry;

// Newest first, at most `limit`, older than `before` (0: from the newest). Fields the actor may not
// read are left out.
FALLIBLE record_history(Ctx *cx, const char *entity, Id id, Instant before, int limit,
                        AuditEntry **out, size_t *count);
const char *door_word(Door door);

// ---- people ---------------------------------------------------------------------------------

// Who acts: the user with positions, department and the permissions of their roles.
// ERR_NOT_FOUND when there is no such active user. cx->actor is not set by these.
FALLIBLE actor_load(Ctx *cx, const char *login, Door door, Actor **out);
FALLIBLE actor_load_id(Ctx *cx, Id user, Door door, Actor **out);
// The system itself: every permission, user 0.
const Actor *actor_system(void);

#endif
