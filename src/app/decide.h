// SPDX-License-Identifier: Apache-2.0
// What the commands over expressions and decisions share.
#ifndef MILLRACE_APP_DECIDE_H
#define MILLRACE_APP_DECIDE_H

#include "app/command.h"
#include "feel/feel.h"

// The object of a JSON file; an empty context without a path.
FALLIBLE decide_read_context(Ctx *cx, const char *path, Value *out);
// Compiles over the entries of the scope. `options` (NULL: none) gives all but the names.
FALLIBLE decide_compile(Ctx *cx, const char *source, Value scope, const FeelOptions *options,
                        const Feel **out);
// The value as FEEL text, with its trace, and on the standard error what was wrong; with --json all
// of it. `trace` may be null.
void decide_answer(Ctx *cx, const CommandLine *line, Value result, Value trace,
                   const FeelDiagnostics *diagnostics);
// A frame of a trace for people, a line each (see dmn_evaluate).
void decide_trace(Ctx *cx, Buffer *out, Value frame, int depth);

#endif
