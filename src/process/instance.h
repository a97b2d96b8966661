// SPDX-License-Identifier: Apache-2.0
// Rows of `instance`: the truth of a running process, and its append-only events.
//
// Private to process/. An instance is changed by the runner alone; it is loaded, stepped and stored
// in one unit of work, and its version is compared when it is stored.
#ifndef MILLRACE_PROCESS_INSTANCE_H
#define MILLRACE_PROCESS_INSTANCE_H

#include "base/value.h"
#include "db/db.h"

typedef struct Instance {
    Id id;
    const char *process_key;
    int version;
    Id model;           // the row of process_version it runs on
    const char *entity; // NULL when it governs no record
    Id subject;
    const char *state; // "running", "completed", "cancelled", "terminated", "failed", "incident"
    int64_t row_version;
    int64_t events; // how many events it has; the next one's sequence
    Text blob;
    const char *incident; // the code of one that is not resolved, see incident.h; of a failed
                          // instance that of its error; NULL: none
    Instant started_at;
    Id started_by;
    Instant ended_at; // 0 while it runs
    Id parent;        // the instance that called it; 0: none
    int64_t parent_wait;
    const char *parent_node;   // the call activity when it was called; written, not read back
    int64_t depth;             // of calls, from 0
    const char *start_message; // that started it once; NULL: none
    const char *start_key;
    const char *suspended; // why it stands still; NULL: it does not
    uint64_t subject_seen; // see flow_pack_events
} Instance;

// ERR_NOT_FOUND when there is none.
FALLIBLE instance_load(Ctx *cx, Id id, Instance **out);
// Instances on a record, newest first; `running`: only those that have not ended.
FALLIBLE instances_of(Ctx *cx, const char *entity, Id subject, bool running, Instance ***out,
                      size_t *count);
FALLIBLE instance_insert(Ctx *cx, const Instance *instance);
// Writes state, blob, events and ended_at where the version is still the one loaded, and counts it
// on. Another writer in between is ERR_UNAVAILABLE: the unit is to be run again.
FALLIBLE instance_store(Ctx *cx, Instance *instance);
typedef struct InstanceNote {
    const char *kind;    // what came in
    const char *node;    // that it came to; NULL: none
    const char *entries; // what it made happen, in order, see history.h; NULL: nothing
    Value detail;        // null or a context
    Text input;          // flow_pack_events; without bytes: nothing came to the process
    Text personal;       // what stands apart of it; without bytes: nothing
} InstanceNote;
// Appends one row to the history.
FALLIBLE instance_note(Ctx *cx, Instance *instance, const InstanceNote *note);

#endif
