// SPDX-License-Identifier: Apache-2.0
// Incidents as people handle them: seen, taken over, handed on, mended and tried again.
//
// Whoever may retry ("process.retry") handles all of them; the lead of a department handles those
// of the department and what is below it. An incident that a token stands at goes away by itself
// once the step succeeds; a step that nobody can mend is left out by a deviation ("skip").
#ifndef MILLRACE_PROCESS_INCIDENTS_H
#define MILLRACE_PROCESS_INCIDENTS_H

#include "base/value.h"

#define LIMIT_INCIDENT_COMMENT 2000

// process, state (open, taken, resolved, unresolved), owner (an id, "me", "none"), department,
// instance, limit, after: newest first. Who neither handles all nor may read processes names a
// department that he leads, or himself.
FALLIBLE incident_list(Ctx *cx, Value request, Value *out);
// One, with its events and what the actor may do.
FALLIBLE incident_show(Ctx *cx, Id incident, Value *out);

// The actor takes it over, from whomever.
FALLIBLE incident_take(Ctx *cx, Id incident, const char *comment);
// To somebody who may handle it.
FALLIBLE incident_hand_on(Ctx *cx, Id incident, Id to, const char *comment);
// `mend`: {fields, version, variables, comment}: changes fields of the record through the gate, as
// the actor; variables of an instance that governs no record ("incident.edit"); then the step is
// tried again. It may fail again: then the incident stays, and tells why.
FALLIBLE incident_retry(Ctx *cx, Id incident, Value mend);
// One that only warns.
FALLIBLE incident_close(Ctx *cx, Id incident, const char *comment);

// Those of an instance that are not resolved, short: [{id, message, step}].
typedef struct Instance Instance;
FALLIBLE incidents_value(Ctx *cx, const Instance *instance, Value *out);

#endif
