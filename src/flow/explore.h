// SPDX-License-Identifier: Apache-2.0
// Soundness by exploration: the same step over all its choices, without data.
//
// Every condition is taken as true and as false, every wait is answered in every way the model
// names (done, failed with each code that is caught, timer, message, signal), until no new state
// appears or a limit is reached. What is found are warnings: they do not block a deployment.
// States count as equal when their trees of places are; data, due instants and numbers do not
// matter. Multiple instances are explored with two.
#ifndef MILLRACE_FLOW_EXPLORE_H
#define MILLRACE_FLOW_EXPLORE_H

#include "flow/step.h"

#define LIMIT_EXPLORE_STATES 20000
#define LIMIT_EXPLORE_STEPS 200000
#define LIMIT_EXPLORE_PLACES 100 // more places than that: the process piles them up
#define LIMIT_EXPLORE_ALIKE 2    // tokens alike in one place; more are explored as so many
#define LIMIT_EXPLORE_CHOICES 20 // conditions decided within one step

typedef enum FindingKind {
    FINDING_DEAD_STEP, // nothing ever leads to the node
    FINDING_DEADLOCK,  // a state in which nothing can happen any more; the node holds a token
    FINDING_NO_END,    // states from which the process cannot end
    FINDING_UNBOUNDED, // tokens pile up at the node; told of the main flow only, not of what
                       // events that do not interrupt set off beside it
} FindingKind;

typedef struct Finding {
    FindingKind kind;
    int node; // -1: the process
    const char *message;
} Finding;

typedef struct Exploration {
    size_t states;
    size_t steps;
    bool complete; // false: a limit was reached; dead steps are then not told
    Finding *findings;
    size_t finding_count;
} Exploration;

FALLIBLE flow_explore(Ctx *cx, const Graph *graph, size_t state_limit, Exploration *out);

// --- The map of what was explored: which event leads from which state to which, when the
// conditions that it asks come out in which way. Whoever wants to see a step finds the way there.

typedef struct MapChoice {
    const Feel *condition;
    bool holds;
} MapChoice;

typedef struct MapMove {
    int from; // -1: before the start
    int to;
    FlowEventKind kind;
    PlaceKind place;  // where the event comes to; 0 of a start
    int node;         // of that place; of a start and a choice the node that is started
    int trigger;      // of that place
    const char *name; // of an error or a signal
    const MapChoice *choices;
    size_t choice_count;
} MapMove;

typedef struct FlowMap {
    const MapMove *moves; // by the state they lead from
    const size_t *first;  // the first move from each state; first[state_count] ends the last
    size_t start_count;   // moves from -1, in front
    size_t state_count;
    struct Explorer *explorer;
} FlowMap;

// The same exploration, and its map; both live in cx->arena.
FALLIBLE flow_map(Ctx *cx, const Graph *graph, size_t state_limit, Exploration *out,
                  const FlowMap **map);

// Where on the map a running instance stands, whatever its data; -1: nowhere. States that differ
// in the data of their scopes alone are one.
int flow_map_find(const FlowMap *map, const FlowState *state);

#endif
