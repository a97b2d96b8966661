// SPDX-License-Identifier: Apache-2.0
// A process compiled for running: nodes, edges, scopes, lanes and triggers by index, expressions
// compiled, everything checked.
//
// A graph lives in the arena it was compiled in, is read-only and may be used by any number of
// threads. Indexes are stable for the same source bytes: the packed state of an instance holds
// them. -1 stands for "none". What it means is in docs/extensions.md (Millrace's own attributes)
// and BPMN 2.0.2, chapter 10 and 13.
#ifndef MILLRACE_BPMN_GRAPH_H
#define MILLRACE_BPMN_GRAPH_H

#include "bpmn/model.h"
#include "feel/feel.h"

#define LIMIT_GRAPH_NODES 5000
#define LIMIT_COMPLEX_FLOWS 31               // into a complex gateway, which keeps one bit of each
#define CALENDAR_OF_DEPARTMENT "department:" // before the key: the name of such a calendar

typedef enum NodeKind {
    NODE_START, // events
    NODE_CATCH,
    NODE_THROW,
    NODE_END,
    NODE_BOUNDARY,
    NODE_TASK, // the task without a kind: done at once
    NODE_USER_TASK,
    NODE_MANUAL_TASK,
    NODE_SERVICE_TASK,
    NODE_SCRIPT_TASK,
    NODE_RULE_TASK,
    NODE_SEND_TASK,
    NODE_RECEIVE_TASK,
    NODE_CALL_ACTIVITY,
    NODE_SUB_PROCESS,
    NODE_EVENT_SUB_PROCESS,
    NODE_TRANSACTION,
    NODE_AD_HOC,
    NODE_EXCLUSIVE, // gateways
    NODE_PARALLEL,
    NODE_INCLUSIVE,
    NODE_COMPLEX,
    NODE_EVENT_GATEWAY,
} NodeKind;

typedef enum TriggerKind {
    TRIGGER_MESSAGE,
    TRIGGER_TIMER,
    TRIGGER_SIGNAL,
    TRIGGER_ERROR,
    TRIGGER_ESCALATION,
    TRIGGER_CONDITION,
    TRIGGER_LINK,
    TRIGGER_COMPENSATION,
    TRIGGER_CANCEL,
    TRIGGER_TERMINATE,
} TriggerKind;

// A text in a language; the text without a language is the element's own name.
typedef struct GraphText {
    const char *language;
    const char *text;
} GraphText;

typedef struct GraphTexts {
    const GraphText *items;
    size_t count;
} GraphTexts;

// name = FEEL: an input of a call, an output (over `result`), a part of a message's payload.
typedef struct GraphMapping {
    const char *name;
    const Feel *value;
} GraphMapping;

typedef struct GraphMappings {
    const GraphMapping *items;
    size_t count;
} GraphMappings;

// An input or output set: bits are positions in the step's inputs or outputs.
typedef struct GraphDataSet {
    uint64_t needed;    // required, and something leads to or from it
    uint64_t held;      // all that belong to it
    uint64_t goes_with; // of an output set: the input sets (bits) with which it is given
} GraphDataSet;

typedef struct GraphDataSets {
    const GraphDataSet *items; // in order; the first that is there is taken
    size_t count;              // 0: nothing hangs on them
    uint64_t mappings;         // those that belong to some set; the others always hold
    const char *const *names;  // of each mapping its data input or output
} GraphDataSets;

#define LIMIT_SET_MAPPINGS 64

// When: an ISO 8601 or cron text that was checked at compilation, or FEEL that gives one (or a date
// and time, a date, a duration). Exactly one is set.
typedef struct GraphTime {
    const char *text;
    const Feel *expression;
    const Zone *zone;     // in which it counts unless a calendar says so; never NULL
    const char *calendar; // the business calendar's name; NULL: all time counts
} GraphTime;

typedef enum TimerKind { TIMER_DATE, TIMER_DURATION, TIMER_CYCLE } TimerKind;

// Whether a message whose key has started an instance starts another one.
typedef enum GraphOnce {
    ONCE_NOT,     // each message starts one
    ONCE_RUNNING, // not while that instance runs
    ONCE_EVER,
} GraphOnce;

// One event definition of a node.
typedef struct GraphTrigger {
    TriggerKind kind;
    const char *name;    // message, signal or link name; error or escalation code (NULL: any)
    const Feel *key;     // message: the correlation key; NULL: no key
    bool key_in_payload; // it is asked of the payload that is sent, not of the variables
    TimerKind timer;
    GraphTime when;
    const Feel *condition;
    int activity;             // compensation throw: the activity's node; -1: the whole scope
    bool wait_for_completion; // compensation throw
    GraphOnce once;           // message start
    GraphMappings payload;    // message, signal, error, escalation when thrown
    GraphMappings outputs;    // what a catch writes into variables, over `result` (the payload)
} GraphTrigger;

typedef enum FieldAccess { FIELD_READ, FIELD_OPTIONAL, FIELD_REQUIRED } FieldAccess;

// A field of a step's form: of the governed record, or a process variable (type is set).
typedef struct GraphField {
    const char *name;
    FieldAccess access;
    const char *type; // NULL: a field of the record; else text, long_text, boolean, decimal,
                      // integer, date or choice
    bool personal;    // a variable whose values histories keep apart
    GraphTexts titles;
    const char *const *choices;
    const GraphTexts *choice_titles; // one for each choice
    size_t choice_count;
} GraphField;

// Who may do a step: all that is asked for must hold.
typedef struct GraphCandidates {
    const char *position;   // NULL: not asked
    const char *department; // or one below it
    const char *skill;
    int level;         // of the skill, at least
    const Feel *users; // FEEL giving a login or a list of logins; NULL: not asked
} GraphCandidates;

// Must be true when the step is begun (an entry) or completed (an exit); else it is refused with
// the message.
typedef struct GraphDemand {
    const Feel *condition;
    const char *message;
    GraphTexts messages;
} GraphDemand;

// Who gets an offered step at once; nobody: whoever takes it.
typedef enum GraphDistribution {
    DISTRIBUTE_NONE,
    DISTRIBUTE_ROUND_ROBIN,
    DISTRIBUTE_LEAST_BUSY,
    DISTRIBUTE_SKILL, // the best in the candidates' skill, of them the least busy
} GraphDistribution;

// Some time after a step is due (without a due time: after it was offered) it is offered to others
// too, or they are told.
typedef struct GraphEscalation {
    GraphTime after; // an ISO 8601 duration, where and by which calendar the due time counts
    const char *position;
    bool tell_only;
} GraphEscalation;

typedef struct GraphTask {
    const GraphCandidates *candidates; // any of them may do it; none: the lane's
    size_t candidate_count;
    const GraphTime *due; // NULL: none
    const Feel *priority; // NULL: 50
    bool optional;        // may be skipped with a reason
    GraphField *fields;   // the form, in order
    size_t field_count;
    GraphTexts instructions;
    const int *separate; // nodes; whoever did one of them in this instance may not do this
    size_t separate_count;
    const GraphDemand *entries;
    size_t entry_count;
    const GraphDemand *exits;
    size_t exit_count;
    int keep; // node: whoever did it is asked first; -1: nobody
    GraphDistribution distribution;
    const GraphEscalation *escalations; // in order
    size_t escalation_count;
} GraphTask;

// Writes a field that the process owns into the governed record.
typedef struct GraphSet {
    const char *field;
    const Feel *value;
    bool on_leave; // else on entering
} GraphSet;

typedef enum LoopKind { LOOP_NONE, LOOP_STANDARD, LOOP_PARALLEL, LOOP_SEQUENTIAL } LoopKind;

// What a multiple-instance activity tells when one of its instances completes (`behavior`).
typedef struct GraphTold {
    const Feel *condition; // NULL: always
    bool first_only;
    GraphTrigger trigger;
} GraphTold;

typedef struct GraphLoop {
    LoopKind kind;
    bool test_before;
    int maximum;           // standard; -1: none
    const Feel *condition; // standard: go on while true
    const Feel *cardinality;
    const Feel *collection;
    const char *item;    // variable that holds the element
    const char *output;  // variable of each instance ...
    const char *outputs; // ... gathered into this list
    const Feel *completion;
    const GraphTold *told;
    size_t told_count;
} GraphLoop;

// Which version of a process a call activity calls.
typedef enum GraphBinding {
    BINDING_LATEST,
    BINDING_DEPLOYMENT, // the newest one when the caller was deployed
    BINDING_VERSION,
    BINDING_TAG, // the newest one with that tag
} GraphBinding;

typedef struct GraphNode {
    int index;
    NodeKind kind;
    const char *id;
    const char *name; // "" when it has none
    GraphTexts names; // translations
    int line;
    int scope;           // the scope it stands in
    int inner;           // the scope it opens, -1: none
    int lane;            // -1: none
    const int *incoming; // edges
    size_t incoming_count;
    const int *outgoing;
    size_t outgoing_count;
    int default_edge;
    const GraphTrigger *triggers; // events, receive and send tasks
    size_t trigger_count;
    bool all_triggers;     // parallel multiple event, parallel event gateway: all are needed
    bool interrupting;     // boundary event, start of an event sub-process
    bool instantiate;      // receive task, event gateway, and the events behind such a gateway
    int attached_to;       // boundary: its activity
    const int *boundaries; // of an activity, in order of the document, compensation left out
    size_t boundary_count;
    int compensation; // the activity that compensates this one
    bool for_compensation;
    int start_quantity;
    int completion_quantity;
    const GraphTask *task; // user and manual tasks, else NULL
    const char *function;  // service, script, send task: name of a function point; NULL: none
    const char *decision_model;
    const char *decision;
    const char *topic;  // service, send task: a program outside does it; NULL: none
    bool is_async;      // the function point is called after the step, by a job
    const char *called; // call activity: id of the process
    GraphBinding binding;
    int called_version;
    const char *called_tag;
    const Feel *script; // script task
    const char *result; // variable that gets the whole result; NULL: none
    GraphMappings inputs;
    GraphMappings outputs;
    GraphDataSets input_sets;
    GraphDataSets output_sets;
    const GraphSet *sets;
    size_t set_count;
    const GraphLoop *loop;        // NULL: none
    const Feel *activation;       // complex gateway; completion condition of an ad-hoc sub-process
    bool ordered;                 // ad-hoc: one after the other
    bool cancel_remaining;        // ad-hoc
    bool chosen;                  // ad-hoc: people choose which of its steps are started
    const uint64_t *const *reach; // inclusive or complex join: for each incoming edge the nodes
                                  // (bits) from which a token can come to it without passing this
                                  // gateway; last all of them together
} GraphNode;

typedef struct GraphEdge {
    int index;
    const char *id; // "" when it has none
    const char *name;
    GraphTexts names;
    int source;
    int target;
    int entry;             // its position among the target's incoming flows
    const Feel *condition; // NULL: always
} GraphEdge;

typedef struct GraphScope {
    int index;
    int node;           // sub-process that opens it; -1: the process
    int parent;         // scope, -1
    const int *starts;  // nodes that get a token when it is entered: none start events, else
    size_t start_count; // activities and gateways without an incoming edge
    const int *event_sub_processes; // nodes
    size_t event_sub_process_count;
    const int *nodes; // all that stand in it
    size_t node_count;
    const GraphMapping *data; // data objects and properties declared here (value NULL: null)
    size_t data_count;
} GraphScope;

typedef struct GraphLane {
    int index;
    const char *id;
    const char *name;
    GraphTexts names;
    const char *department; // key; NULL: none
    const char *position;   // whoever holds it may do the user tasks of the lane; NULL: none
} GraphLane;

// A field that the process owns. Until the step `free_until` has been completed in the instance it
// may be changed through any door; -1: never.
typedef struct GraphOwned {
    const char *field;
    int free_until;
} GraphOwned;

// Starts an instance when a record of the governed entity is created, the condition holds and the
// decision, if one is named, chooses this process.
typedef struct GraphStart {
    const char *on;             // "create"
    const char *decision_model; // the decision gives the key of the process that starts; NULL: none
    const char *decision;
    const Feel *when; // over the record's fields by their names and by `variable`; NULL: always
    int node;         // the start event; -1: the process's none start events
} GraphStart;

typedef struct Graph {
    const char *id; // of the process: its key
    const char *name;
    GraphTexts names;
    const char *entity;           // the governed entity; NULL: governs none
    const char *variable;         // the name by which expressions see the record's fields
    const char *cancel_message;   // the message that cancels an instance; NULL: none
    const char *const *calendars; // the names of all business calendars that it counts by
    size_t calendar_count;
    const char *owner; // department that sees to its incidents; NULL: that of the step
    const char *keep;  // how long histories stay, an ISO 8601 duration; NULL: not said
    const char *tag;   // by which calls may name this version; NULL: none
    bool again;        // a record may go through it again when it has ended
    const GraphOwned *owned;
    size_t owned_count;
    const GraphStart *record_starts;
    size_t record_start_count;
    GraphNode *nodes;
    size_t node_count;
    GraphEdge *edges;
    size_t edge_count;
    GraphScope *scopes; // 0 is the process
    size_t scope_count;
    GraphLane *lanes;
    size_t lane_count;
    const char *const *variables; // names that scripts, results and outputs write
    size_t variable_count;
    const char *const *reads; // fields of the record on which the way hangs: all that expressions
    size_t read_count;        // and forms look at
    bool reads_whole;         // some expression takes the record as such
} Graph;

// Compiles the process (NULL: the model's own). Whatever is not supported or wrong becomes a
// problem; then *out is left alone when one of them blocks, and the caller asks
// bpmn_problems_error. Problems that were there before (bpmn_check) block only where the graph
// would not hold together. An Error is only a limit or a process that is not there.
FALLIBLE bpmn_compile(Ctx *cx, const BpmnModel *model, const char *process_id, const Graph **out,
                      BpmnProblems *problems);

const GraphNode *graph_node(const Graph *graph, const char *id);      // NULL when there is none
const GraphOwned *graph_owned(const Graph *graph, const char *field); // NULL: not owned

// The text in that language, else in the language without its region, else `fallback`.
const char *graph_text(const GraphTexts *texts, const char *language, const char *fallback);
// The node's name in that language, or its id when it has no name.
const char *graph_node_name(const GraphNode *node, const char *language);

bool node_is_activity(const GraphNode *node);
bool node_is_gateway(const GraphNode *node);
const char *node_kind_word(NodeKind kind); // "user task", "exclusive gateway", ...

#endif
