// SPDX-License-Identifier: Apache-2.0
// What happened, for whoever counts and compares: views in the database, and the log of events that
// tools of process mining read. Their columns are described in docs/history.md.
//
// A view reads the packed rows of the histories; the names of the elements that those tell by
// number stand in process_element, written when a version is deployed.
#ifndef MILLRACE_PROCESS_MINING_H
#define MILLRACE_PROCESS_MINING_H

#include "bpmn/graph.h"

// The elements of a version that is deployed now.
FALLIBLE mining_elements_write(Ctx *cx, Id model, const Graph *graph);
// The same for versions from before there was such a list, at most `limit`; *done counts.
FALLIBLE mining_elements_make_up(Ctx *cx, int limit, int *done);

// Writes the log of a process as CSV, one line for each event from `from` until before `until`, the
// columns by the names of XES. Needs "process.read".
typedef struct EventLogWriter {
    Error *(*write)(Ctx *cx, const char *bytes, size_t length, void *state);
    void *state;
} EventLogWriter;
FALLIBLE event_log_write(Ctx *cx, const char *process, Instant from, Instant until,
                         const EventLogWriter *writer);

#endif
