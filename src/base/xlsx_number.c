// SPDX-License-Identifier: Apache-2.0
// Numbers of spreadsheets: which are dates, and how they are written.
#include "base/xlsx_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DAY_MILLISECONDS 86400000LL
#define LAST_SERIAL 2958465.0   // 9999-12-31
#define SERIAL_OF_1970 25569    // days from 1899-12-30 to 1970-01-01
#define SERIAL_OF_1904 1462     // from the one epoch to the other
#define SERIAL_OF_MARCH_1900 61 // before it, the epoch is a day later: 1900 had no 29 February

unsigned xlsx_format_builtin(long id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
        id == 57 || id == 58)
        return XLSX_FORMAT_DATE;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47)
        return XLSX_FORMAT_TIME;
    if (id == 22 || id == 55 || id == 56) // the last two: a time in one country, a date in another
        return XLSX_FORMAT_DATE | XLSX_FORMAT_TIME;
    return id == 46 ? XLSX_FORMAT_ELAPSED : 0;
}

// Behind a bracket: a colour, a condition, a locale, or a count of elapsed hours.
static const char *skip_bracket(const char *at, unsigned *format)
{
    const char *end = strchr(at, ']');
    size_t length = end ? (size_t)(end - at) : strlen(at);
    if (length &&
        (strspn(at, "hH") == length || strspn(at, "mM") == length || strspn(at, "sS") == length))
        *format |= XLSX_FORMAT_ELAPSED;
    return end ? end + 1 : at + length;
}

// Behind what is no part of a date: quoted and escaped text, fillers, the words of am and pm.
static const char *skip_text(const char *at)
{
    if (*at == '"') {
        const char *end = strchr(at + 1, '"');
        return end ? end + 1 : at + strlen(at);
    }
    if (*at == '\\' || *at == '_' || *at == '*')
        return at[1] ? at + 2 : at + 1;
    if (strncasecmp(at, "general", 7) == 0)
        return at + 7;
    if (strncasecmp(at, "am/pm", 5) == 0)
        return at + 5;
    if (strncasecmp(at, "a/p", 3) == 0)
        return at + 3;
    return at;
}

unsigned xlsx_format_of(const char *code)
{
    unsigned format = 0;
    bool month_or_minute = false;
    while (*code && *code != ';') {
        const char *behind = *code == '[' ? skip_bracket(code + 1, &format) : skip_text(code);
        if (behind != code) {
            code = behind;
            continue;
        }
        char letter = *code++;
        if (strchr("yYdDbBgG", letter) || (strchr("eE", letter) && *code != '+' && *code != '-'))
            format |= XLSX_FORMAT_DATE;
        else if (strchr("hHsS", letter))
            format |= XLSX_FORMAT_TIME;
        else if (strchr("mM", letter))
            month_or_minute = true;
    }
    if (month_or_minute && !format)
        format = XLSX_FORMAT_DATE;
    return format & XLSX_FORMAT_ELAPSED ? XLSX_FORMAT_ELAPSED : format;
}

static void print_plain(double number, char out[static XLSX_NUMBER_SIZE])
{
    char digits[64];
    Decimal decimal;
    snprintf(digits, sizeof digits, "%.15g", number);
    if (number == 0 || !decimal_parse(digits, strlen(digits), &decimal))
        snprintf(out, XLSX_NUMBER_SIZE, "0");
    else
        decimal_print(decimal_normalize(decimal), out);
}

static void print_moment(int64_t days, int64_t milliseconds, XlsxKind kind,
                         char out[static XLSX_NUMBER_SIZE])
{
    TimeOfDay time = {.nanosecond = milliseconds * 1000000};
    DateTime moment = {date_from_days(days), time};
    if (kind == XLSX_DATE)
        date_print(moment.date, out);
    else if (kind == XLSX_TIME)
        time_print(time, out);
    else
        date_time_print(moment, out);
}

bool xlsx_number(const char *text, unsigned format, bool from_1904, XlsxKind *kind,
                 char out[static XLSX_NUMBER_SIZE])
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end || !isfinite(number) || strpbrk(text, "xXnN"))
        return false;
    if (format & XLSX_FORMAT_ELAPSED && fabs(number) <= LAST_SERIAL) {
        int64_t all = llround(number * (double)DAY_MILLISECONDS);
        *kind = XLSX_DURATION;
        days_duration_print((DaysDuration){all / 1000, (int32_t)(all % 1000) * 1000000}, out);
        return true;
    }
    if (!format || format & XLSX_FORMAT_ELAPSED || number < 0 || number > LAST_SERIAL) {
        *kind = XLSX_NUMBER;
        print_plain(number, out);
        return true;
    }
    int64_t all = llround(number * (double)DAY_MILLISECONDS);
    int64_t days = all / DAY_MILLISECONDS, left = all % DAY_MILLISECONDS;
    bool only_time = format & XLSX_FORMAT_TIME && days == 0;
    *kind = only_time ? XLSX_TIME : format & XLSX_FORMAT_TIME ? XLSX_DATE_TIME : XLSX_DATE;
    if (from_1904)
        days += SERIAL_OF_1904;
    else if (days < SERIAL_OF_MARCH_1900)
        days++;
    print_moment(days - SERIAL_OF_1970, left, *kind, out);
    return true;
}
