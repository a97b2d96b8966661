// SPDX-License-Identifier: Apache-2.0
// The executor: fires due timers, one thread of the server.
#ifndef MILLRACE_APP_EXECUTOR_H
#define MILLRACE_APP_EXECUTOR_H

#include "base/ctx.h"

typedef struct Executor Executor;

FALLIBLE executor_start(Ctx *cx, Company *company, Executor **out);
void executor_stop(Executor *executor);

#endif
