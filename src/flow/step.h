// SPDX-License-Identifier: Apache-2.0
// The pure step: (graph, state, event) -> new state + effects. BPMN 2.0.2, chapter 13.
//
// Deterministic and bounded: nothing but the arguments, cx->arena, cx->now and cx->language (for
// messages) is used; one call runs until every token waits, within LIMIT_FLOW_MOVES. It never
// changes what it is given. Four rooms call it: run, simulate, replay, prove.
//
// A state is a tree of places. A place is where something stands and waits: a token at a task, at a
// join, inside a sub-process (then its tokens are the places below it), or a watch: an armed
// boundary event or event sub-process below the activity or scope it watches. Cancelling a place
// cancels all below it. Places are numbered once within the instance, from 1 (the process itself),
// and never again: the number is the "wait" of effects and events.
#ifndef MILLRACE_FLOW_STEP_H
#define MILLRACE_FLOW_STEP_H

#include "bpmn/graph.h"

#define LIMIT_FLOW_MOVES 60000  // of one step: a loop without a wait is an error
#define LIMIT_FLOW_PLACES 20000 // of one instance
#define LIMIT_FLOW_BYTES (16UL * 1024 * 1024)

typedef enum PlaceKind {
    PLACE_SCOPE = 1,    // the process or a sub-process; has variables
    PLACE_WORK,         // a person works: user and manual tasks
    PLACE_FUNCTION,     // waits for the answer to FUNCTION_CALL
    PLACE_DECISION,     // ... to DECISION_CALL
    PLACE_CALL,         // ... to PROCESS_CALL
    PLACE_EVENT,        // catching event or receive task: `trigger` says which definition
    PLACE_GATE,         // event-based gateway, multiple event: the EVENT places below race
    PLACE_JOIN,         // a token that came by `edge` and waits for others
    PLACE_WATCH,        // armed boundary event or event sub-process of the place above
    PLACE_LOOP,         // a loop or multi-instance activity; its instances are below
    PLACE_COMPENSATE,   // a throw event waits for compensation to finish
    PLACE_DONE,         // a completed activity that can be compensated; not a token
    PLACE_COMPENSATING, // a DONE whose handler runs below
    PLACE_STUCK,        // incident: no condition true, an error nobody caught; RETRY tries again
    PLACE_CHOICE,       // in an ad-hoc sub-process: people choose its steps until COMPLETE
    PLACE_INPUT,        // a token before an activity none of whose input sets is there yet
} PlaceKind;

typedef struct FlowPlace {
    int number;
    PlaceKind kind;
    int node;    // -1: the process
    int parent;  // number of the place above; 0 for the process
    int edge;    // by which the token came, -1
    int trigger; // EVENT, WATCH: index into the node's triggers; COMPENSATE: the activity, -1 all;
                 // of an activity the input set with which it began;
                 // of the process 1: it was called and can be undone, 2: it is being undone
    int count;   // repetitions left of a timer (-1: no end), order of completion of a DONE, 1 of a
                 // call whose failure nobody caught (until RETRY), ...
    int link;    // COMPENSATING, a CALL whose process is undone: the COMPENSATE it serves (1: the
                 // process, which its caller undoes)
    Instant due; // of a timer
    Value data;  // SCOPE: its variables; DONE: the snapshot; null when it has none
} FlowPlace;

typedef enum FlowStatus {
    FLOW_NEW, // zeroed memory: before START
    FLOW_RUNNING,
    FLOW_COMPLETED,
    FLOW_CANCELLED,
    FLOW_TERMINATED,
    FLOW_FAILED, // an error end event that nobody caught
} FlowStatus;

typedef struct FlowState {
    FlowStatus status;
    int next_number;
    int next_order;    // of completions
    FlowPlace *places; // by number
    size_t place_count;
} FlowState;

typedef enum FlowEventKind {
    FLOW_START, // `node`: the start event, -1: the none starts; `wait`: which of its triggers has
                // come; `value`: variables or payload; `name` FLOW_CALLED: another process calls
                // it and may have it undone when it has completed
    FLOW_COMPLETE, // `wait`; `value`: the form's variables, the function's or decision's result;
                   // `name` FLOW_SKIPPED: an optional step is left out, its form is not asked;
                   // of a call: by which key what it called can be undone (NULL: it cannot)
    FLOW_FAIL,     // `wait`, `name`: error code, `value`: {message}
    FLOW_TIMER,    // `wait`
    FLOW_MESSAGE,  // `wait`; `value`: payload
    FLOW_SIGNAL,   // `name`; `value`: payload; every place that waits for it
    FLOW_RETRY,    // `wait` of a STUCK place, or of a failed call: the call is made again
    FLOW_CHECK,    // nothing happened but the subject changed: conditions are tested again
    FLOW_CANCEL,   // the whole instance
    // What people change by an approved deviation. Of a multi-instance activity one instance is
    // taken away, but it is moved as a whole.
    FLOW_MODIFY, // the token at `wait` (0: none) is taken away, one is put before `node` (-1: none)
    FLOW_SKIP,   // the step or catching event at `wait` counts as done; it gives nothing
    FLOW_ADD_INSTANCE, // `wait`: a multi-instance activity or one of its instances; `value`: item
    FLOW_CHOOSE,       // `wait`: an ad-hoc sub-process or its CHOICE; `node`: the step to start
    FLOW_ESCALATE, // `wait` of a called process, `name`: code, `value`: what it told; it goes on
    FLOW_DATA,     // `value`: variables as they are seen from the place `wait`, those it names
    // To a called process that ended UNDOABLE; after either it is so no more.
    FLOW_UNDO,   // what it did is undone, then it ends again
    FLOW_FORGET, // nobody will ask for that any more
} FlowEventKind;

#define FLOW_SKIPPED "skipped"
#define FLOW_CALLED "called"
#define FLOW_UNDOABLE "undoable"

typedef struct FlowEvent {
    FlowEventKind kind;
    int wait;
    int node;
    const char *name;
    Value value;
    Value subject; // context: the governed record's fields as they are now; null: none
} FlowEvent;

typedef enum FlowEffectKind {
    EFFECT_WORK_OFFER,    // wait, node; value: {due, priority, users: [one for each candidates]}
    EFFECT_WORK_CANCEL,   // wait, node
    EFFECT_FUNCTION_CALL, // wait, node, name; value: inputs. Answer with COMPLETE or FAIL
    EFFECT_DECISION_CALL, // wait, node, name: the decision, key: its model; value: inputs
    EFFECT_PROCESS_CALL,  // wait, node, name: the process; value: inputs
    EFFECT_CALL_CANCEL,   // wait, node: the answer is not wanted any more
    EFFECT_CALL_UNDO,     // wait, node, key: what was called is to be undone, and answers to `wait`
    EFFECT_CALL_FORGET,   // node, key: ... will not be undone any more
    EFFECT_TIMER_SET,     // wait, node, due
    EFFECT_TIMER_CANCEL,  // wait, node
    EFFECT_MESSAGE_WAIT,  // wait, node, name, key ("" when the model gives none)
    EFFECT_MESSAGE_CANCEL,
    EFFECT_MESSAGE_SEND, // node, name, key; value: payload
    EFFECT_SIGNAL_WAIT,  // wait, node, name
    EFFECT_SIGNAL_CANCEL,
    EFFECT_SIGNAL_SEND, // node, name; value: payload. This instance's own waits have had it
    EFFECT_RECORD_SET,  // node, name: the field; value
    EFFECT_HISTORY,     // what, wait, node (edge for HISTORY_FLOW)
    EFFECT_INCIDENT,    // wait, node, name: code; value: {message}
    EFFECT_ESCALATED,   // node, name: code; value: payload. Nobody here catches it: the caller may
    EFFECT_ENDED,       // status; name: error code when FAILED, FLOW_UNDOABLE when COMPLETED and
                        // some of its places stay to be undone; value: the variables at the end,
                        // or what the error told
} FlowEffectKind;

typedef enum FlowHistory {
    HISTORY_STARTED, // the instance
    HISTORY_ENTERED, // a node
    HISTORY_COMPLETED,
    HISTORY_CANCELLED,
    HISTORY_FAILED,
    HISTORY_TRIGGERED,   // a boundary event or event sub-process
    HISTORY_COMPENSATED, // the activity has been undone
    HISTORY_FLOW,        // a sequence flow was taken
    HISTORY_ENDED,
    HISTORY_SKIPPED, // by a deviation
} FlowHistory;

typedef struct FlowEffect {
    FlowEffectKind kind;
    int wait;
    int node; // -1: the process
    int edge; // HISTORY_FLOW
    FlowHistory what;
    FlowStatus status;
    const char *name;
    const char *key;
    Instant due;
    Value value;
} FlowEffect;

// The wait that an event names is used up without a CANCEL; a watch that goes on says so with a new
// TIMER_SET or MESSAGE_WAIT. Every other wait that ends says so with its CANCEL. What began and
// ended within one step is not told at all.
typedef struct FlowOutcome {
    FlowState state;
    FlowEffect *effects; // in the order in which they happened
    size_t effect_count;
    size_t work; // moves made and places looked at; grows in proportion to what happens
} FlowOutcome;

// Runs one event. The new state shares unchanged values with the old one, so both live in
// cx->arena or longer. Errors change nothing: ERR_CONFLICT when no such place waits for this
// event, ERR_INVALID with `field` when a required field is missing or an exit condition is not
// met (the model's message), ERR_LIMIT for LIMIT_FLOW_MOVES. What goes wrong in the model itself
// (an expression that gives null, no condition true) is no Error but an EFFECT_INCIDENT.
FALLIBLE flow_step(Ctx *cx, const Graph *graph, const FlowState *before, const FlowEvent *event,
                   FlowOutcome *out);

// NULL when there is no such place.
const FlowPlace *flow_place(const FlowState *state, int number);

// Whether what was called may still have to be undone by that key.
bool flow_keeps_call(const FlowState *state, const char *key);

// What expressions at that place see: variables of all scopes around it and the subject.
Value flow_scope(Ctx *cx, const Graph *graph, const FlowState *state, int number, Value subject);

// When a timer start event fires: first (previous 0), then after `fired` times. *due = 0: never
// again.
FALLIBLE flow_start_due(Ctx *cx, const Graph *graph, int node, int fired, Instant previous,
                        Instant *due);

// The state as compact bytes with a version in front, and back. Unpacking checks every byte
// against the graph: ERR_INVALID, never a crash.
Text flow_pack(Ctx *cx, const FlowState *state);
FALLIBLE flow_unpack(Ctx *cx, const Graph *graph, const char *bytes, size_t length, FlowState *out);

// Events of one instance for its history, and back. A subject is kept once while it stays the same:
// `seen` tells the last one of the instance (a hash, 0 before the first), and is carried on.
typedef struct FlowEvents {
    FlowEvent *items;
    size_t count;
    size_t capacity;
    size_t erased; // values that stood apart and are not there any more: null
} FlowEvents;
// The values by these names, at any depth, stand apart, so that they can be erased.
typedef struct FlowApart {
    const char *const *names;
    size_t count;
    Text values; // out: without bytes when there are none
} FlowApart;
// Of a subject, what the steps of this graph look at; the replay needs no more.
Value flow_subject_kept(Ctx *cx, const Graph *graph, Value subject);
Text flow_pack_events(Ctx *cx, const FlowEvents *events, FlowApart *apart, uint64_t *seen);
// `subject`: the last one before, and after. `apart` without bytes: what stood there is erased.
// ERR_INVALID for what is no such pack.
FALLIBLE flow_unpack_events(Ctx *cx, Text packed, Text apart, Value *subject, FlowEvents *out);

const char *place_kind_word(PlaceKind kind);
const char *effect_kind_word(FlowEffectKind kind);
const char *history_word(FlowHistory what);
const char *flow_status_word(FlowStatus status);

#endif
