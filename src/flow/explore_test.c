// SPDX-License-Identifier: Apache-2.0
#include "flow/explore.h"

#include "flow/drawing.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

static const Graph *compile(Ctx *cx, const char *xml)
{
    BpmnProblems problems = {0};
    const BpmnModel *model;
    const Graph *graph = NULL;
    CHECK_OK(bpmn_read(cx, xml, strlen(xml), &model, &problems));
    CHECK_OK(bpmn_compile(cx, model, NULL, &graph, &problems));
    CHECK_OK(bpmn_problems_error(cx, &problems));
    return graph;
}

#define EXPLORE(lines)                                                                             \
    explore(cx, compile(cx, drawing_xml(cx, lines, sizeof(lines) / sizeof *(lines))))

static Exploration explore(Ctx *cx, const Graph *graph)
{
    Exploration out;
    CHECK_OK(flow_explore(cx, graph, LIMIT_EXPLORE_STATES, &out));
    for (size_t i = 0; i < out.finding_count; i++)
        printf("  %s: %s\n",
               out.findings[i].node < 0 ? "process" : graph->nodes[out.findings[i].node].id,
               out.findings[i].message);
    return out;
}

TEST(a_sound_flow_has_no_findings)
{
    static const char *const lines[] = {
        "startEvent s -> m",
        "exclusiveGateway m -> split",
        "parallelGateway split -> a; b",
        "userTask a -> join",
        "userTask b -> join",
        "parallelGateway join -> g",
        "exclusiveGateway g -> m when again; *e",
        "endEvent e",
    };
    Exploration found = EXPLORE(lines);
    CHECK(found.complete);
    CHECK_INT((long long)found.finding_count, 0);
    CHECK_INT((long long)found.states, 4); // both, a, b, end
}

TEST(steps_that_people_choose_are_explored_in_every_order)
{
    static const char *const lines[] = {
        "startEvent s -> p", "adHocSubProcess p -> e", "  | <m:choose/>", "  userTask a -> a2",
        "  userTask a2",     "  userTask b",           "endEvent e",
    };
    Exploration found = EXPLORE(lines);
    CHECK(found.complete);
    CHECK_INT((long long)found.finding_count, 0);
    CHECK(found.states > 8);
}

TEST(a_parallel_join_behind_a_choice_is_a_deadlock)
{
    static const char *const lines[] = {
        "startEvent s -> g",  "exclusiveGateway g -> a when x; *b", "userTask a -> join",
        "userTask b -> join", "parallelGateway join -> e",          "endEvent e",
    };
    Exploration found = EXPLORE(lines);
    CHECK(found.finding_count >= 1);
    CHECK_INT(found.findings[0].kind, FINDING_DEADLOCK);
}

TEST(a_step_that_nothing_leads_to_is_dead)
{
    static const char *const lines[] = {
        "startEvent s -> a",
        "userTask a -> e",
        "userTask never -> never2",
        "exclusiveGateway never2 -> never when x; *e",
        "endEvent e",
    };
    Exploration found = EXPLORE(lines);
    CHECK_INT((long long)found.finding_count, 2);
    CHECK_INT(found.findings[0].kind, FINDING_DEAD_STEP);
    CHECK_INT(found.findings[0].node, 2);
}

TEST(tokens_that_pile_up_are_found)
{
    static const char *const lines[] = {
        "startEvent s -> m",
        "exclusiveGateway m -> split",
        "parallelGateway split -> a; b",
        "userTask a -> m",
        "userTask b -> e",
        "endEvent e",
    };
    Exploration found = EXPLORE(lines);
    CHECK_INT(found.findings[0].kind, FINDING_UNBOUNDED);
}

TEST(a_way_without_an_end_is_found)
{
    static const char *const lines[] = {
        "startEvent s -> g", "exclusiveGateway g -> a when x; *e", "userTask a -> b",
        "userTask b -> a2",  "exclusiveGateway a2 -> a",           "endEvent e",
    };
    Exploration found = EXPLORE(lines);
    CHECK_INT((long long)found.finding_count, 1);
    CHECK_INT(found.findings[0].kind, FINDING_NO_END);
}

TEST(exploration_ends_where_choices_are_many)
{
    ARRAY(const char *) lines = {0};
    Buffer *split = buffer_new(cx->arena);
    buffer_text(split, "inclusiveGateway split -> ");
    for (int i = 0; i < 18; i++)
        buffer_format(split, "%st%d when x%d", i ? "; " : "", i, i);
    array_push(cx->arena, lines) = "startEvent s -> split";
    array_push(cx->arena, lines) = split->bytes;
    for (int i = 0; i < 18; i++)
        array_push(cx->arena, lines) = text_format(cx->arena, "userTask t%d -> join", i);
    array_push(cx->arena, lines) = "inclusiveGateway join -> e";
    array_push(cx->arena, lines) = "endEvent e";
    Exploration found = explore(cx, compile(cx, drawing_xml(cx, lines.items, lines.count)));
    CHECK(!found.complete);
    CHECK_INT((long long)found.finding_count, 0);
}

TEST(the_standard_order_is_sound)
{
    FILE *file = fopen(TEST_SOURCE_ROOT "/packs/orders/standard-order.bpmn", "rb");
    CHECK(file != NULL);
    Buffer *xml = buffer_new(cx->arena);
    char piece[65536];
    size_t length;
    while ((length = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(xml, piece, length);
    fclose(file);
    Exploration found = explore(cx, compile(cx, xml->bytes));
    printf("standard order: %zu states, %zu steps\n", found.states, found.steps);
    CHECK(found.complete);
    CHECK_INT((long long)found.finding_count, 0);
}

TEST(the_map_knows_where_a_running_instance_stands_and_what_leads_on)
{
    static const char *const lines[] = {
        "startEvent s -> a", "userTask a -> g", "exclusiveGateway g -> b when x > 1; *e",
        "userTask b -> e",   "endEvent e",
    };
    const Graph *graph = compile(cx, drawing_xml(cx, lines, sizeof lines / sizeof *lines));
    Exploration found;
    const FlowMap *map;
    CHECK_OK(flow_map(cx, graph, LIMIT_EXPLORE_STATES, &found, &map));
    CHECK_INT((long long)map->start_count, 1);
    CHECK_INT((long long)map->state_count, 3);
    FlowState new = {0};
    FlowOutcome outcome;
    FlowEvent start = {.kind = FLOW_START, .node = -1, .value = value_context(cx->arena)};
    value_set(cx->arena, start.value, "x", value_integer(2));
    CHECK_OK(flow_step(cx, graph, &new, &start, &outcome));
    int at = flow_map_find(map, &outcome.state);
    CHECK_INT(at, map->moves[0].to);
    CHECK_INT((long long)(map->first[at + 1] - map->first[at]), 2);
    const MapMove *on = &map->moves[map->first[at] + 1];
    CHECK_TEXT(graph->nodes[on->node].id, "a");
    CHECK_TEXT(feel_source(on->choices[0].condition), "x > 1");
    CHECK(on->choices[0].holds);
    FlowEvent done = {.kind = FLOW_COMPLETE, .wait = outcome.state.places[1].number};
    CHECK_OK(flow_step(cx, graph, &outcome.state, &done, &outcome));
    CHECK_INT(flow_map_find(map, &outcome.state), on->to);
}
