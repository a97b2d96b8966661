// SPDX-License-Identifier: Apache-2.0
// `millrace feel` without an expression: reads expressions and says what they are, one after the
// other, until the input ends or someone writes :quit. NAME = EXPRESSION keeps a value under a
// name.
//
// At a terminal lines can be edited, completed and called back from earlier sessions; from a pipe
// they are read as they come, and an expression that was refused fails the command.
#ifndef MILLRACE_APP_REPL_H
#define MILLRACE_APP_REPL_H

#include "base/value.h"

// `scope` is a context whose entries are the first names.
FALLIBLE repl_run(Ctx *cx, Value scope);

#endif
