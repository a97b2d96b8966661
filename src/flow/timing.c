// SPDX-License-Identifier: Apache-2.0
// When timers are due. Times are UTC; cx->now is the only clock.
#include "flow/engine.h"

#include "base/messages.h"
#include "bpmn/timer.h"

static bool spec_of_value(Value value, TimeSpec *out)
{
    *out = (TimeSpec){0};
    switch (value.kind) {
    case VALUE_DATE_TIME:
        out->form = TIME_DATE;
        out->start = instant_from(*value.date_time);
        return true;
    case VALUE_DATE:
        out->form = TIME_DATE;
        out->start = instant_from((DateTime){.date = value.date});
        return true;
    case VALUE_DAYS_DURATION:
        out->form = TIME_DURATION;
        out->days = value.days_duration;
        return true;
    case VALUE_MONTHS_DURATION:
        out->form = TIME_DURATION;
        out->months = value.months;
        return true;
    case VALUE_TEXT:
        return time_spec_parse(value.text.bytes, out);
    default:
        return false;
    }
}

static FALLIBLE spec_of(Flow *flow, const Live *at, const GraphTime *when, TimeSpec *out,
                        const char **why)
{
    *why = NULL;
    if (when->text) {
        if (!time_spec_parse(when->text, out))
            *why = text_format(flow->cx->arena, message_in(flow->cx->language, "'%s' is no time"),
                               when->text);
        return NULL;
    }
    if (flow->choices) { // some time
        *out = (TimeSpec){.form = TIME_DURATION, .months = 1};
        return NULL;
    }
    Value value;
    const char *complaint;
    TRY(evaluate(flow, at, when->expression, NULL, &value, &complaint));
    if (!spec_of_value(value, out))
        *why = text_format(flow->cx->arena,
                           message_in(flow->cx->language, "'%s' gives %s, which is no time%s%s"),
                           feel_source(when->expression), value_kind_word(value.kind),
                           complaint ? ": " : "", complaint ? complaint : "");
    return NULL;
}

FALLIBLE timer_first(Flow *flow, const Live *at, [[maybe_unused]] TimerKind kind,
                     const GraphTime *when, Instant *due, int *count, const char **why)
{
    TimeSpec spec;
    TRY(spec_of(flow, at, when, &spec, why));
    if (*why)
        return NULL;
    *count = 1;
    *due = spec.form == TIME_DATE || spec.has_start ? spec.start
                                                    : time_spec_after(&spec, flow->cx->now);
    if (spec.form == TIME_REPEAT)
        *count = spec.repetitions;
    if (*count == 0 || (spec.has_end && *due > spec.end))
        *why = message_in(flow->cx->language, "the timer repeats never");
    return NULL;
}

FALLIBLE timer_next(Flow *flow, const Live *at, const GraphTime *when, Instant previous,
                    Instant *due, const char **why)
{
    TimeSpec spec;
    TRY(spec_of(flow, at, when, &spec, why));
    if (*why)
        return NULL;
    *due = time_spec_after(&spec, previous);
    if (spec.form != TIME_REPEAT || *due <= previous || (spec.has_end && *due > spec.end))
        *why = message_in(flow->cx->language, "the timer has ended");
    return NULL;
}

FALLIBLE flow_start_due(Ctx *cx, const Graph *graph, int node, int fired, Instant previous,
                        Instant *due)
{
    const GraphNode *start = &graph->nodes[node];
    const GraphTrigger *timer = NULL;
    for (size_t i = 0; i < start->trigger_count && !timer; i++)
        if (start->triggers[i].kind == TRIGGER_TIMER)
            timer = &start->triggers[i];
    *due = 0;
    if (!timer)
        return NULL;
    Flow flow = {.cx = cx, .graph = graph};
    Live root = {.place = {.number = 1, .kind = PLACE_SCOPE, .node = -1}};
    const char *why = NULL;
    Instant when;
    int count;
    TRY(timer_first(&flow, &root, timer->timer, &timer->when, &when, &count, &why));
    if (!why && fired > 0) {
        if (count >= 0 && fired >= count)
            return NULL;
        TRY(timer_next(&flow, &root, &timer->when, previous, &when, &why));
    }
    if (why && fired == 0)
        return error_field(
            FAIL(cx, ERR_INVALID, "the timer of '%s' cannot be set: %s", start->id, why),
            start->id);
    *due = why ? 0 : when;
    return NULL;
}
