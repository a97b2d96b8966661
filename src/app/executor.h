// SPDX-License-Identifier: Apache-2.0
// The executor: runs jobs and delivers effects; two threads of the server.
//
// Several programs may run one each on a database: jobs are leased, and a lease ends by the clock.
#ifndef MILLRACE_APP_EXECUTOR_H
#define MILLRACE_APP_EXECUTOR_H

#include "base/ctx.h"

typedef struct Executor Executor;

FALLIBLE executor_start(Ctx *cx, Company *company, Executor **out);
void executor_stop(Executor *executor);

#endif
