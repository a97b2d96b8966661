// SPDX-License-Identifier: Apache-2.0
// Arithmetic, order and properties of dates, times and durations (DMN 1.5, 10.3.2.3 and tables 56
// to 58).
#ifndef MILLRACE_FEEL_TEMPORAL_H
#define MILLRACE_FEEL_TEMPORAL_H

#include "feel/machine.h"

// A point in time: seconds since 1970 and nanoseconds, UTC where a zone is known, else local.
typedef struct Moment {
    int64_t seconds;
    int64_t nanoseconds; // 0 to 999,999,999
} Moment;

Moment temporal_moment(DateTime value);
// False when only one of the two has a zone: then they have no order. Below a millisecond values
// are the same (as the kit has it).
bool temporal_order(DateTime x, DateTime y, int *order);
bool temporal_time_order(TimeOfDay x, TimeOfDay y, int *order);

Value temporal_property(Machine *machine, Value value, const char *name);
// x + y, x - y where one of them is temporal; null, without a diagnostic, when they do not add.
Value temporal_add(Machine *machine, Value x, Value y);
Value temporal_subtract(Machine *machine, Value x, Value y);
Value temporal_multiply(Machine *machine, Value duration, Decimal factor);
Value temporal_divide(Machine *machine, Value duration, Decimal divisor);
// duration / duration of one kind
Value temporal_ratio(Machine *machine, Value x, Value y);

DateTime temporal_at_midnight(Date date); // UTC
Value value_date_time(Arena *arena, DateTime value);
Value value_days(int64_t seconds, int64_t nanoseconds); // normalised to one sign
Decimal temporal_seconds(DaysDuration duration);
bool temporal_from_seconds(Decimal seconds, Value *out);

#endif
