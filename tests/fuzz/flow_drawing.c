// SPDX-License-Identifier: Apache-2.0
// Processes of every shape: a drawing (flow/drawing.h), as the tests in tests/flow have them, is
// compiled and random events are run on it, chosen by the bytes of its lines that begin with > < #.
#include "flow/drawing.h"
#include "walk.h"

#include <string.h>

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    ARRAY(const char *) lines = {0};
    Buffer *choices = buffer_new(cx->arena);
    while (in.at < in.end) {
        const char *line = fuzz_line(cx, &in);
        if (*line == '>' || *line == '<' || *line == '#')
            buffer_text(choices, line + 1);
        else if (*line && *line != '=')
            array_push(cx->arena, lines) = line;
    }
    char *xml = drawing_xml(cx, lines.items, lines.count);
    const Graph *graph = walk_graph(cx, xml, strlen(xml));
    if (!graph)
        return;
    FuzzBytes events = {choices->bytes, choices->bytes + choices->length};
    walk_events(cx, graph, (FlowState){0}, &events, 60);
}

static const char *const files[] = {"tests/flow/*.flow-test", NULL};

const FuzzTarget fuzz_target = {.run = run, .files = files, .blocks = true};
