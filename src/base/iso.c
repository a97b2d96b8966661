// SPDX-License-Identifier: Apache-2.0
// ISO 8601 texts in and out, as XML Schema 1.1 part 2 (3.3.7-3.3.9, 3.4.26-27) and DMN 1.5 (10.3.4)
// have them: seconds are never left out, hours end at 23, years have four digits or more without a
// leading zero beyond four, fractions have at most nine digits, and a zone is Z, an offset or
// @name.
#include "base/calendar.h"

#include "base/text.h"

#include <string.h>

#define NANOSECONDS 1000000000LL
#define SECONDS_A_DAY 86400LL

typedef struct Reader {
    const char *at;
    const char *end;
} Reader;

static inline bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool take(Reader *reader, char byte)
{
    if (reader->at == reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

static bool take_two(Reader *reader, int most, int *out)
{
    const char *at = reader->at;
    if (reader->end - at < 2 || !is_digit(at[0]) || !is_digit(at[1]))
        return false;
    *out = (at[0] - '0') * 10 + (at[1] - '0');
    reader->at += 2;
    return *out <= most;
}

// Behind the point: 1 to 9 digits, in nanoseconds.
static bool take_fraction(Reader *reader, int32_t *out)
{
    int count = 0;
    int32_t fraction = 0;
    for (; reader->at < reader->end && is_digit(*reader->at); reader->at++, count++) {
        if (count == 9)
            return false;
        fraction = fraction * 10 + (*reader->at - '0');
    }
    if (!count)
        return false;
    for (; count < 9; count++)
        fraction *= 10;
    *out = fraction;
    return true;
}

static bool take_date(Reader *reader, Date *out)
{
    bool negative = take(reader, '-');
    const char *from = reader->at;
    int32_t year = 0;
    int month, day;
    for (; reader->at < reader->end && is_digit(*reader->at); reader->at++) {
        if (reader->at - from == 9)
            return false;
        year = year * 10 + (*reader->at - '0');
    }
    size_t digits = (size_t)(reader->at - from);
    if (digits < 4 || (digits > 4 && *from == '0') || (negative && !year))
        return false;
    if (!take(reader, '-') || !take_two(reader, 12, &month) || !take(reader, '-') ||
        !take_two(reader, 31, &day))
        return false;
    Date date = {negative ? -year : year, (uint8_t)month, (uint8_t)day};
    if (!date_valid(date))
        return false;
    *out = date;
    return true;
}

static bool take_offset(Reader *reader, const Zone **out)
{
    bool negative = *reader->at++ == '-';
    int hours, minutes, seconds = 0;
    if (!take_two(reader, 18, &hours) || !take(reader, ':') || !take_two(reader, 59, &minutes))
        return false;
    if (take(reader, ':') && !take_two(reader, 59, &seconds))
        return false;
    int offset = hours * 3600 + minutes * 60 + seconds;
    *out = zone_offset(negative ? -offset : offset);
    return *out != NULL;
}

// What is left is a zone or nothing.
static bool take_zone(Reader *reader, const Zone **out)
{
    char name[64];
    *out = NULL;
    if (reader->at == reader->end)
        return true;
    if (take(reader, 'Z')) {
        *out = zone_utc();
    } else if (*reader->at == '+' || *reader->at == '-') {
        if (!take_offset(reader, out))
            return false;
    } else if (take(reader, '@')) {
        size_t length = (size_t)(reader->end - reader->at);
        if (length >= sizeof name || memchr(reader->at, '\0', length))
            return false;
        memcpy(name, reader->at, length);
        name[length] = '\0';
        reader->at = reader->end;
        *out = zone_named(name);
        if (!*out)
            return false;
    }
    return reader->at == reader->end;
}

static bool take_time(Reader *reader, TimeOfDay *out)
{
    int hour, minute, second;
    int32_t fraction = 0;
    TimeOfDay time;
    if (!take_two(reader, 23, &hour) || !take(reader, ':') || !take_two(reader, 59, &minute) ||
        !take(reader, ':') || !take_two(reader, 59, &second))
        return false;
    if (take(reader, '.') && !take_fraction(reader, &fraction))
        return false;
    if (!take_zone(reader, &time.zone))
        return false;
    time.nanosecond = (hour * 3600LL + minute * 60 + second) * NANOSECONDS + fraction;
    *out = time;
    return true;
}

bool date_parse(const char *text, size_t length, Date *out)
{
    Reader reader = {text, text + length};
    Date date;
    if (!take_date(&reader, &date) || reader.at != reader.end)
        return false;
    *out = date;
    return true;
}

bool time_parse(const char *text, size_t length, TimeOfDay *out)
{
    return take_time(&(Reader){text, text + length}, out);
}

bool date_time_parse(const char *text, size_t length, DateTime *out)
{
    Reader reader = {text, text + length};
    DateTime value;
    if (!take_date(&reader, &value.date) || !take(&reader, 'T') || !take_time(&reader, &value.time))
        return false;
    *out = value;
    return true;
}

// One number with its letter, when the letter is the next one of `letters`: "1H" for "HMS". The
// number is put into the place of its letter; a fraction may stand before an S only.
typedef struct Parts {
    int64_t values[4];
    int32_t nanoseconds;
    int found;
} Parts;

static bool take_parts(Reader *reader, const char *letters, int64_t *values, Parts *parts)
{
    const char *next = letters;
    while (reader->at < reader->end && is_digit(*reader->at)) {
        int64_t number = 0;
        for (; reader->at < reader->end && is_digit(*reader->at); reader->at++)
            if (__builtin_mul_overflow(number, 10, &number) ||
                __builtin_add_overflow(number, *reader->at - '0', &number))
                return false;
        bool has_fraction = take(reader, '.');
        if (has_fraction && !take_fraction(reader, &parts->nanoseconds))
            return false;
        const char *letter = reader->at < reader->end ? strchr(next, *reader->at) : NULL;
        if (!letter || !*letter || (has_fraction && *letter != 'S'))
            return false;
        values[letter - letters] = number;
        next = letter + 1;
        reader->at++;
        parts->found++;
    }
    return true;
}

bool days_duration_parse(const char *text, size_t length, DaysDuration *out)
{
    Reader reader = {text, text + length};
    Parts parts = {0};
    bool negative = take(&reader, '-');
    if (!take(&reader, 'P') || !take_parts(&reader, "D", parts.values, &parts))
        return false;
    if (take(&reader, 'T')) {
        int before = parts.found;
        if (!take_parts(&reader, "HMS", parts.values + 1, &parts) || parts.found == before)
            return false;
    }
    if (!parts.found || reader.at != reader.end)
        return false;
    __int128 seconds = (__int128)parts.values[0] * SECONDS_A_DAY +
                       (__int128)parts.values[1] * 3600 + (__int128)parts.values[2] * 60 +
                       parts.values[3];
    if (seconds > INT64_MAX)
        return false;
    *out = (DaysDuration){negative ? -(int64_t)seconds : (int64_t)seconds,
                          negative ? -parts.nanoseconds : parts.nanoseconds};
    return true;
}

bool months_duration_parse(const char *text, size_t length, int64_t *months)
{
    Reader reader = {text, text + length};
    Parts parts = {0};
    bool negative = take(&reader, '-');
    int64_t total;
    if (!take(&reader, 'P') || !take_parts(&reader, "YM", parts.values, &parts) || !parts.found ||
        reader.at != reader.end || __builtin_mul_overflow(parts.values[0], 12, &total) ||
        __builtin_add_overflow(total, parts.values[1], &total))
        return false;
    *months = negative ? -total : total;
    return true;
}

static char *put_number(char *at, uint64_t number, int least_digits)
{
    char reversed[24];
    int count = 0;
    do {
        reversed[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number || count < least_digits);
    while (count)
        *at++ = reversed[--count];
    return at;
}

// ".5" for 500,000,000; nothing for 0.
static char *put_fraction(char *at, uint32_t nanoseconds)
{
    if (!nanoseconds)
        return at;
    *at++ = '.';
    at = put_number(at, nanoseconds, 9);
    while (at[-1] == '0')
        at--;
    return at;
}

static char *put_date(char *at, Date date)
{
    if (date.year < 0)
        *at++ = '-';
    at = put_number(at, (uint64_t)(date.year < 0 ? -(int64_t)date.year : date.year), 4);
    *at++ = '-';
    at = put_number(at, date.month, 2);
    *at++ = '-';
    return put_number(at, date.day, 2);
}

static char *put_time(char *at, TimeOfDay time)
{
    uint64_t second = (uint64_t)(time.nanosecond / NANOSECONDS);
    at = put_number(at, second / 3600, 2);
    *at++ = ':';
    at = put_number(at, second / 60 % 60, 2);
    *at++ = ':';
    at = put_number(at, second % 60, 2);
    at = put_fraction(at, (uint32_t)(time.nanosecond % NANOSECONDS));
    if (!time.zone)
        return at;
    if (!zone_is_offset(time.zone))
        *at++ = '@';
    size_t length = strlen(zone_name(time.zone));
    memcpy(at, zone_name(time.zone), length);
    return at + length;
}

static size_t finish(char *out, char *at)
{
    *at = '\0';
    return (size_t)(at - out);
}

size_t date_print(Date date, char out[static CALENDAR_TEXT_SIZE])
{
    return finish(out, put_date(out, date));
}

size_t time_print(TimeOfDay time, char out[static CALENDAR_TEXT_SIZE])
{
    return finish(out, put_time(out, time));
}

size_t date_time_print(DateTime value, char out[static CALENDAR_TEXT_SIZE])
{
    char *at = put_date(out, value.date);
    *at++ = 'T';
    return finish(out, put_time(at, value.time));
}

static char *put_part(char *at, uint64_t number, char letter)
{
    if (!number)
        return at;
    at = put_number(at, number, 1);
    *at++ = letter;
    return at;
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

size_t days_duration_print(DaysDuration duration, char out[static CALENDAR_TEXT_SIZE])
{
    char *at = out;
    uint64_t seconds = magnitude(duration.seconds);
    uint32_t nanoseconds = (uint32_t)magnitude(duration.nanoseconds);
    if (duration.seconds < 0 || duration.nanoseconds < 0)
        *at++ = '-';
    *at++ = 'P';
    at = put_part(at, seconds / SECONDS_A_DAY, 'D');
    uint64_t rest = seconds % SECONDS_A_DAY;
    if (rest || nanoseconds || !seconds) {
        *at++ = 'T';
        at = put_part(at, rest / 3600, 'H');
        at = put_part(at, rest / 60 % 60, 'M');
        if (rest % 60 || nanoseconds || !seconds) {
            at = put_fraction(put_number(at, rest % 60, 1), nanoseconds);
            *at++ = 'S';
        }
    }
    return finish(out, at);
}

size_t months_duration_print(int64_t months, char out[static CALENDAR_TEXT_SIZE])
{
    char *at = out;
    uint64_t total = magnitude(months);
    if (months < 0)
        *at++ = '-';
    *at++ = 'P';
    at = put_part(at, total / 12, 'Y');
    at = total ? put_part(at, total % 12, 'M') : put_number(at, 0, 1);
    if (!total)
        *at++ = 'M';
    return finish(out, at);
}

char *instant_text(Arena *arena, Instant instant)
{
    char text[CALENDAR_TEXT_SIZE];
    size_t length = date_time_print(instant_in(instant, zone_utc()), text);
    return text_slice(arena, text, length);
}

bool instant_parse(const char *text, Instant *out)
{
    DateTime value;
    if (!date_time_parse(text, strlen(text), &value) || !value.time.zone ||
        !zone_is_offset(value.time.zone))
        return false;
    Instant instant = instant_from(value);
    if (instant == INT64_MAX || instant == INT64_MIN)
        return false;
    *out = instant;
    return true;
}
