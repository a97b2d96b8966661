// SPDX-License-Identifier: Apache-2.0
#include "bpmn/timer.h"

#include "base/text.h"

#include <string.h>

#define LARGEST_PART 100000000 // keeps every sum far from overflow

// One number with its letter: "12H". Moves *at behind it.
static bool part_read(const char **at, const char *end, int64_t *number, int32_t *nanoseconds,
                      char *unit)
{
    const char *c = *at;
    int64_t value = 0;
    int32_t fraction = 0;
    if (c == end || *c < '0' || *c > '9')
        return false;
    for (; c < end && *c >= '0' && *c <= '9'; c++) {
        value = value * 10 + (*c - '0');
        if (value > LARGEST_PART)
            return false;
    }
    if (c < end && (*c == '.' || *c == ',')) {
        int32_t digit = 100000000;
        for (c++; c < end && *c >= '0' && *c <= '9'; c++, digit /= 10)
            fraction += (*c - '0') * digit;
    }
    if (c == end)
        return false;
    *unit = *c;
    *at = c + 1;
    *number = value;
    *nanoseconds = fraction;
    return true;
}

// P[nY][nM][nW][nD][T[nH][nM][nS]], at least one part, in this order.
static bool duration_read(const char *text, size_t length, TimeSpec *out)
{
    const char *at = text, *end = text + length;
    if (length < 3 || *at++ != 'P')
        return false;
    const char *date_units = "YMWD", *time_units = "HMS";
    const char *units = date_units;
    bool any = false;
    for (bool in_time = false; at < end; any = true) {
        if (*at == 'T') {
            if (in_time || ++at == end)
                return false;
            in_time = true;
            units = time_units;
        }
        int64_t number;
        int32_t nanoseconds;
        char unit;
        if (!part_read(&at, end, &number, &nanoseconds, &unit) || !unit)
            return false;
        const char *found = strchr(units, unit);
        if (!found || (nanoseconds && unit != 'S'))
            return false;
        units = found + 1;
        if (unit == 'Y')
            out->months += number * 12;
        else if (unit == 'M' && !in_time)
            out->months += number;
        else if (unit == 'W')
            out->weeks = number;
        else if (unit == 'D')
            out->days = number;
        else
            out->rest.seconds += number * (unit == 'H' ? 3600 : unit == 'M' ? 60 : 1);
        if (unit == 'S')
            out->rest.nanoseconds = nanoseconds;
    }
    return any;
}

static bool date_read(const char *text, size_t length, DateTime *out)
{
    DateTime value = {0};
    if (!date_time_parse(text, length, &value) && !date_parse(text, length, &value.date))
        return false;
    *out = value;
    return true;
}

// Rn/duration, Rn/start/duration, Rn/duration/end.
static bool repeat_read(const char *text, size_t length, TimeSpec *out)
{
    const char *at = text + 1, *end = text + length;
    out->repetitions = 0;
    bool counted = false;
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        counted = true;
        out->repetitions = out->repetitions * 10 + (*at - '0');
        if (out->repetitions > LARGEST_PART)
            return false;
    }
    if (!counted)
        out->repetitions = -1;
    if (at == end || *at++ != '/')
        return false;
    const char *slash = memchr(at, '/', (size_t)(end - at));
    const char *second = slash ? slash + 1 : NULL;
    size_t first_length = (size_t)((slash ? slash : end) - at);
    if (*at == 'P') {
        if (!duration_read(at, first_length, out))
            return false;
        out->has_end = second != NULL;
        return !second || date_read(second, (size_t)(end - second), &out->end);
    }
    out->has_start = true;
    return second && date_read(at, first_length, &out->start) &&
           duration_read(second, (size_t)(end - second), out);
}

static bool has_length(const TimeSpec *spec)
{
    return spec->months || spec->weeks || spec->days || spec->rest.seconds ||
           spec->rest.nanoseconds;
}

bool time_spec_parse(const char *text, TimeSpec *out)
{
    size_t length = strlen(text);
    TimeSpec spec = {0};
    bool read;
    if (*text == 'P') {
        spec.form = TIME_DURATION;
        read = duration_read(text, length, &spec);
    } else if (*text == 'R') {
        spec.form = TIME_REPEAT;
        // A repetition without length would fire for ever in one instant.
        read = repeat_read(text, length, &spec) && has_length(&spec);
    } else if (cron_parse(text, &spec.cron)) {
        spec.form = TIME_CRON;
        spec.repetitions = -1;
        read = true;
    } else {
        spec.form = TIME_DATE;
        spec.has_start = true;
        read = date_read(text, length, &spec.start);
    }
    if (read)
        *out = spec;
    return read;
}

// --- When ----------------------------------------------------------------------------------------

#define CRON_TRIES 10000 // times outside of working time that are passed over

static const Zone *zone_of(const TimePlace *place)
{
    return place->calendar ? place->calendar->zone : place->zone;
}

Instant time_in(const TimePlace *place, DateTime value)
{
    if (value.time.zone)
        return instant_from(value);
    int64_t second = value.time.nanosecond / 1000000000;
    return zone_to_utc(zone_of(place), value.date, second) * 1000000 +
           value.time.nanosecond % 1000000000 / 1000;
}

static bool cron_after(const TimeSpec *spec, const TimePlace *place, Instant start, Instant *out)
{
    Instant at = start, worked;
    for (int i = 0; i < CRON_TRIES; i++) {
        if (!cron_next(&spec->cron, zone_of(place), at, &at))
            return false;
        if (place->calendar && (!work_next(place->calendar, at, &worked) || worked != at))
            continue;
        *out = at;
        return true;
    }
    return false;
}

bool time_spec_after(const TimeSpec *spec, const TimePlace *place, Instant start, Instant *out)
{
    if (spec->form == TIME_CRON)
        return cron_after(spec, place, start, out);
    int64_t days = 7 * spec->weeks + (place->calendar ? 0 : spec->days);
    if (spec->months || days) {
        DateTime local = instant_in(start, zone_of(place));
        local.date = date_add_months(local.date, spec->months);
        local.date = date_from_days(date_to_days(local.date) + days);
        local.time.zone = NULL;
        start = time_in(place, local);
    }
    if (!place->calendar) {
        *out = instant_add(start, spec->rest);
        return true;
    }
    WorkDuration duration = {spec->days, instant_add(0, spec->rest)};
    return work_add(place->calendar, start, duration, out);
}
