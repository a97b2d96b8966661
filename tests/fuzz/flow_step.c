// SPDX-License-Identifier: Apache-2.0
// The pure step: random events on the reference process.
#include "walk.h"

static const Graph *graph;

static void setup(Ctx *cx)
{
    Text xml = fuzz_file(cx, "packs/orders/standard-order.bpmn");
    graph = walk_graph(cx, xml.bytes, xml.length);
    FUZZ_HOLDS(graph != NULL);
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    walk_events(cx, graph, (FlowState){0}, &in, 100);
}

static const char *const seeds[] = {
    "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss",
    "\x01\x02\x03\x01\x02\x03\x01\x02\x03\x01\x02\x03\x01\x02\x03\x01\x02\x03\x01\x02\x03", NULL};

const FuzzTarget fuzz_target = {.setup = setup, .run = run, .seeds = seeds};
