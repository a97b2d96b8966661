// SPDX-License-Identifier: Apache-2.0
// The trace of an evaluation as it grows: a frame for each decision, each call of knowledge or of a
// service, and each table inside another expression; see dmn_evaluate for its shape. Of a chain of
// decisions all stand in one list, those of a service in the service's own.
#ifndef MILLRACE_DMN_TRACE_H
#define MILLRACE_DMN_TRACE_H

#include "dmn/table.h"

// Rules that do not match are shown up to this many; of a larger table those that match.
#define LIMIT_TRACE_RULES 200
#define LIMIT_TRACE_FRAMES 1000
#define LIMIT_TRACE_DEPTH 10 // of calls within calls

typedef struct TraceFrame {
    Value value;          // the context of the frame
    const XmlNode *table; // the decision table that is its whole logic, or NULL
    ARRAY(Value) required;
    ARRAY(Value) calls;
    struct TraceFrame *outer;
    struct TraceFrame *home; // whose `required` takes the decisions within
    int depth;
} TraceFrame;

// What the outer frame holds it as, and what names it.
typedef enum TraceKind {
    TRACE_DECISION,
    TRACE_KNOWLEDGE,
    TRACE_SERVICE,
    TRACE_TABLE,
} TraceKind;

// The frame around all others, of which the first decision's is the trace.
void trace_begin(Evaluation *evaluation);
// NULL when nobody asks for a trace, or it has become too long: the frame around says so.
TraceFrame *trace_open(Evaluation *evaluation, TraceKind kind, const char *name);
void trace_close(Evaluation *evaluation, TraceFrame *frame, Value result);
// The names and values that a frame without a table has seen; functions are left out.
void trace_inputs(const Evaluation *evaluation, TraceFrame *frame, Value scope);

// What a table did: `fired` are the places among the hits that made the result, in order.
typedef struct TableTrace {
    Machine *machine;
    const Hook *hook;
    const Table *table;
    Value *slots;
    const Value *inputs;
    const size_t *hits;
    size_t hit_count;
    const size_t *fired;
    size_t fired_count;
    Value result;
    bool refused; // the hit policy forbids what has matched
} TableTrace;
void trace_table(Evaluation *evaluation, const TableTrace *trace);

#endif
