// SPDX-License-Identifier: Apache-2.0
// Jobs of waiting places: timers, and functions that are called after the step.
#include "process/jobs.h"
#include "process/runner.h"

static FALLIBLE timer_run(Ctx *cx, const Job *job)
{
    FlowEvent event = {.kind = FLOW_TIMER, .wait = (int)job->wait};
    RunCause cause = {"timer", value_null(), false};
    bool taken;
    return runner_offer(cx, job->owner, &event, &cause, &taken);
}

// The inputs are read afresh: the step asks for the call again, and now it is made.
static FALLIBLE call_run(Ctx *cx, const Job *job)
{
    FlowEvent event = {.kind = FLOW_RETRY, .wait = (int)job->wait};
    RunCause cause = {"called", value_null(), true};
    bool taken;
    return runner_offer(cx, job->owner, &event, &cause, &taken);
}

static FALLIBLE timed_give_up(Ctx *cx, const Job *job, const char *reason)
{
    return runner_give_up(cx, job->owner, (int)job->wait, reason);
}

static FALLIBLE call_give_up(Ctx *cx, const Job *job, const char *reason)
{
    TRY(job_close(cx, job->owner, job->wait)); // a retry of the step makes a new one
    return runner_give_up(cx, job->owner, (int)job->wait, reason);
}

JOB_KIND(timer, "timer", timer_run, timed_give_up);
JOB_KIND(call, "call", call_run, call_give_up);
