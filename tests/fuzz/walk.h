// SPDX-License-Identifier: Apache-2.0
// Random events on an instance, as flow_unpack.c and flow_step.c drive it. Owns nothing.
#ifndef MILLRACE_TESTS_FUZZ_WALK_H
#define MILLRACE_TESTS_FUZZ_WALK_H

#include "flow/step.h"
#include "fuzz.h"

// Runs at most `most` events chosen by the bytes; after each the state must survive its packed form
// and every effect must speak of what exists. Returns the last state.
FlowState walk_events(Ctx *cx, const Graph *graph, FlowState state, FuzzBytes *bytes, int most);

// The model's own process, NULL when it does not compile.
const Graph *walk_graph(Ctx *cx, const char *xml, size_t length);

#endif
