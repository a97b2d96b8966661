// SPDX-License-Identifier: Apache-2.0
// Function points: the few verbs that need code, registered by name and called by service tasks.
//
// A function point runs inside the unit of work of its step: it may read and change records through
// record/, and never touches anything outside the database. Names are "room.verb".
#ifndef MILLRACE_PROCESS_FUNCTION_POINT_H
#define MILLRACE_PROCESS_FUNCTION_POINT_H

#include "base/registry.h"
#include "base/value.h"

typedef struct FunctionPoint {
    const char *name;
    const char *about;  // one sentence for the documents
    const char *input;  // names it reads, comma-separated, for the check at deployment
    const char *output; // names it gives
    // `input` is a context. A business error (a BPMN error the model can catch) is told by setting
    // *business_error to its code and returning NULL.
    Error *(*call)(Ctx *cx, Value input, const char **business_error, Value *output);
} FunctionPoint;

extern Registry function_points;

#define FUNCTION_POINT(identifier, point_name, sentence, inputs, outputs)                          \
    static FALLIBLE identifier(Ctx *cx, Value input, const char **business_error, Value *output);  \
    static const FunctionPoint point_##identifier = {point_name, sentence, inputs, outputs,        \
                                                     identifier};                                  \
    REGISTER(function_points, point_##identifier, point_name, &point_##identifier);                \
    static FALLIBLE identifier([[maybe_unused]] Ctx *cx, [[maybe_unused]] Value input,             \
                               [[maybe_unused]] const char **business_error,                       \
                               [[maybe_unused]] Value *output)

#endif
