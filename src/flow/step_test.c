// SPDX-License-Identifier: Apache-2.0
// What texts cannot say: the packed form, bytes of strangers, ownership of what is given.
#include "flow/drawing.h"
#include "flow/step.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

static const Graph *graph_of(Ctx *cx, const char *const *lines, size_t count)
{
    BpmnProblems problems = {0};
    const BpmnModel *model;
    const Graph *graph = NULL;
    char *xml = drawing_xml(cx, lines, count);
    CHECK_OK(bpmn_read(cx, xml, strlen(xml), &model, &problems));
    CHECK_OK(bpmn_compile(cx, model, NULL, &graph, &problems));
    CHECK_OK(bpmn_problems_error(cx, &problems));
    return graph;
}

static const char *const order[] = {
    "startEvent s -> p",
    "subProcess p -> e",
    "  startEvent s2 -> a",
    "  task a -> b",
    "  boundaryEvent ca attachedToRef=\"a\"",
    "    | <compensateEventDefinition/>",
    "  task undo isForCompensation=\"true\"",
    "  link ca undo",
    "  userTask b -> e2",
    "  boundaryEvent tb attachedToRef=\"b\" cancelActivity=\"false\" -> e2",
    "    | <timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>",
    "  endEvent e2",
    "  subProcess ev triggeredByEvent=\"true\"",
    "    startEvent s3 -> e3",
    "      | <messageEventDefinition messageRef=\"M\"/>",
    "    endEvent e3",
    "endEvent e",
    "root | <message id=\"M\" name=\"m\"/>",
};

static FlowState started(Ctx *cx, const Graph *graph)
{
    Value variables = value_context(cx->arena);
    value_set(cx->arena, variables, "amount", value_number(decimal_scaled(123456, -2)));
    value_set(cx->arena, variables, "name", value_text("溪湾泵业"));
    value_set(cx->arena, variables, "at", value_instant(cx->arena, cx->now));
    value_set(cx->arena, variables, "flag", value_boolean(true));
    Value *items = NEW_ARRAY(cx->arena, Value, 2);
    items[0] = value_date((Date){2026, 11, 22});
    items[1] = (Value){.kind = VALUE_MONTHS_DURATION, .months = -7};
    value_set(cx->arena, variables, "list", value_list(items, 2));
    FlowOutcome outcome;
    FlowEvent event = {.kind = FLOW_START, .node = -1, .value = variables};
    CHECK_OK(flow_step(cx, graph, NULL, &event, &outcome));
    return outcome.state;
}

TEST(a_state_survives_packing_and_is_small)
{
    const Graph *graph = graph_of(cx, order, sizeof order / sizeof *order);
    FlowState state = started(cx, graph), back;
    Text packed = flow_pack(cx, &state);
    CHECK(packed.length < 500);
    CHECK_OK(flow_unpack(cx, graph, packed.bytes, packed.length, &back));
    CHECK_INT((long long)back.place_count, (long long)state.place_count);
    CHECK_INT(back.next_number, state.next_number);
    for (size_t i = 0; i < back.place_count; i++) {
        CHECK_INT(back.places[i].kind, state.places[i].kind);
        CHECK_INT(back.places[i].due, state.places[i].due);
        CHECK(value_equal(back.places[i].data, state.places[i].data));
    }
    Text again = flow_pack(cx, &back);
    CHECK(again.length == packed.length && memcmp(again.bytes, packed.bytes, packed.length) == 0);
}

TEST(the_order_process_waits_for_its_person_in_less_than_500_bytes)
{
    static const char *const lines[] = {
        "startEvent s -> check",
        "serviceTask check -> choice",
        "  | <m:call function=\"credit.check\" result=\"check\"/>",
        "exclusiveGateway choice -> approve when check.exposure > check.limit; *merge",
        "userTask approve -> merge",
        "boundaryEvent late attachedToRef=\"approve\" cancelActivity=\"false\" -> remind",
        "  | <timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>",
        "sendTask remind messageRef=\"M\" -> e",
        "exclusiveGateway merge -> split",
        "parallelGateway split -> reserve; invoice",
        "serviceTask reserve -> join",
        "  | <m:call function=\"stock.reserve\"/>",
        "serviceTask invoice -> join",
        "  | <m:call function=\"invoice.write\"/>",
        "parallelGateway join -> e",
        "endEvent e",
        "root | <message id=\"M\" name=\"remind\"/>",
    };
    const Graph *graph = graph_of(cx, lines, sizeof lines / sizeof *lines);
    Value bought = value_context(cx->arena), check = value_context(cx->arena);
    value_set(cx->arena, bought, "order", value_integer(7346216893218816));
    value_set(cx->arena, bought, "customer", value_text("溪湾泵业有限公司"));
    value_set(cx->arena, bought, "ordered_at", value_instant(cx->arena, cx->now));
    value_set(cx->arena, bought, "total", value_number(decimal_scaled(123456789, -2)));
    value_set(cx->arena, check, "exposure", value_number(decimal_scaled(987654321, -2)));
    value_set(cx->arena, check, "limit", value_number(decimal_scaled(500000000, -2)));
    FlowOutcome outcome;
    FlowEvent event = {.kind = FLOW_START, .node = -1, .value = bought};
    CHECK_OK(flow_step(cx, graph, NULL, &event, &outcome));
    event = (FlowEvent){.kind = FLOW_COMPLETE, .wait = 2, .value = check};
    CHECK_OK(flow_step(cx, graph, &outcome.state, &event, &outcome));
    CHECK_INT(outcome.state.places[1].kind, PLACE_WORK);
    size_t length = flow_pack(cx, &outcome.state).length;
    printf("order process at its person: %zu bytes\n", length);
    CHECK(length < 500);
}

// Whatever stands in the row: an error or a state that the step can work with, never a crash.
static void damage_try(Ctx *cx, const Graph *graph, const char *bytes, size_t length)
{
    FlowState state;
    if (flow_unpack(cx, graph, bytes, length, &state))
        return;
    for (size_t i = 0; i < state.place_count; i++) {
        FlowOutcome outcome;
        FlowEvent events[] = {{.kind = FLOW_COMPLETE, .wait = state.places[i].number},
                              {.kind = FLOW_TIMER, .wait = state.places[i].number},
                              {.kind = FLOW_MESSAGE, .wait = state.places[i].number},
                              {.kind = FLOW_RETRY, .wait = state.places[i].number},
                              {.kind = FLOW_CANCEL}};
        for (size_t k = 0; k < sizeof events / sizeof *events; k++)
            if (flow_step(cx, graph, &state, &events[k], &outcome))
                continue;
    }
}

TEST(a_damaged_state_is_refused_or_harmless)
{
    const Graph *graph = graph_of(cx, order, sizeof order / sizeof *order);
    FlowState state = started(cx, graph);
    Text packed = flow_pack(cx, &state);
    ArenaMark mark = arena_mark(cx->arena);
    for (size_t i = 0; i < packed.length; i++) {
        damage_try(cx, graph, packed.bytes, i);
        for (int value = 0; value < 256; value++) {
            char *bytes = text_slice(cx->arena, packed.bytes, packed.length);
            bytes[i] = (char)value;
            damage_try(cx, graph, bytes, packed.length);
            arena_rewind(cx->arena, mark);
        }
    }
    FlowState empty;
    CHECK_FAILS(flow_unpack(cx, graph, "", 0, &empty), ERR_INVALID, "version");
    CHECK_FAILS(flow_unpack(cx, graph, packed.bytes, packed.length - 1, &empty), ERR_INVALID,
                "damaged");
}

TEST(the_step_changes_nothing_it_is_given)
{
    const Graph *graph = graph_of(cx, order, sizeof order / sizeof *order);
    FlowState state = started(cx, graph);
    Text before = flow_pack(cx, &state);
    FlowOutcome first, second;
    for (size_t i = 0; i < state.place_count; i++) {
        FlowEvent event = {.kind = FLOW_COMPLETE, .wait = state.places[i].number};
        if (state.places[i].kind != PLACE_WORK)
            continue;
        CHECK_OK(flow_step(cx, graph, &state, &event, &first));
        CHECK_OK(flow_step(cx, graph, &state, &event, &second));
    }
    Text after = flow_pack(cx, &state);
    CHECK(before.length == after.length && memcmp(before.bytes, after.bytes, after.length) == 0);
    CHECK_INT(first.state.status, FLOW_COMPLETED);
    CHECK_INT((long long)first.effect_count, (long long)second.effect_count);
}

TEST(an_event_for_a_wait_that_is_over_is_a_conflict)
{
    const Graph *graph = graph_of(cx, order, sizeof order / sizeof *order);
    FlowState state = started(cx, graph);
    FlowOutcome outcome;
    FlowEvent event = {.kind = FLOW_COMPLETE, .wait = 4711};
    CHECK_FAILS(flow_step(cx, graph, &state, &event, &outcome), ERR_CONFLICT, "nothing waits");
    event = (FlowEvent){.kind = FLOW_START, .node = -1};
    CHECK_FAILS(flow_step(cx, graph, &state, &event, &outcome), ERR_CONFLICT, "started already");
}

// --- Costs: counted, not timed -------------------------------------------------------------------

// A split and a join of one kind with so many flows between them, straight or by a task each.
static const Graph *wide_graph(Ctx *cx, const char *kind, int branches, const char *task)
{
    ARRAY(const char *) lines = {0};
    Buffer *split = buffer_new(cx->arena);
    buffer_text(split, "parallelGateway split -> ");
    for (int i = 0; i < branches; i++)
        buffer_format(split, task ? "%st%d" : "%sjoin", i ? "; " : "", i);
    array_push(cx->arena, lines) = "startEvent s -> split";
    array_push(cx->arena, lines) = split->bytes;
    for (int i = 0; task && i < branches; i++)
        array_push(cx->arena, lines) = text_format(cx->arena, "%s t%d -> join", task, i);
    array_push(cx->arena, lines) = text_format(cx->arena, "%s join -> e", kind);
    array_push(cx->arena, lines) = "endEvent e";
    return graph_of(cx, lines.items, lines.count);
}

static size_t start_work(Ctx *cx, const Graph *graph)
{
    FlowOutcome outcome;
    FlowEvent event = {.kind = FLOW_START, .node = -1};
    CHECK_OK(flow_step(cx, graph, NULL, &event, &outcome));
    CHECK_INT(outcome.state.status, FLOW_COMPLETED);
    return outcome.work;
}

TEST(a_join_costs_in_proportion_to_its_branches)
{
    static const char *const kinds[] = {"parallelGateway", "inclusiveGateway"};
    for (int i = 0; i < 2; i++) {
        size_t small = start_work(cx, wide_graph(cx, kinds[i], 1000, NULL));
        size_t large = start_work(cx, wide_graph(cx, kinds[i], 5000, NULL));
        CHECK(small >= 1000 && small < 4000);
        CHECK(large < 6 * small);
    }
}

// The work of the dearest single arrival.
static size_t arrivals_work(Ctx *cx, const Graph *graph, int branches)
{
    size_t most = 0;
    FlowOutcome outcome;
    FlowEvent event = {.kind = FLOW_START, .node = -1};
    CHECK_OK(flow_step(cx, graph, NULL, &event, &outcome));
    CHECK_INT((long long)outcome.state.place_count, branches + 1);
    for (int i = 0; i < branches; i++) {
        event = (FlowEvent){.kind = FLOW_COMPLETE, .wait = outcome.state.places[1].number};
        CHECK_OK(flow_step(cx, graph, &outcome.state, &event, &outcome));
        if (i < branches - 1 && outcome.work > most)
            most = outcome.work;
    }
    CHECK_INT(outcome.state.status, FLOW_COMPLETED);
    return most;
}

TEST(an_arrival_at_a_wide_join_costs_little)
{
    ArenaMark mark = arena_mark(cx->arena);
    CHECK(arrivals_work(cx, wide_graph(cx, "parallelGateway", 1000, "userTask"), 1000) < 20);
    arena_rewind(cx->arena, mark);
    size_t inclusive = arrivals_work(cx, wide_graph(cx, "inclusiveGateway", 500, "userTask"), 500);
    CHECK(inclusive < 600); // each token beside it is looked at once
}

static size_t instances_work(Ctx *cx, int count)
{
    static const char *const lines[] = {
        "startEvent s -> p",
        "subProcess p -> e",
        ("  | <multiInstanceLoopCharacteristics><extensionElements><m:each in=\"items\" "
         "as=\"item\" "
         "output=\"item\" into=\"all\"/></extensionElements></multiInstanceLoopCharacteristics>"),
        "  startEvent s2 -> split",
        "  parallelGateway split -> join; join",
        "  parallelGateway join -> e2",
        "  endEvent e2",
        "endEvent e",
    };
    Value variables = value_context(cx->arena);
    Value *items = NEW_ARRAY(cx->arena, Value, (size_t)count);
    for (int i = 0; i < count; i++)
        items[i] = value_integer(i);
    value_set(cx->arena, variables, "items", value_list(items, (size_t)count));
    FlowOutcome outcome;
    FlowEvent event = {.kind = FLOW_START, .node = -1, .value = variables};
    const Graph *graph = graph_of(cx, lines, sizeof lines / sizeof *lines);
    CHECK_OK(flow_step(cx, graph, NULL, &event, &outcome));
    CHECK_INT(outcome.state.status, FLOW_COMPLETED);
    return outcome.work;
}

TEST(multiple_instances_cost_in_proportion)
{
    size_t small = instances_work(cx, 1000), large = instances_work(cx, 5000);
    CHECK(small < 20000);
    CHECK(large < 6 * small);
}

TEST(a_timer_start_says_when_it_is_due)
{
    static const char *const lines[] = {
        "startEvent s -> e",
        "  | <timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>",
        "endEvent e",
    };
    const Graph *graph = graph_of(cx, lines, 3);
    Instant first, second, third;
    CHECK_OK(flow_start_due(cx, graph, 0, 0, 0, &first));
    CHECK_INT(first, TEST_NOW + 3600 * 1000000LL);
    CHECK_OK(flow_start_due(cx, graph, 0, 1, first, &second));
    CHECK_INT(second, first + 3600 * 1000000LL);
    CHECK_OK(flow_start_due(cx, graph, 0, 2, second, &third));
    CHECK_INT(third, 0);
}
