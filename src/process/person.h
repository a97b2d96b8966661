// SPDX-License-Identifier: Apache-2.0
// All that a company holds about a person: given out, and erased, records and processes together.
#ifndef MILLRACE_PROCESS_PERSON_H
#define MILLRACE_PROCESS_PERSON_H

#include "record/personal.h"

typedef struct PersonSink {
    Error *(*write)(Ctx *cx, const char *bytes, size_t length, void *state);
    void *state;
} PersonSink;

// A line of JSON for each: {kind: "record" | "referring" | "change" | "consent" | "file" |
// "step", entity,
// id, value}. The record, what leads to it (orders, activities, its parts), and what happened to
// it; as far as the actor may read. Needs "personal.export".
FALLIBLE person_export(Ctx *cx, const char *entity, Id record, const PersonSink *sink);

// personal_erase, and the histories of the processes on what it erased: {records, histories:
// {erased, running: [ids], left}}. `left`: more than one unit takes; erase again. Needs
// "personal.erase" and "process.erase".
FALLIBLE person_erase(Ctx *cx, const Erasure *erasure, Value *out);

#endif
