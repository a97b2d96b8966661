// SPDX-License-Identifier: Apache-2.0
#include "flow/explore.h"

#include "base/map.h"
#include "flow/engine.h"

#include <stdlib.h>
#include <string.h>

#define SCRATCH_BYTES (64UL * 1024 * 1024)

// A state seen: its packed form without data, and what follows.
typedef struct Seen {
    int index;
    Text packed;
    ARRAY(int) next;
    bool ended;
    bool ends; // an end can be reached
} Seen;

typedef struct Explorer Explorer;
struct Explorer {
    Ctx *cx;     // what is kept
    Ctx scratch; // what one step needs
    ArenaMark empty;
    const Graph *graph;
    size_t limit;
    Map *by_text;
    ARRAY(Seen *) states; // also the queue
    ARRAY(Finding) findings;
    bool *visited;  // nodes
    bool *reported; // nodes that have a finding of their own
    bool *beside;   // nodes that only events lead to which do not interrupt
    bool complete;
    size_t steps;
    // Only when a map is wanted:
    Map *by_shape; // states without any data
    ARRAY(MapMove) moves;
    const FlowPlace *place; // that the event comes to
};

static void finding_add(Explorer *explorer, FindingKind kind, int node, const char *message)
{
    if (node >= 0 && kind != FINDING_DEAD_STEP) {
        if (explorer->reported[node])
            return;
        explorer->reported[node] = true;
    }
    array_push(explorer->cx->arena, explorer->findings) = (Finding){kind, node, message};
}

// --- States without data -------------------------------------------------------------------------

static int renumbered(const FlowPlace *places, size_t count, int number)
{
    for (size_t i = 0; i < count; i++)
        if (places[i].number == number)
            return (int)i + 1;
    return 0;
}

// Of what can be undone the newest of each activity is enough.
static bool superseded(const FlowState *state, size_t index)
{
    const FlowPlace *place = &state->places[index];
    if (place->kind != PLACE_DONE)
        return false;
    for (size_t i = 0; i < state->place_count; i++)
        if (state->places[i].kind == PLACE_DONE && state->places[i].node == place->node &&
            state->places[i].parent == place->parent && state->places[i].count > place->count)
            return true;
    return false;
}

// More tokens alike than the limit are taken as so many: what they can do is the same.
static bool too_many_alike(Explorer *explorer, const FlowState *state, size_t index)
{
    const FlowPlace *place = &state->places[index];
    bool leaf = place->kind == PLACE_WORK || place->kind == PLACE_FUNCTION ||
                place->kind == PLACE_DECISION || place->kind == PLACE_CALL ||
                place->kind == PLACE_EVENT || place->kind == PLACE_JOIN;
    int alike = 0;
    for (size_t i = 0; leaf && i < index; i++) {
        const FlowPlace *other = &state->places[i];
        alike += other->kind == place->kind && other->node == place->node &&
                 other->parent == place->parent && other->edge == place->edge;
    }
    if (alike < LIMIT_EXPLORE_ALIKE)
        return false;
    if (!explorer->beside[place->node] && !explorer->graph->nodes[place->node].loop)
        finding_add(explorer, FINDING_UNBOUNDED, place->node, "tokens can pile up here");
    return true;
}

static bool dropped(const FlowState *state, const bool *gone, const FlowPlace *place)
{
    for (size_t i = 0; i < state->place_count; i++)
        if (state->places[i].number == place->parent)
            return gone[i];
    return false;
}

// Numbers count from 1, orders of completion keep only their order; loops keep their counters, but
// not in the mere shape.
static Text state_plain(Explorer *explorer, const FlowState *state, bool shape)
{
    Arena *arena = explorer->scratch.arena;
    FlowPlace *kept = NEW_ARRAY(arena, FlowPlace, state->place_count);
    bool *gone = NEW_ARRAY(arena, bool, state->place_count);
    size_t count = 0;
    for (size_t i = 0; i < state->place_count; i++) {
        gone[i] = superseded(state, i) || too_many_alike(explorer, state, i) ||
                  dropped(state, gone, &state->places[i]);
        if (!gone[i])
            kept[count++] = state->places[i];
    }
    FlowPlace *plain = NEW_ARRAY(arena, FlowPlace, count);
    for (size_t i = 0; i < count; i++) {
        plain[i] = kept[i];
        plain[i].number = (int)i + 1;
        plain[i].parent = renumbered(kept, count, kept[i].parent);
        if (kept[i].kind == PLACE_COMPENSATING)
            plain[i].link = renumbered(kept, count, kept[i].link);
        plain[i].due = 0;
        if (shape || (kept[i].kind != PLACE_LOOP && (i == 0 || kept[i].kind != PLACE_SCOPE)))
            plain[i].data = value_null();
        if (kept[i].kind == PLACE_DONE || kept[i].kind == PLACE_COMPENSATING) {
            plain[i].count = 1;
            for (size_t k = 0; k < count; k++)
                plain[i].count +=
                    (kept[k].kind == PLACE_DONE || kept[k].kind == PLACE_COMPENSATING) &&
                    kept[k].count < kept[i].count;
        }
    }
    FlowState out = {state->status, (int)count + 1, (int)count + 2, plain, count};
    return flow_pack(&explorer->scratch, &out);
}

static char *key_of(Arena *arena, Text packed)
{
    static const char digits[] = "0123456789abcdef";
    char *key = arena_alloc(arena, 2 * packed.length + 1);
    for (size_t i = 0; i < packed.length; i++) {
        key[2 * i] = digits[(unsigned char)packed.bytes[i] >> 4];
        key[2 * i + 1] = digits[packed.bytes[i] & 15];
    }
    return key;
}

// The first state of a shape stands for the others.
static void shape_put(Explorer *explorer, const FlowState *state, Seen *seen)
{
    if (!explorer->by_shape)
        return;
    char *key = key_of(explorer->cx->arena, state_plain(explorer, state, true));
    if (!map_get(explorer->by_shape, key))
        map_put(explorer->by_shape, key, seen);
}

static Seen *state_seen(Explorer *explorer, const FlowState *state)
{
    Text packed = state_plain(explorer, state, false);
    Seen *known = map_get(explorer->by_text, key_of(explorer->scratch.arena, packed));
    if (known)
        return known;
    if (explorer->states.count >= explorer->limit) {
        explorer->complete = false;
        return NULL;
    }
    Arena *arena = explorer->cx->arena;
    Seen *fresh = NEW(arena, Seen);
    fresh->index = (int)explorer->states.count;
    char *copy = arena_alloc(arena, packed.length + 1);
    memcpy(copy, packed.bytes, packed.length);
    fresh->packed = (Text){copy, packed.length};
    fresh->ended = state->status != FLOW_RUNNING;
    map_put(explorer->by_text, key_of(arena, packed), fresh);
    shape_put(explorer, state, fresh);
    array_push(arena, explorer->states) = fresh;
    return fresh;
}

// --- One event, all its choices ------------------------------------------------------------------

static bool choices_next(Choices *choices)
{
    choices->count = choices->at;
    while (choices->count && choices->taken[choices->count - 1])
        choices->count--;
    if (!choices->count)
        return false;
    choices->taken[choices->count - 1] = true;
    choices->at = 0;
    choices->no_way = false;
    return true;
}

static void visits_note(Explorer *explorer, const FlowOutcome *outcome)
{
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const FlowEffect *effect = &outcome->effects[i];
        bool been =
            effect->kind == EFFECT_HISTORY && effect->node >= 0 && effect->what != HISTORY_FLOW;
        if (been)
            explorer->visited[effect->node] = true;
    }
}

static void move_note(Explorer *explorer, const Seen *from, const Seen *to, const FlowEvent *event,
                      const Choices *choices)
{
    if (!explorer->by_shape)
        return;
    Arena *arena = explorer->cx->arena;
    const FlowPlace *place = explorer->place;
    bool names_node = event->kind == FLOW_START || event->kind == FLOW_CHOOSE;
    MapChoice *made = NEW_ARRAY(arena, MapChoice, choices->count);
    for (size_t i = 0; i < choices->count; i++)
        made[i] = (MapChoice){choices->asked[i], choices->taken[i]};
    array_push(arena, explorer->moves) = (MapMove){.from = from ? from->index : -1,
                                                   .to = to->index,
                                                   .kind = event->kind,
                                                   .place = place ? place->kind : 0,
                                                   .node = names_node ? event->node : place->node,
                                                   .trigger = place ? place->trigger : -1,
                                                   .name = event->name,
                                                   .choices = made,
                                                   .choice_count = choices->count};
}

static void outcome_note(Explorer *explorer, Seen *from, const FlowOutcome *outcome,
                         const FlowEvent *event, const Choices *choices)
{
    visits_note(explorer, outcome);
    if (outcome->state.place_count > LIMIT_EXPLORE_PLACES) {
        const FlowPlace *last = &outcome->state.places[outcome->state.place_count - 1];
        finding_add(explorer, FINDING_UNBOUNDED, last->node, "tokens pile up here without end");
        explorer->complete = false;
        return;
    }
    Seen *to = state_seen(explorer, &outcome->state);
    if (to && from)
        array_push(explorer->cx->arena, from->next) = to->index;
    if (to)
        move_note(explorer, from, to, event, choices);
}

static FALLIBLE event_explore(Explorer *explorer, Seen *from, const FlowState *state,
                              const FlowEvent *event)
{
    Choices choices = {0};
    ArenaMark mark = arena_mark(explorer->scratch.arena);
    do {
        if (explorer->steps >= LIMIT_EXPLORE_STEPS) {
            explorer->complete = false;
            return NULL;
        }
        FlowOutcome outcome;
        Error *error =
            flow_step_chosen(&explorer->scratch, explorer->graph, state, event, &choices, &outcome);
        explorer->steps++;
        if (error && error->code != ERR_LIMIT)
            return error;
        if (error || choices.too_many)
            explorer->complete = false;
        else if (!choices.no_way)
            outcome_note(explorer, from, &outcome, event, &choices);
        choices.too_many = false;
        arena_rewind(explorer->scratch.arena, mark);
    } while (choices_next(&choices));
    return NULL;
}

// --- All events of a state -----------------------------------------------------------------------

static const GraphTrigger *trigger_of(const Graph *graph, const FlowPlace *place)
{
    const GraphNode *node = &graph->nodes[place->node];
    if (node->kind == NODE_EVENT_SUB_PROCESS) {
        const GraphScope *scope = &graph->scopes[node->inner];
        for (size_t i = 0; i < scope->node_count; i++)
            if (graph->nodes[scope->nodes[i]].kind == NODE_START)
                return &graph->nodes[scope->nodes[i]].triggers[place->trigger];
    }
    return &node->triggers[place->trigger];
}

// Each error that something around the place catches.
static FALLIBLE failures_explore(Explorer *explorer, Seen *from, const FlowState *state,
                                 const FlowPlace *place, bool *any)
{
    const Graph *graph = explorer->graph;
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphNode *node = &graph->nodes[i];
        bool catches = node->kind == NODE_BOUNDARY || node->kind == NODE_START;
        for (size_t k = 0; catches && k < node->trigger_count; k++) {
            const GraphTrigger *trigger = &node->triggers[k];
            if (trigger->kind != TRIGGER_ERROR)
                continue;
            FlowEvent event = {.kind = FLOW_FAIL,
                               .wait = place->number,
                               .name = trigger->name ? trigger->name : "?"};
            *any = true;
            TRY(event_explore(explorer, from, state, &event));
        }
    }
    return NULL;
}

// Where people choose they may choose each step, and say that it is enough.
static FALLIBLE choice_explore(Explorer *explorer, Seen *from, const FlowState *state,
                               const FlowPlace *place)
{
    const Graph *graph = explorer->graph;
    const GraphScope *scope = &graph->scopes[graph->nodes[place->node].inner];
    FlowEvent event = {.kind = FLOW_CHOOSE, .wait = place->number};
    for (size_t i = 0; i < scope->start_count; i++) {
        bool runs = false; // one after the other, and never more often than can be told apart
        for (size_t k = 0; k < state->place_count; k++)
            runs =
                runs ||
                (state->places[k].parent == place->parent &&
                 (state->places[k].node == scope->starts[i] ||
                  (graph->nodes[place->node].ordered && state->places[k].kind != PLACE_CHOICE &&
                   state->places[k].kind != PLACE_WATCH && state->places[k].kind != PLACE_DONE)));
        event.node = scope->starts[i];
        if (!runs)
            TRY(event_explore(explorer, from, state, &event));
    }
    event = (FlowEvent){.kind = FLOW_COMPLETE, .wait = place->number};
    return event_explore(explorer, from, state, &event);
}

static FALLIBLE place_explore(Explorer *explorer, Seen *from, const FlowState *state,
                              const FlowPlace *place, bool *any)
{
    FlowEvent event = {.wait = place->number};
    explorer->place = place;
    switch (place->kind) {
    case PLACE_FUNCTION:
    case PLACE_DECISION:
    case PLACE_CALL:
        TRY(failures_explore(explorer, from, state, place, any));
        event.kind = FLOW_COMPLETE;
        break;
    case PLACE_WORK:
        event.kind = FLOW_COMPLETE;
        break;
    case PLACE_CHOICE:
        *any = true;
        return choice_explore(explorer, from, state, place);
    case PLACE_EVENT:
    case PLACE_WATCH: {
        const GraphTrigger *trigger = trigger_of(explorer->graph, place);
        event.kind = trigger->kind == TRIGGER_TIMER     ? FLOW_TIMER
                     : trigger->kind == TRIGGER_MESSAGE ? FLOW_MESSAGE
                     : trigger->kind == TRIGGER_SIGNAL  ? FLOW_SIGNAL
                                                        : FLOW_CHECK;
        event.name = trigger->name;
        break;
    }
    default:
        return NULL;
    }
    *any = true;
    return event_explore(explorer, from, state, &event);
}

static void deadlock_note(Explorer *explorer, const FlowState *state)
{
    for (size_t i = state->place_count; i-- > 0;)
        if (state->places[i].kind == PLACE_JOIN && state->places[i].edge >= 0) {
            finding_add(explorer, FINDING_DEADLOCK, state->places[i].node,
                        "a token can wait here for ever");
            return;
        }
    finding_add(explorer, FINDING_DEADLOCK, -1, "the process can come to a stop before its end");
}

static FALLIBLE state_explore(Explorer *explorer, Seen *seen)
{
    if (seen->ended)
        return NULL;
    arena_rewind(explorer->scratch.arena, explorer->empty);
    FlowState state;
    TRY(flow_unpack(&explorer->scratch, explorer->graph, seen->packed.bytes, seen->packed.length,
                    &state));
    bool any = false;
    for (size_t i = 0; i < state.place_count; i++)
        TRY(place_explore(explorer, seen, &state, &state.places[i], &any));
    if (!any)
        deadlock_note(explorer, &state);
    return NULL;
}

static FALLIBLE starts_explore(Explorer *explorer)
{
    const Graph *graph = explorer->graph;
    FlowEvent event = {.kind = FLOW_START, .node = -1};
    if (graph->scopes[0].start_count)
        TRY(event_explore(explorer, NULL, NULL, &event));
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphNode *node = &graph->nodes[i];
        bool starts = node->kind == NODE_START && node->trigger_count > 0;
        bool by_event = node->instantiate && node->kind != NODE_EVENT_GATEWAY;
        if (node->scope != 0 || (!starts && !by_event))
            continue;
        event.node = (int)i;
        TRY(event_explore(explorer, NULL, NULL, &event));
    }
    return NULL;
}

// --- What the whole says -------------------------------------------------------------------------

// Backwards from the ends, until nothing changes.
static void ends_spread(Explorer *explorer)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = explorer->states.count; i-- > 0;) {
            Seen *seen = explorer->states.items[i];
            bool ends = seen->ends || seen->ended;
            for (size_t k = 0; k < seen->next.count && !ends; k++)
                ends = explorer->states.items[seen->next.items[k]]->ends;
            changed = changed || ends != seen->ends;
            seen->ends = ends;
        }
    }
}

static void whole_judge(Explorer *explorer)
{
    const Graph *graph = explorer->graph;
    bool endless = false;
    if (!explorer->complete)
        return;
    ends_spread(explorer);
    for (size_t i = 0; i < explorer->states.count && !endless; i++)
        endless = !explorer->states.items[i]->ends;
    if (endless && !explorer->findings.count)
        finding_add(explorer, FINDING_NO_END, -1, "there is a way on which the process never ends");
    for (size_t i = 0; i < graph->node_count; i++)
        if (!explorer->visited[i] && graph->nodes[i].kind != NODE_BOUNDARY)
            finding_add(explorer, FINDING_DEAD_STEP, (int)i, "nothing ever leads here");
}

static void beside_leave(Explorer *explorer, int node)
{
    const Graph *graph = explorer->graph;
    if (!explorer->beside[node])
        return;
    explorer->beside[node] = false;
    const GraphNode *own = &graph->nodes[node];
    for (size_t i = 0; i < own->outgoing_count; i++)
        beside_leave(explorer, graph->edges[own->outgoing[i]].target);
    for (size_t i = 0; i < own->boundary_count; i++)
        if (graph->nodes[own->boundaries[i]].interrupting)
            beside_leave(explorer, own->boundaries[i]);
}

// The main flow is what leads on from the starts of scopes and from events that interrupt. The
// recursion is as deep as the longest way, at most LIMIT_GRAPH_NODES.
static void beside_find(Explorer *explorer)
{
    const Graph *graph = explorer->graph;
    for (size_t i = 0; i < graph->node_count; i++)
        explorer->beside[i] = true;
    for (size_t i = 0; i < graph->node_count; i++)
        if ((graph->nodes[i].kind == NODE_START && graph->nodes[i].interrupting) ||
            (graph->nodes[i].kind != NODE_BOUNDARY && !graph->nodes[i].incoming_count &&
             graph->nodes[i].kind != NODE_START))
            beside_leave(explorer, (int)i);
    for (size_t i = 0; i < graph->node_count; i++) { // people may choose a step again and again
        int owner = graph->scopes[graph->nodes[i].scope].node;
        if (owner >= 0 && graph->nodes[owner].chosen)
            explorer->beside[i] = true;
    }
}

static void arena_release(void *arena)
{
    arena_free(arena);
}

static FALLIBLE explore_all(Ctx *cx, const Graph *graph, size_t state_limit, bool with_map,
                            Explorer **out)
{
    Explorer *explorer = NEW(cx->arena, Explorer);
    *explorer =
        (Explorer){.cx = cx,
                   .scratch = *cx,
                   .graph = graph,
                   .limit = state_limit < LIMIT_EXPLORE_STATES ? state_limit : LIMIT_EXPLORE_STATES,
                   .by_text = map_new(cx->arena),
                   .by_shape = with_map ? map_new(cx->arena) : NULL,
                   .visited = NEW_ARRAY(cx->arena, bool, graph->node_count),
                   .beside = NEW_ARRAY(cx->arena, bool, graph->node_count),
                   .reported = NEW_ARRAY(cx->arena, bool, graph->node_count),
                   .complete = true};
    explorer->scratch.arena = arena_new(SCRATCH_BYTES);
    arena_defer(cx->arena, arena_release, explorer->scratch.arena);
    explorer->empty = arena_mark(explorer->scratch.arena);
    beside_find(explorer);
    TRY(starts_explore(explorer));
    for (size_t i = 0; i < explorer->states.count; i++)
        TRY(state_explore(explorer, explorer->states.items[i]));
    whole_judge(explorer);
    *out = explorer;
    return NULL;
}

static Exploration exploration_of(const Explorer *explorer)
{
    return (Exploration){.states = explorer->states.count,
                         .steps = explorer->steps,
                         .complete = explorer->complete,
                         .findings = explorer->findings.items,
                         .finding_count = explorer->findings.count};
}

FALLIBLE flow_explore(Ctx *cx, const Graph *graph, size_t state_limit, Exploration *out)
{
    Explorer *explorer;
    TRY(explore_all(cx, graph, state_limit, false, &explorer));
    *out = exploration_of(explorer);
    return NULL;
}

// --- The map -------------------------------------------------------------------------------------

// The states are explored in their order, so the moves lie by the state they lead from.
FALLIBLE flow_map(Ctx *cx, const Graph *graph, size_t state_limit, Exploration *out,
                  const FlowMap **map)
{
    Explorer *explorer;
    TRY(explore_all(cx, graph, state_limit, true, &explorer));
    *out = exploration_of(explorer);
    size_t *first = NEW_ARRAY(cx->arena, size_t, explorer->states.count + 1);
    size_t at = 0, starts;
    while (at < explorer->moves.count && explorer->moves.items[at].from < 0)
        at++;
    starts = at;
    for (size_t i = 0; i <= explorer->states.count; i++) {
        first[i] = at;
        while (at < explorer->moves.count && explorer->moves.items[at].from == (int)i)
            at++;
    }
    FlowMap *made = NEW(cx->arena, FlowMap);
    *made = (FlowMap){explorer->moves.items, first, starts, explorer->states.count, explorer};
    *map = made;
    return NULL;
}

int flow_map_find(const FlowMap *map, const FlowState *state)
{
    Explorer *explorer = map->explorer;
    arena_rewind(explorer->scratch.arena, explorer->empty);
    Text shape = state_plain(explorer, state, true);
    const Seen *seen = map_get(explorer->by_shape, key_of(explorer->scratch.arena, shape));
    return seen ? seen->index : -1;
}
