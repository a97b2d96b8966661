// SPDX-License-Identifier: Apache-2.0
#include "process/prove_way.h"

#include "base/messages.h"
#include "base/text.h"

#include <string.h>

#define FAR (1 << 28)
#define SCRATCH_BYTES (16UL << 20)

// ---- kinds of moves -------------------------------------------------------------------------

static const char *kind_verb(const MapMove *move)
{
    switch (move->kind) {
    case FLOW_START:
        return "start";
    case FLOW_FAIL:
        return "fail";
    case FLOW_TIMER:
        return "timer";
    case FLOW_MESSAGE:
        return "message";
    case FLOW_SIGNAL:
        return "signal";
    case FLOW_CHECK:
        return "condition";
    case FLOW_CHOOSE:
        return "choose";
    default:
        return "complete";
    }
}

static const char *label_of(const Compass *compass, const MapMove *move)
{
    Buffer *text = buffer_new(compass->cx->arena);
    buffer_format(text, "%s %s", kind_verb(move),
                  move->node >= 0 ? compass->graph->nodes[move->node].id : compass->graph->id);
    if (move->kind == FLOW_FAIL)
        buffer_format(text, " (%s)", move->name);
    for (size_t i = 0; i < move->choice_count; i++)
        buffer_format(text, "%s '%s' is %s", i ? "," : ", and",
                      feel_source(move->choices[i].condition),
                      move->choices[i].holds ? "true" : "false");
    return text->bytes;
}

static void arena_release(void *arena)
{
    arena_free(arena);
}

Compass *compass_new(Ctx *cx, const Graph *graph, const FlowMap *map)
{
    Compass *compass = NEW(cx->arena, Compass);
    size_t count = map->first[map->state_count];
    *compass = (Compass){.cx = cx,
                         .graph = graph,
                         .map = map,
                         .kinds = NEW_ARRAY(cx->arena, MoveKind *, count),
                         .by_label = map_new(cx->arena),
                         .scratch = arena_new(SCRATCH_BYTES)};
    arena_defer(cx->arena, arena_release, compass->scratch);
    compass->empty = arena_mark(compass->scratch);
    for (size_t i = 0; i < count; i++) {
        const char *label = label_of(compass, &map->moves[i]);
        MoveKind *kind = map_get(compass->by_label, label);
        if (!kind) {
            kind = NEW(cx->arena, MoveKind);
            *kind = (MoveKind){.move = &map->moves[i], .label = label};
            map_put(compass->by_label, label, kind);
        }
        compass->kinds[i] = kind;
    }
    return compass;
}

static bool given_up(const MoveKind *kind)
{
    return !kind->done && kind->misses >= LIMIT_WAY_MISSES;
}

const MapMove *way_move(const Compass *compass, const Way *way, size_t index)
{
    return &compass->map->moves[way->moves[index]];
}

// ---- the shortest way -----------------------------------------------------------------------

static void moves_of(const Compass *compass, int state, size_t *from, size_t *to)
{
    *from = state < 0 ? 0 : compass->map->first[state];
    *to = state < 0 ? compass->map->start_count : compass->map->first[state + 1];
}

typedef struct Search {
    const Compass *compass;
    int *far;     // by state + 1
    size_t *by;   // the move that led there
    size_t goal;  // a move
    int goal_far; // FAR: none yet
    bool any;     // also by what was given up
    int node;     // that is looked for
} Search;

// Nothing else lies between a move that follows of itself and the act before it.
static bool follows(const Compass *compass, const MapMove *move)
{
    if (move->place == PLACE_DECISION)
        return true;
    return move->place == PLACE_FUNCTION && !compass->graph->nodes[move->node].topic;
}

static int cost_of(const Search *search, size_t move)
{
    const MoveKind *kind = search->compass->kinds[move];
    if (search->any)
        return 1;
    return given_up(kind) ? FAR : 1 + kind->misses * (kind->done ? 1 : 4);
}

// Queue of states whose distance sank, until none does.
static void distances_find(Search *search, int from, bool (*is_goal)(const Search *, size_t))
{
    const FlowMap *map = search->compass->map;
    Arena *arena = search->compass->scratch;
    ARRAY(int) queue = {0};
    search->far = NEW_ARRAY(arena, int, map->state_count + 1);
    search->by = NEW_ARRAY(arena, size_t, map->state_count + 1);
    search->goal_far = FAR;
    for (size_t i = 0; i <= map->state_count; i++)
        search->far[i] = FAR;
    search->far[from + 1] = 0;
    array_push(arena, queue) = from;
    for (size_t at = 0; at < queue.count; at++) {
        int state = queue.items[at];
        size_t first, last;
        moves_of(search->compass, state, &first, &last);
        for (size_t i = first; i < last; i++) {
            int far = search->far[state + 1] + cost_of(search, i);
            if (far < search->goal_far && is_goal(search, i)) {
                search->goal_far = far;
                search->goal = i;
            }
            if (far >= search->far[map->moves[i].to + 1])
                continue;
            search->far[map->moves[i].to + 1] = far;
            search->by[map->moves[i].to + 1] = i;
            array_push(arena, queue) = map->moves[i].to;
        }
    }
}

static bool not_made(const Search *search, size_t move)
{
    return !search->compass->kinds[move]->done;
}

static void way_back(const Search *search, int from, Way *out)
{
    const FlowMap *map = search->compass->map;
    size_t count = 1;
    for (int at = map->moves[search->goal].from; at != from;
         at = map->moves[search->by[at + 1]].from)
        count++;
    *out = (Way){NEW_ARRAY(search->compass->scratch, size_t, count), count, 1};
    size_t move = search->goal;
    for (size_t i = count; i-- > 0;) {
        out->moves[i] = move;
        if (i)
            move = search->by[map->moves[move].from + 1];
    }
    while (out->leg < count && follows(search->compass, &map->moves[out->moves[out->leg]]))
        out->leg++;
}

bool compass_way(const Compass *compass, int from, Way *out)
{
    Search search = {.compass = compass};
    arena_rewind(compass->scratch, compass->empty);
    distances_find(&search, from, not_made);
    if (search.goal_far >= FAR)
        return false;
    way_back(&search, from, out);
    return true;
}

bool compass_on_way(const Compass *compass, const Way *way, int state)
{
    for (size_t i = way->leg - 1; i < way->count; i++)
        if (way_move(compass, way, i)->to == state)
            return true;
    return false;
}

// ---- what came of it ------------------------------------------------------------------------

static bool same_act(const MapMove *a, const MapMove *b)
{
    return a->kind == b->kind && a->place == b->place && a->node == b->node &&
           a->trigger == b->trigger && text_equal(a->name, b->name);
}

// What may happen within one unit of work: all but what people and the clock do.
static bool may_follow(const MapMove *move)
{
    return move->place != PLACE_WORK && move->kind != FLOW_TIMER && move->kind != FLOW_START;
}

// From the state behind the act on to `to`, by what may follow; the moves are made.
static bool path_mark(const Compass *compass, size_t act, int to)
{
    const FlowMap *map = compass->map;
    Arena *arena = compass->scratch;
    size_t *by = NEW_ARRAY(arena, size_t, map->state_count);
    bool *seen = NEW_ARRAY(arena, bool, map->state_count);
    ARRAY(int) queue = {0};
    int start = map->moves[act].to;
    seen[start] = true;
    array_push(arena, queue) = start;
    for (size_t at = 0; at < queue.count && !seen[to]; at++)
        for (size_t i = map->first[queue.items[at]]; i < map->first[queue.items[at] + 1]; i++) {
            const MapMove *move = &map->moves[i];
            if (seen[move->to] || !may_follow(move))
                continue;
            seen[move->to] = true;
            by[move->to] = i;
            array_push(arena, queue) = move->to;
        }
    if (!seen[to])
        return false;
    for (int at = to; at != start; at = map->moves[by[at]].from)
        compass->kinds[by[at]]->done = true;
    compass->kinds[act]->done = true;
    return true;
}

// The way that was wanted, as far as it was gone; else whichever the map knows.
static void made_mark(const Compass *compass, const Way *way, int from, int to)
{
    for (size_t i = way->count; i-- > 0;)
        if (way_move(compass, way, i)->to == to) {
            for (size_t k = 0; k <= i; k++)
                compass->kinds[way->moves[k]]->done = true;
            return;
        }
    size_t first, last;
    moves_of(compass, from, &first, &last);
    for (size_t i = first; i < last; i++)
        if (same_act(&compass->map->moves[i], way_move(compass, way, 0)) &&
            path_mark(compass, i, to))
            return;
}

void compass_landed(Compass *compass, const Way *way, int from, int to, const char *why)
{
    if (to >= 0)
        made_mark(compass, way, from, to);
    if (compass_on_way(compass, way, to))
        return;
    size_t at = 0;
    while (at + 1 < way->leg && compass->kinds[way->moves[at]]->done)
        at++;
    MoveKind *kind = compass->kinds[way->moves[at]];
    kind->misses++;
    kind->why = why;
}

// ---- what was never reached -----------------------------------------------------------------

static bool at_node(const Search *search, size_t move)
{
    const MapMove *one = &search->compass->map->moves[move];
    return one->place == PLACE_WORK && one->node == search->node;
}

const char *compass_reason(const Compass *compass, int node)
{
    Search search = {.compass = compass, .any = true, .node = node};
    Way way;
    arena_rewind(compass->scratch, compass->empty);
    distances_find(&search, -1, at_node);
    if (search.goal_far >= FAR)
        return NULL;
    way_back(&search, -1, &way);
    for (size_t i = 0; i < way.count; i++) {
        const MoveKind *kind = compass->kinds[way.moves[i]];
        if (!kind->done)
            return text_format(compass->cx->arena,
                               message_in(compass->cx->language, "it never came to this: %s%s%s"),
                               kind->label, kind->why ? ": " : "", kind->why ? kind->why : "");
    }
    return message_in(compass->cx->language, "the walk ended before it came there");
}
