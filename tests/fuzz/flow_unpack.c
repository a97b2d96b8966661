// SPDX-License-Identifier: Apache-2.0
// Packed states: damaged bytes are refused, and what is taken the step can go on with. The first
// byte says how many bytes are the state (255: a real one, damaged); the rest chooses events.
#include "walk.h"

static const Graph *graph;

static void setup(Ctx *cx)
{
    Text xml = fuzz_file(cx, "src/process/test_packs/desk/loan.bpmn");
    graph = walk_graph(cx, xml.bytes, xml.length);
    FUZZ_HOLDS(graph != NULL);
}

// A real state, some of whose bytes are changed: deeper than bytes alone would come.
static char *damaged(Ctx *cx, FuzzBytes *in, size_t *size)
{
    FlowState state = walk_events(cx, graph, (FlowState){0}, in, 1 + (int)fuzz_byte(in) % 8);
    Text packed = flow_pack(cx, &state);
    char *bytes = text_slice(cx->arena, packed.bytes, packed.length);
    for (unsigned left = fuzz_byte(in) % 8; left; left--) {
        unsigned at = fuzz_below(in, packed.length);
        bytes[at] = (char)fuzz_byte(in);
    }
    *size = packed.length - (fuzz_byte(in) == 1);
    return bytes;
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    size_t wanted = fuzz_byte(&in), left = (size_t)(in.end - in.at);
    size_t size = wanted < left ? wanted : left;
    FlowState state;
    char *packed;
    if (wanted == 255)
        packed = damaged(cx, &in, &size);
    else { // a copy, so that nothing behind the state's end can be read unseen
        packed = text_slice(cx->arena, in.at, size);
        in.at += size;
    }
    if (fuzz_fine(flow_unpack(cx, graph, packed, size, &state)))
        walk_events(cx, graph, state, &in, 20);
}

static const char *const seeds[] = {
    "\x0c\x01\x01\x03\x01\x02\x01\x01\x01\x01\x01\x02\x01\x01\x03\x01ssssssssssssss",
    "\xff\x03ssssssssssssssssssssssssssssssss\x02\x07\x05sssssssssssssssssssssssssssss", NULL};

const FuzzTarget fuzz_target = {.setup = setup, .run = run, .seeds = seeds};
