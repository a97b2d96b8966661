// SPDX-License-Identifier: Apache-2.0
// What the commands over expressions share.
#ifndef MILLRACE_APP_DECIDE_H
#define MILLRACE_APP_DECIDE_H

#include "feel/feel.h"

// The object of a JSON file; an empty context without a path.
FALLIBLE decide_read_context(Ctx *cx, const char *path, Value *out);
// Compiles over the entries of the scope. `options` (NULL: none) gives all but the names.
FALLIBLE decide_compile(Ctx *cx, const char *source, Value scope, const FeelOptions *options,
                        const Feel **out);

#endif
