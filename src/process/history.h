// SPDX-License-Identifier: Apache-2.0
// What happened in an instance: one packed row for each event that came in.
//
// Private to process/. `entries` of instance_event is a text of words "<letter><number>", in the
// order in which things happened: the letter says what (see history_letter), the number is the
// node's index in the model, for ">" the edge's. So a step of ten nodes is one short row.
#ifndef MILLRACE_PROCESS_HISTORY_H
#define MILLRACE_PROCESS_HISTORY_H

#include "flow/step.h"
#include "process/deployments.h"
#include "process/instance.h"

typedef struct HistoryEntry {
    FlowHistory what;
    const GraphNode *node; // NULL: the instance itself
    Instant at;
    Id actor;      // who did it; 0: the engine, following from what somebody did
    Id acting_for; // whom the actor stood in for; 0: nobody
    Id instance;
    int64_t sequence;             // of the row
    const struct WorkEvent *deed; // what was done with a work item, instead of `what`; else NULL
} HistoryEntry;

typedef struct HistoryEntries {
    HistoryEntry *items;
    size_t count;
    size_t capacity;
} HistoryEntries;

void entries_add(Buffer *entries, const FlowEffect *effect);
typedef struct HistoryWord {
    FlowHistory what;
    int index; // of the node, of HISTORY_FLOW the edge; below 0: the instance
} HistoryWord;
// Reads one word and moves *at behind it; false at the end. Unknown letters are left out.
bool history_word_next(const char **at, HistoryWord *out);
// All of an instance, oldest first; sequence flows are left out.
FALLIBLE history_read(Ctx *cx, const ProcessModel *model, Id instance, HistoryEntries *out);

#endif
