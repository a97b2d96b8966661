// SPDX-License-Identifier: Apache-2.0
// What the files of the step share; nobody outside src/flow includes it.
//
//   step.c          one event in, the loop until everything waits, the state out
//   place.c         the tree of places, variables, expressions
//   token.c         tokens: sequence flows, gateways
//   join.c          tokens that wait for others
//   activity.c      activities and scopes: begin, complete
//   sets.c          input and output sets of activities
//   loop.c          loops and multiple instances
//   trigger.c       events: armed, fired, thrown, caught
//   compensation.c  undoing what was completed
//   modify.c        what people change in a running instance
//   migrate.c       an instance goes over to another graph
//   restart.c       an instance begins again where it once stood
//
// A token moves by the queue of moves: node_enter does what the node does, then either leaves a
// place (it waits) or calls node_leave, which queues the next moves. When the queue is empty
// everything is looked at that depends on the whole: inclusive joins, conditions, scopes that have
// run dry.
#ifndef MILLRACE_FLOW_ENGINE_H
#define MILLRACE_FLOW_ENGINE_H

#include "flow/explore.h"
#include "flow/step.h"

typedef struct Live Live;
struct Live {
    FlowPlace place;
    Live *up;
    Live *first;
    Live *last;
    Live *next;
    Live *previous;
    Live *behind; // the next token at the same join by the same flow
    bool dead;
    bool own_data; // the context was made in this step and may be written
    bool indexed;  // among the conditions or listeners
    bool own_list; // of a loop: so may the list of what it gathers
    int cleared;   // how often everything that ran in it was cancelled
    int tokens;    // living tokens directly below
};

typedef struct Join Join; // join.c

#define MOVE_ENTER -1      // enter the node directly
#define MOVE_INSTANCE -2   // begin an instance of a loop: its index in `node`, the loop in `scope`
#define MOVE_COMPENSATE -3 // the COMPENSATE place in `scope` looks for the next to undo

typedef struct Move {
    int edge; // or one of the above
    int node;
    int cleared; // of the scope when the move was queued: it is taken back by clearing the scope
    Live *scope;
} Move;

// How the conditions of one explored step are decided, in the order in which they are asked.
typedef struct Choices {
    bool taken[LIMIT_EXPLORE_CHOICES];
    const Feel *asked[LIMIT_EXPLORE_CHOICES];
    size_t count;
    size_t at;
    bool too_many;
    bool no_way; // all were false where one must be true: no case of its own
} Choices;

typedef struct Flow {
    Ctx *cx;
    const Graph *graph;
    const FlowEvent *event;
    Value subject;
    FlowStatus status;
    const char *error_code; // when FAILED
    Value error_payload;
    int next_number;
    int next_order;
    int first_new;        // places from this number on were born in this step
    ARRAY(Live *) places; // by number
    Live *root;
    ARRAY(Move) moves;
    size_t next_move;
    ARRAY(Move) calls; // tokens before a signal's throw event: whoever listens is armed first
    size_t next_call;
    ARRAY(FlowEffect) effects;
    ARRAY(Live *) dry;        // scopes in which nothing may run any more, newest last
    ARRAY(Live *) conditions; // places that wait for a condition
    ARRAY(Live *) listeners;  // ... for a signal
    bool data_moved;          // since the conditions were tested
    Join **join_slots;
    size_t join_slot_count;
    size_t join_count;
    ARRAY(Join *) watched; // inclusive with tokens, complex that wait for the rest
    size_t firings;        // of what is looked at when the queue of moves is empty
    size_t work;           // moves made and places looked at: what the step costs
    const Live *telling;   // the loop that throws an event about its own instances
    Choices *choices;      // exploring: no data, every condition is a choice
    Value seen;            // what expressions see, kept while nothing is written
    const Live *seen_at;
} Flow;

// --- step.c
FALLIBLE flow_open(Flow *flow, const FlowState *state); // the state's places come alive
FALLIBLE flow_close(Flow *flow, FlowOutcome *out);      // runs until all waits, then tells
FALLIBLE flow_step_chosen(Ctx *cx, const Graph *graph, const FlowState *before,
                          const FlowEvent *event, Choices *choices, FlowOutcome *out);

FALLIBLE place_retry(Flow *flow, Live *place); // STUCK: tried again

// NULL for the process.
static inline const GraphNode *node_of(const Flow *flow, const Live *place)
{
    return place->place.node < 0 ? NULL : &flow->graph->nodes[place->place.node];
}

// The next living child.
static inline Live *place_child(const Live *place, Live *after)
{
    Live *child = after ? after->next : place->first;
    while (child && child->dead)
        child = child->next;
    return child;
}

// --- place.c
Live *place_new(Flow *flow, PlaceKind kind, int node, Live *up);
Live *place_new_by(Flow *flow, PlaceKind kind, int node, Live *up, int edge);
void place_below(Live *place, Live *up);
void place_note(Flow *flow, Live *place);  // it has come alive: counted, and indexed if need be
void place_index(Flow *flow, Live *place); // what waits for a condition or a signal
void place_turn(Flow *flow, Live *place, PlaceKind kind);
Live *place_find(const Flow *flow, int number);     // NULL when there is none alive
void place_end(Flow *flow, Live *place);            // it and all below, without a word
void place_cancel(Flow *flow, Live *place);         // it and all below, telling everybody
void place_cancel_quietly(Flow *flow, Live *place); // history tells only of what is below
bool place_is_token(const Flow *flow, const Live *place);
void move_add(Flow *flow, int edge, int node, Live *scope);
FlowEffect *effect_add(Flow *flow, FlowEffectKind kind, int wait, int node);
void history_add(Flow *flow, FlowHistory what, int wait, int node);
void incident_add(Flow *flow, const Live *place, const char *code, const char *message);
const GraphScope *scope_of(const Flow *flow, const Live *place);
void variable_set(Flow *flow, Live *at, const char *name, Value value);
void data_set(Flow *flow, Live *place, const char *name, Value value); // on this very place
Value scope_value(Flow *flow, const Live *at); // to be read only: it may be a place's own
Value context_own(Flow *flow, Value shared);   // a copy that may be written

// Extra names of an expression, as `result`; the last has no name.
typedef struct Extra {
    const char *name;
    Value value;
} Extra;

// `why`, when not NULL, gets what FEEL complained of (NULL: nothing).
FALLIBLE evaluate(Flow *flow, const Live *at, const Feel *expression, const Extra *extra,
                  Value *out, const char **why);
// *why is set when the result is not true or false.
FALLIBLE holds(Flow *flow, const Live *at, const Feel *condition, const Extra *extra, bool *out,
               const char **why);
FALLIBLE mappings_value(Flow *flow, const Live *at, const GraphMappings *mappings, Value *out);
// Writes the outputs into variables; `result` is what came back.
FALLIBLE outputs_apply(Flow *flow, Live *at, const GraphMappings *outputs, Value result);
FALLIBLE sets_apply(Flow *flow, const GraphNode *node, Live *at, bool on_leave);

// --- token.c
void token_enter(Flow *flow, int node, Live *scope);
// As if it came by the first flow whose token a join still waits for.
void token_put(Flow *flow, const GraphNode *node, Live *scope);
FALLIBLE node_enter(Flow *flow, const GraphNode *node, Live *scope, int edge);
FALLIBLE node_leave(Flow *flow, const GraphNode *node, Live *scope);
FALLIBLE gateway_pass(Flow *flow, const GraphNode *node, Live *scope, const Extra *extra);
void token_take(Flow *flow, int edge, Live *scope);
void token_stuck(Flow *flow, const GraphNode *node, Live *scope, const char *message);

// --- join.c
void join_note(Flow *flow, Live *place);   // a JOIN place has come alive
void join_forget(Flow *flow, Live *place); // ... has ended
FALLIBLE parallel_enter(Flow *flow, const GraphNode *node, Live *scope, int edge);
FALLIBLE complex_enter(Flow *flow, const GraphNode *node, Live *scope, int edge);
bool quantity_met(Flow *flow, const GraphNode *node, Live *scope, int edge);
// The first flow by which no token has come yet; MOVE_ENTER when none leads there.
int join_missing(Flow *flow, const GraphNode *node, const Live *scope);
FALLIBLE joins_test(Flow *flow, bool *fired);

// --- activity.c
PlaceKind activity_place(const GraphNode *node); // as what an activity waits
FALLIBLE activity_begin(Flow *flow, const GraphNode *node, Live *scope);
FALLIBLE activity_begin_now(Flow *flow, const GraphNode *node, Live *scope); // its inputs are there
FALLIBLE activity_start(Flow *flow, const GraphNode *node, Live *up, Live **out);
FALLIBLE activity_perform(Flow *flow, Live *place); // offers, calls, arms
FALLIBLE activity_answer(Flow *flow, Live *place, Value result);
FALLIBLE activity_complete(Flow *flow, Live *place);
FALLIBLE activity_leave(Flow *flow, Live *place); // completed, out of its loop
FALLIBLE work_check(Flow *flow, Live *place, Value values);
void scope_data(Flow *flow, Live *place, const GraphScope *scope);
FALLIBLE scope_start(Flow *flow, Live *place, const GraphScope *scope);
FALLIBLE scope_dry(Flow *flow, Live *place);   // no token is left in it
void tokens_cancel(Flow *flow, Live *scope);   // all that runs in it, not what it watches or did
FALLIBLE ad_hoc_done(Flow *flow, Live *scope); // one of its activities is
Live *ad_hoc_choice(const Live *scope);        // where people choose; NULL: they do not
void ad_hoc_close(Live *scope);
bool ad_hoc_closed(const Live *scope); // starts nothing any more

// --- sets.c
FALLIBLE input_set_find(Flow *flow, const GraphNode *node, const Live *at, int *set); // -1: none
FALLIBLE input_set_note(Flow *flow, Live *place);
void input_wait(Flow *flow, const GraphNode *node, Live *scope);
FALLIBLE inputs_test(Flow *flow, Live *place, bool *begins); // INPUT
FALLIBLE inputs_value(Flow *flow, const Live *place, const GraphNode *node, Value *out);
FALLIBLE output_set_find(Flow *flow, const Live *place, Value result, int *set, // -1: none
                         const char **missing_name);
FALLIBLE outputs_refuse(Flow *flow, Live *place, const char *name);
FALLIBLE outputs_take(Flow *flow, Live *place, int set, Value result);

// --- loop.c
FALLIBLE loop_begin(Flow *flow, const GraphNode *node, Live *scope);
FALLIBLE loop_instance_begin(Flow *flow, Live *loop, int index);
FALLIBLE loop_instance_done(Flow *flow, Live *loop, Live *instance);
FALLIBLE loop_instance_removed(Flow *flow, Live *loop);
FALLIBLE loop_instance_add(Flow *flow, Live *loop, Value item);

// --- modify.c
FALLIBLE token_modify(Flow *flow, const FlowEvent *event);
FALLIBLE place_skip(Flow *flow, const FlowEvent *event);
FALLIBLE instance_add(Flow *flow, const FlowEvent *event);
FALLIBLE activity_choose(Flow *flow, const FlowEvent *event);
FALLIBLE data_change(Flow *flow, const FlowEvent *event);

// --- trigger.c
const GraphNode *watch_event(const Flow *flow, const Live *watch);
const GraphTrigger *place_trigger(const Flow *flow, const Live *place);
FALLIBLE trigger_arm(Flow *flow, Live *place);
FALLIBLE boundary_arm(Flow *flow, int boundary, Live *host);
FALLIBLE boundaries_arm(Flow *flow, Live *host);
FALLIBLE event_sub_process_arm(Flow *flow, int sub_process, Live *scope);
FALLIBLE event_sub_processes_arm(Flow *flow, Live *scope);
FALLIBLE event_wait(Flow *flow, const GraphNode *node, Live *scope);
FALLIBLE event_fire(Flow *flow, Live *place, Value payload); // EVENT or WATCH
FALLIBLE event_throw(Flow *flow, const GraphNode *node, Live *scope);
// *stays is set when the token does not go on by itself.
FALLIBLE trigger_throw(Flow *flow, const GraphNode *node, const GraphTrigger *trigger, Live *scope,
                       bool *stays);
FALLIBLE error_throw(Flow *flow, Live *from, const char *code, Value payload, bool *caught);
FALLIBLE escalation_throw(Flow *flow, Live *from, const char *code, Value payload);
FALLIBLE signal_throw(Flow *flow, const char *name, Value payload);
FALLIBLE flow_message_send(Flow *flow, const GraphNode *node, const GraphTrigger *trigger,
                           Live *at);
FALLIBLE catcher_run(Flow *flow, Live *holder, const GraphNode *node, const GraphTrigger *trigger,
                     Value payload);
FALLIBLE conditions_test(Flow *flow, bool *fired);
FALLIBLE event_gateway_wait(Flow *flow, const GraphNode *node, Live *scope);
FALLIBLE event_gateway_arm(Flow *flow, const GraphEdge *edge, Live *gate); // one of its events

// --- compensation.c
// What `trigger` of the process itself tells.
enum { PROCESS_CALLED = 1, PROCESS_UNDOING = 2 };
void call_keep(Flow *flow, Live *call, const char *key); // by which what it called can be undone
const char *call_kept(const Live *place); // that key, until it is undone; NULL: it cannot be
bool undoes_call(const Live *place);      // a CALL that waits until what it called is undone
void call_unmake(Flow *flow, Live *call);
bool process_keeps(const Flow *flow); // ends so that its caller can have it undone
FALLIBLE process_undo(Flow *flow);
bool compensable(const Flow *flow, const Live *place);
FALLIBLE compensation_begin(Flow *flow, const GraphNode *thrower, Live *scope, int activity,
                            bool wait);
FALLIBLE compensation_next(Flow *flow, Live *thrower);
FALLIBLE compensation_done(Flow *flow, Live *compensating);
FALLIBLE transaction_cancel(Flow *flow, const GraphNode *thrower, Live *scope);

// --- timing.c
// The first due instant of a timer and how often it fires (-1: no end); *why when it is no time.
FALLIBLE timer_first(Flow *flow, const Live *at, const GraphTime *when, Instant *due, int *count,
                     const char **why);
// The next due instant of a cycle after `previous`.
FALLIBLE timer_next(Flow *flow, const Live *at, const GraphTime *when, Instant previous,
                    Instant *due, const char **why);

#endif
