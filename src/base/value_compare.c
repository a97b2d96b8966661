// SPDX-License-Identifier: Apache-2.0
// Equality of values, bounded: values can share parts so that a few steps make a tree without end.
#include "base/value.h"

#include <string.h>

#define COMPARE_DEPTH 500

static bool times_equal(TimeOfDay a, TimeOfDay b)
{
    if (a.zone == b.zone)
        return a.nanosecond == b.nanosecond;
    // Without a date only fixed offsets tell the instant.
    if (!a.zone || !b.zone || !zone_is_offset(a.zone) || !zone_is_offset(b.zone))
        return false;
    return a.nanosecond - zone_offset_at(a.zone, 0) * 1000000000LL ==
           b.nanosecond - zone_offset_at(b.zone, 0) * 1000000000LL;
}

static bool date_times_equal(const DateTime *a, const DateTime *b)
{
    if (!a->time.zone != !b->time.zone ||
        a->time.nanosecond % 1000000000 != b->time.nanosecond % 1000000000)
        return false;
    const Zone *utc = zone_utc(); // two local times compare as they stand
    return zone_to_utc(a->time.zone ? a->time.zone : utc, a->date,
                       a->time.nanosecond / 1000000000) ==
           zone_to_utc(b->time.zone ? b->time.zone : utc, b->date, b->time.nanosecond / 1000000000);
}

static bool lists_equal(ValueComparison *comparison, ValueList a, ValueList b)
{
    if (a.count != b.count)
        return false;
    if (a.items == b.items)
        return true;
    for (size_t i = 0; i < a.count; i++)
        if (!value_compare(comparison, a.items[i], b.items[i]))
            return false;
    return true;
}

// The order of entries does not matter.
static bool contexts_equal(ValueComparison *comparison, Value a, Value b)
{
    if (a.context->count != b.context->count)
        return false;
    if (a.context == b.context)
        return true;
    for (size_t i = 0; i < a.context->count; i++) {
        const ValueEntry *left = &a.context->entries[i];
        const ValueEntry *beside = &b.context->entries[i];
        // Mostly both have the same order: look there first.
        const Value *right =
            strcmp(beside->key, left->key) == 0 ? &beside->value : value_get(b, left->key);
        if (!right || !value_compare(comparison, left->value, *right))
            return false;
    }
    return true;
}

static bool ranges_equal(ValueComparison *comparison, const ValueRange *a, const ValueRange *b)
{
    return a->low_closed == b->low_closed && a->high_closed == b->high_closed &&
           a->by_operator == b->by_operator && a->excluded == b->excluded &&
           value_compare(comparison, a->low, b->low) && value_compare(comparison, a->high, b->high);
}

static bool compounds_equal(ValueComparison *comparison, Value a, Value b)
{
    if (++comparison->depth > COMPARE_DEPTH)
        comparison->steps = -1;
    bool equal = comparison->steps >= 0 &&
                 (a.kind == VALUE_LIST      ? lists_equal(comparison, a.list, b.list)
                  : a.kind == VALUE_CONTEXT ? contexts_equal(comparison, a, b)
                                            : ranges_equal(comparison, a.range, b.range));
    comparison->depth--;
    return equal;
}

static bool plain_equal(Value a, Value b)
{
    switch (a.kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOLEAN:
        return a.boolean == b.boolean;
    case VALUE_NUMBER:
        return decimal_compare(a.number, b.number) == 0;
    case VALUE_TEXT:
        return a.text.length == b.text.length &&
               memcmp(a.text.bytes, b.text.bytes, a.text.length) == 0;
    case VALUE_DATE:
        return a.date.year == b.date.year && a.date.month == b.date.month &&
               a.date.day == b.date.day;
    case VALUE_TIME:
        return times_equal(a.time, b.time);
    case VALUE_DATE_TIME:
        return date_times_equal(a.date_time, b.date_time);
    case VALUE_DAYS_DURATION:
        return a.days_duration.seconds == b.days_duration.seconds &&
               a.days_duration.nanoseconds == b.days_duration.nanoseconds;
    case VALUE_MONTHS_DURATION:
        return a.months == b.months;
    default:
        return a.function == b.function;
    }
}

bool value_compare(ValueComparison *comparison, Value a, Value b)
{
    if (a.kind != b.kind || --comparison->steps < 0)
        return false;
    if (a.kind == VALUE_LIST || a.kind == VALUE_CONTEXT || a.kind == VALUE_RANGE)
        return compounds_equal(comparison, a, b);
    if (comparison->temporal && a.kind >= VALUE_TIME && a.kind <= VALUE_DATE_TIME)
        return comparison->temporal(a, b);
    return plain_equal(a, b);
}

bool value_equal(Value a, Value b)
{
    ValueComparison comparison = {.steps = VALUE_COMPARE_STEPS};
    return value_compare(&comparison, a, b);
}
