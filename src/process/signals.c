// SPDX-License-Identifier: Apache-2.0
// Signals: thrown by a step or from outside, heard by all who wait for the name, and by starts.
#include "process/agenda.h"
#include "process/fan.h"
#include "process/messages.h"
#include "process/process.h"
#include "process/runner.h"
#include "process/starts.h"

static FALLIBLE signal_throw(Ctx *cx, const Fan *fan, const StartedBy *by, int *reached,
                             bool *queued)
{
    int told, started;
    TRY(fan_out(cx, fan, &told, queued));
    TRY(starts_by_event(cx, WAITS_SIGNAL, fan->name, by, &started));
    *reached = told + started;
    return NULL;
}

FALLIBLE signal_follow(Ctx *cx, const Follow *follow)
{
    Fan fan = {WAITS_SIGNAL, follow->name, "", follow->value, follow->instance};
    StartedBy by = {.payload = follow->value, .entity = follow->entity, .subject = follow->subject};
    int reached;
    bool queued;
    return signal_throw(cx, &fan, &by, &reached, &queued);
}

FALLIBLE signal_publish(Ctx *cx, const char *name, Value payload, int *reached, bool *queued)
{
    TRY(event_check(cx, name, payload));
    if (payload.kind == VALUE_NULL)
        payload = value_context(cx->arena);
    Fan fan = {WAITS_SIGNAL, name, "", payload, 0};
    return signal_throw(cx, &fan, &(StartedBy){.payload = payload}, reached, queued);
}
