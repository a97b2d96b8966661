// SPDX-License-Identifier: Apache-2.0
// When timers are due. cx->now is the only clock, cx->calendars hold the working times.
#include "flow/engine.h"

#include "base/messages.h"
#include "bpmn/timer.h"

#define DAY 86400

static bool spec_of_value(Value value, TimeSpec *out)
{
    *out = (TimeSpec){0};
    switch (value.kind) {
    case VALUE_DATE_TIME:
        out->form = TIME_DATE;
        out->start = *value.date_time;
        return true;
    case VALUE_DATE:
        out->form = TIME_DATE;
        out->start = (DateTime){.date = value.date};
        return true;
    case VALUE_DAYS_DURATION: // FEEL does not keep days and hours apart
        out->form = TIME_DURATION;
        out->days = value.days_duration.seconds / DAY;
        out->rest = value.days_duration;
        out->rest.seconds %= DAY;
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

static TimePlace place_of(const Flow *flow, const GraphTime *when, const char **why)
{
    TimePlace place = {.zone = when->zone};
    if (!when->calendar || flow->choices)
        return place;
    place.calendar = business_calendar_named(flow->cx->calendars, when->calendar);
    if (!place.calendar)
        *why = text_format(flow->cx->arena,
                           message_in(flow->cx->language, "there is no business calendar '%s'"),
                           when->calendar);
    return place;
}

static bool past_end(const TimeSpec *spec, const TimePlace *place, Instant due)
{
    return spec->has_end && due > time_in(place, spec->end);
}

FALLIBLE timer_first(Flow *flow, const Live *at, const GraphTime *when, Instant *due, int *count,
                     const char **why)
{
    TimeSpec spec;
    TRY(spec_of(flow, at, when, &spec, why));
    if (*why)
        return NULL;
    TimePlace place = place_of(flow, when, why);
    if (*why)
        return NULL;
    *count = spec.form == TIME_REPEAT || spec.form == TIME_CRON ? spec.repetitions : 1;
    bool ever = true;
    if (spec.form == TIME_DATE || spec.has_start)
        *due = time_in(&place, spec.start);
    else
        ever = time_spec_after(&spec, &place, flow->cx->now, due);
    if (!ever || *count == 0 || past_end(&spec, &place, *due))
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
    TimePlace place = place_of(flow, when, why);
    if (*why)
        return NULL;
    bool repeats = spec.form == TIME_REPEAT || spec.form == TIME_CRON;
    if (!repeats || !time_spec_after(&spec, &place, previous, due) || *due <= previous ||
        past_end(&spec, &place, *due))
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
    TRY(timer_first(&flow, &root, &timer->when, &when, &count, &why));
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
