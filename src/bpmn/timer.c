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
        else
            out->days.seconds += number * (unit == 'W'   ? 7 * 86400
                                           : unit == 'D' ? 86400
                                           : unit == 'H' ? 3600
                                           : unit == 'M' ? 60
                                                         : 1);
        if (unit == 'S')
            out->days.nanoseconds = nanoseconds;
    }
    return any;
}

static bool date_read(const char *text, size_t length, Instant *out)
{
    DateTime value = {0};
    if (date_time_parse(text, length, &value)) {
        *out = instant_from(value);
        return true;
    }
    if (!date_parse(text, length, &value.date))
        return false;
    value.time = (TimeOfDay){0};
    *out = instant_from(value);
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
        read = repeat_read(text, length, &spec);
        // A repetition without length would fire for ever in one instant.
        read = read && (spec.months || spec.days.seconds || spec.days.nanoseconds);
    } else {
        spec.form = TIME_DATE;
        spec.has_start = true;
        read = date_read(text, length, &spec.start);
    }
    if (read)
        *out = spec;
    return read;
}

Instant time_spec_after(const TimeSpec *spec, Instant start)
{
    if (spec->months) {
        DateTime local = instant_in(start, zone_utc());
        local.date = date_add_months(local.date, spec->months);
        start = instant_from(local);
    }
    return instant_add(start, spec->days);
}
