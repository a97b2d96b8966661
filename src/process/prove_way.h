// SPDX-License-Identifier: Apache-2.0
// Finding the way: what of the map (flow/explore.h) the proof has not seen yet, the shortest way
// there, and what to think of ways that lead elsewhere.
//
// Private to process/. Moves that differ only in the state they start from are one kind of move.
// Each kind is a goal until it has been made; one that came out otherwise costs more from then on,
// and is given up after LIMIT_WAY_MISSES. Everything lives in the arena of the proof.
#ifndef MILLRACE_PROCESS_PROVE_WAY_H
#define MILLRACE_PROCESS_PROVE_WAY_H

#include "base/map.h"
#include "flow/explore.h"

#define LIMIT_WAY_MISSES 4

typedef struct MoveKind {
    const MapMove *move; // the first of its kind
    const char *label;   // what it is, for people
    bool done;
    int misses;
    const char *why; // it was missed last; NULL: never
} MoveKind;

typedef struct Compass {
    Ctx *cx;
    const Graph *graph;
    const FlowMap *map;
    MoveKind **kinds; // by move
    Map *by_label;
    Arena *scratch; // of one search
    ArenaMark empty;
} Compass;

// The moves to make. The first is an act; the `leg` moves from it on follow of themselves, as
// functions and decisions answer.
typedef struct Way {
    size_t *moves;
    size_t count;
    size_t leg;
} Way;

Compass *compass_new(Ctx *cx, const Graph *graph, const FlowMap *map);
// The nearest goal from that state (-1: before the start); false when there is none. The way is
// good until the next one is asked for.
bool compass_way(const Compass *compass, int from, Way *out);
// Whether the state lies on the way's first leg or behind it.
bool compass_on_way(const Compass *compass, const Way *way, int state);
// The act was done and led to `to` (-1: off the map). What was not reached of the leg is missed.
void compass_landed(Compass *compass, const Way *way, int from, int to, const char *why);
// Why the step was never open; NULL when nothing on the map leads to it.
const char *compass_reason(const Compass *compass, int node);

const MapMove *way_move(const Compass *compass, const Way *way, size_t index);

#endif
