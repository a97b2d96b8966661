// SPDX-License-Identifier: Apache-2.0
// Dates as counts of days, months with their lengths, and instants.
#include "base/calendar.h"

#include <time.h>

#define YEAR_MOST 999999999
#define DAYS_MOST 500000000000LL // more than YEAR_MOST years
#define SECONDS_A_DAY 86400LL
#define MICROSECONDS 1000000LL

static int64_t floor_divide(int64_t dividend, int64_t divisor)
{
    return dividend / divisor - (dividend % divisor < 0);
}

static bool is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_month_length(int32_t year, int month)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

bool date_valid(Date date)
{
    return date.year >= -YEAR_MOST && date.year <= YEAR_MOST && date.month >= 1 &&
           date.month <= 12 && date.day >= 1 &&
           date.day <= date_month_length(date.year, date.month);
}

// Years begin in March here, so that the leap day is the last one (Hinnant, days_from_civil).
int64_t date_to_days(Date date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

Date date_from_days(int64_t days)
{
    // Beyond what a year can hold the nearest invalid date tells that there is none.
    if (days > DAYS_MOST)
        days = DAYS_MOST;
    if (days < -DAYS_MOST)
        days = -DAYS_MOST;
    days += 719468;
    int64_t era = floor_divide(days, 146097);
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_index = (5 * day_of_year + 2) / 153;
    int64_t month = month_index < 10 ? month_index + 3 : month_index - 9;
    return (Date){(int32_t)(year_of_era + era * 400 + (month <= 2)), (uint8_t)month,
                  (uint8_t)(day_of_year - (153 * month_index + 2) / 5 + 1)};
}

int date_weekday(Date date)
{
    int64_t days = date_to_days(date) + 3; // 1970-01-01 was a Thursday
    return (int)(days - floor_divide(days, 7) * 7) + 1;
}

Date date_add_months(Date date, int64_t months)
{
    __int128 index = (__int128)date.year * 12 + date.month - 1 + months;
    if (index > 12LL * (YEAR_MOST + 1LL))
        index = 12LL * (YEAR_MOST + 1LL);
    if (index < -12LL * (YEAR_MOST + 1LL))
        index = -12LL * (YEAR_MOST + 1LL);
    int64_t year = floor_divide((int64_t)index, 12);
    int month = (int)((int64_t)index - year * 12) + 1;
    int length = date_month_length((int32_t)year, month);
    return (Date){(int32_t)year, (uint8_t)month, (uint8_t)(date.day < length ? date.day : length)};
}

static Instant instant_held(__int128 microseconds)
{
    if (microseconds > INT64_MAX)
        return INT64_MAX;
    return microseconds < INT64_MIN ? INT64_MIN : (Instant)microseconds;
}

Instant instant_from(DateTime value)
{
    const Zone *zone = value.time.zone ? value.time.zone : zone_utc();
    int64_t second = value.time.nanosecond / 1000000000;
    int64_t rest = value.time.nanosecond % 1000000000 / 1000;
    return instant_held((__int128)zone_to_utc(zone, value.date, second) * MICROSECONDS + rest);
}

DateTime instant_in(Instant instant, const Zone *zone)
{
    int64_t utc = floor_divide(instant, MICROSECONDS);
    int64_t microsecond = instant % MICROSECONDS; // utc * MICROSECONDS may lie before INT64_MIN
    if (microsecond < 0)
        microsecond += MICROSECONDS;
    int64_t local = utc + (zone ? zone_offset_at(zone, utc) : 0);
    int64_t days = floor_divide(local, SECONDS_A_DAY);
    int64_t second = local - days * SECONDS_A_DAY;
    return (DateTime){date_from_days(days), {second * 1000000000 + microsecond * 1000, zone}};
}

Instant instant_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (Instant)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

Instant instant_add(Instant instant, DaysDuration duration)
{
    return instant_held((__int128)instant + (__int128)duration.seconds * MICROSECONDS +
                        duration.nanoseconds / 1000);
}
