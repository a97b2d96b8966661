// SPDX-License-Identifier: Apache-2.0
// Rows of `process_incident`: what went wrong in a running process, whose it is, what became of it.
//
// Private to process/. The runner tells what a step found (incidents_project) in the transaction of
// that step, so that the rows and the packed state never disagree. An incident at which a token
// stands is resolved when its place goes on, by whatever; one that only warns (an expression was
// null, and the process went on) when somebody closes it; both when the instance ends.
//
//     found --> open <--hand on-- taken --+--> resolved
//                 `--------take---^       |
//                 `-----------------------'
#ifndef MILLRACE_PROCESS_INCIDENT_H
#define MILLRACE_PROCESS_INCIDENT_H

#include "flow/step.h"
#include "process/deployments.h"
#include "process/describe.h"
#include "process/instance.h"

#define INCIDENT_OPEN "open" // nobody has taken it up, its owner neither
#define INCIDENT_TAKEN "taken"
#define INCIDENT_RESOLVED "resolved"

typedef struct Incident {
    Id id;
    Id instance;
    const char *process_key;
    int64_t wait;
    const char *node; // NULL: the process itself
    bool stands;      // a token stands there; else it only warns
    const char *code;
    const char *message; // in LANGUAGE_SOURCE
    const char *state;
    const char *department; // whose it is; NULL: whoever may retry
    Id owner;               // 0: nobody
    int64_t failures;       // how often it was found
    Instant opened_at;
    Id opened_by;
    Instant resolved_at; // 0: not yet
    Id resolved_by;
    const char *resolution; // "retried", "deviation", "went on", "ended", "closed"; NULL: none
} Incident;

#define INCIDENT_COLUMNS                                                                           \
    "id, instance, process_key, wait, node, stands, code, message, state, department, owner, "     \
    "failures, opened_at, opened_by, resolved_at, resolved_by, resolution"
Incident *incident_of(Ctx *cx, const Row *row);

// Writes `after` where state and owner are still those of `before`; *moved is false when another
// was faster.
FALLIBLE incident_move(Ctx *cx, const Incident *before, const Incident *after, bool *moved);
// Those of the instance that are not resolved, oldest first.
FALLIBLE incidents_unresolved(Ctx *cx, Id instance, Incident ***out, size_t *count);

// What was done with it and by whom: append-only.
typedef struct IncidentEvent {
    const char *kind; // "opened", "again", "taken", "handed on", "edited", "retried", "resolved"
    Instant at;
    Id actor;    // 0: the engine
    Id receiver; // 0: nobody
    const char *comment;
} IncidentEvent;
// By the unit's actor, at its time.
FALLIBLE incident_note(Ctx *cx, Id incident, IncidentEvent event);
FALLIBLE incident_events(Ctx *cx, Id incident, IncidentEvent **out, size_t *count);

// What one step came upon.
typedef struct IncidentFound {
    int wait;
    int node; // -1: the process
    const char *code;
    const char *message; // in LANGUAGE_SOURCE
} IncidentFound;
typedef struct IncidentsFound {
    IncidentFound *items;
    size_t count;
    size_t capacity;
} IncidentsFound;

// Opens what was found, resolves what the state does not hold any more, because of `cause` (the
// kind of the history's row), and says in instance->incident whether any is left.
FALLIBLE incidents_project(Ctx *cx, Instance *instance, const ProcessModel *model,
                           const FlowState *state, const IncidentsFound *found, const char *cause);

// As lists show it; in incidents.c.
FALLIBLE incident_value(Ctx *cx, Describer *describer, const Incident *incident, Value *out);

#endif
