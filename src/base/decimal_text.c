// SPDX-License-Identifier: Apache-2.0
// Decimals from text and to text, exact both ways.
#include "base/decimal.h"

#include "base/decimal_parts.h"

#include <string.h>

// The digits of one number while they are read: all before the 39th, then only whether something
// other than zeros came.
typedef struct Digits {
    Wide coefficient;
    int significant;
    int64_t exponent; // of the last digit held
    bool lost;
} Digits;

static inline bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static const char *read_digits(const char *at, const char *end, bool fraction, Digits *digits)
{
    uint64_t small = (uint64_t)digits->coefficient;
    // Up to 18 digits fit 64 bits: nearly every number ends here.
    for (; at < end && is_digit(*at) && digits->significant < 18; at++) {
        small = small * 10 + (uint64_t)(*at - '0');
        digits->significant += small != 0;
        digits->exponent -= fraction;
    }
    if (digits->significant < 18 || at == end || !is_digit(*at)) {
        if (digits->significant <= 18)
            digits->coefficient = small;
        return at;
    }
    if (digits->significant == 18)
        digits->coefficient = small;
    for (; at < end && is_digit(*at); at++) {
        if (digits->significant < WIDE_DIGITS) {
            digits->coefficient = digits->coefficient * 10 + (unsigned)(*at - '0');
            digits->significant++;
            digits->exponent -= fraction;
        } else {
            digits->lost |= *at != '0';
            digits->exponent += !fraction;
        }
    }
    return at;
}

static const char *read_exponent(const char *at, const char *end, int64_t *exponent)
{
    bool negative = false;
    int64_t written = 0;
    at++;
    if (at < end && (*at == '+' || *at == '-'))
        negative = *at++ == '-';
    if (at == end || !is_digit(*at))
        return NULL;
    for (; at < end && is_digit(*at); at++)
        if (written < 1000000000000)
            written = written * 10 + (*at - '0');
    *exponent += negative ? -written : written;
    return at;
}

bool decimal_parse(const char *text, size_t length, Decimal *out)
{
    const char *at = text, *end = text + length;
    bool negative = false;
    Digits digits = {0};
    if (at < end && (*at == '-' || *at == '+'))
        negative = *at++ == '-';
    const char *whole = at;
    at = read_digits(at, end, false, &digits);
    bool has_whole = at > whole;
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        at = read_digits(at, end, true, &digits);
        if (at == fraction)
            return false;
    } else if (!has_whole) {
        return false;
    }
    if (at < end && (*at == 'e' || *at == 'E') && !(at = read_exponent(at, end, &digits.exponent)))
        return false;
    if (at != end)
        return false;
    if (digits.significant <= 18 && digits.exponent >= EXPONENT_LEAST &&
        digits.exponent <= EXPONENT_MOST) {
        int64_t small = (int64_t)digits.coefficient;
        *out = inline_make(negative ? -small : small, (int)digits.exponent);
        return true;
    }
    // Lost digits can only break a tie: one more at the end of 38 digits does the same.
    if (digits.lost && digits.coefficient % 5 == 0)
        digits.coefficient++;
    return decimal_make(negative, digits.coefficient, digits.exponent, out);
}

// The digits of the coefficient, at least one, without NUL; returns how many.
static int write_digits(Wide coefficient, char out[static WIDE_DIGITS + 2])
{
    char reversed[WIDE_DIGITS + 2];
    int count = 0;
    while (coefficient >> 64) {
        uint64_t part = (uint64_t)(coefficient % 1000000000);
        coefficient /= 1000000000;
        for (int i = 0; i < 9; i++, part /= 10)
            reversed[count++] = (char)('0' + part % 10);
    }
    uint64_t small = (uint64_t)coefficient;
    do {
        reversed[count++] = (char)('0' + small % 10);
        small /= 10;
    } while (small);
    for (int i = 0; i < count; i++)
        out[i] = reversed[count - 1 - i];
    return count;
}

static char *put(char *at, const char *bytes, int length)
{
    memcpy(at, bytes, (size_t)length);
    return at + length;
}

static char *put_zeros(char *at, int count)
{
    memset(at, '0', (size_t)count);
    return at + count;
}

static char *put_scientific(char *at, const char *digits, int count, int exponent)
{
    *at++ = digits[0];
    if (count > 1) {
        *at++ = '.';
        at = put(at, digits + 1, count - 1);
    }
    int adjusted = exponent + count - 1;
    *at++ = 'E';
    *at++ = adjusted < 0 ? '-' : '+';
    char written[WIDE_DIGITS + 2];
    int length = write_digits((Wide)(adjusted < 0 ? -adjusted : adjusted), written);
    return put(at, written, length);
}

#define PLAIN_MOST 40 // digits with their zeros, beyond which a number is written with an exponent

size_t decimal_print(Decimal value, char out[static DECIMAL_TEXT_SIZE])
{
    Parts parts = decimal_parts(value);
    char digits[WIDE_DIGITS + 2], *at = out;
    int count = write_digits(parts.coefficient, digits), exponent = parts.exponent;
    if (!parts.coefficient && exponent > 0)
        exponent = 0; // 0E+3 is 0
    if (parts.negative)
        *at++ = '-';
    if (exponent >= 0 && count + exponent <= PLAIN_MOST) {
        at = put_zeros(put(at, digits, count), exponent);
    } else if (exponent < 0 && count > -exponent) {
        at = put(at, digits, count + exponent);
        *at++ = '.';
        at = put(at, digits + count + exponent, -exponent);
    } else if (exponent < 0 && -exponent < PLAIN_MOST) {
        at = put(at, "0.", 2);
        at = put(put_zeros(at, -exponent - count), digits, count);
    } else {
        at = put_scientific(at, digits, count, exponent);
    }
    *at = '\0';
    return (size_t)(at - out);
}
