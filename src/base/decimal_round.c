// SPDX-License-Identifier: Apache-2.0
// Rounding, scale, and ways out to integers and doubles.
#include "base/decimal.h"

#include "base/decimal_parts.h"

bool decimal_round(Decimal value, int places, Rounding rounding, Decimal *out)
{
    if (places < -EXPONENT_MOST || places > -EXPONENT_LEAST)
        return false;
    Parts parts = decimal_parts(value);
    int64_t drop = -(int64_t)places - parts.exponent;
    Wide coefficient = parts.coefficient;
    if (drop > 0) {
        coefficient = decimal_drop(coefficient, drop, parts.negative, rounding);
    } else if (drop < 0 && coefficient) {
        if (-drop + decimal_digits(coefficient) > DIGITS)
            return false;
        coefficient *= decimal_wide_powers[-drop];
    }
    // Rounding 34 nines up would need a 35th digit; decimal_make would change the places.
    if (decimal_digits(coefficient) > DIGITS)
        return false;
    return decimal_make(parts.negative, coefficient, -places, out);
}

// Takes `most` or fewer trailing zeros away; returns how many.
static int strip_zeros(Wide *coefficient, int most)
{
    int stripped = 0;
    while (stripped < most && *coefficient >> 64 && *coefficient % 10 == 0) {
        *coefficient /= 10;
        stripped++;
    }
    if (*coefficient >> 64)
        return stripped;
    uint64_t small = (uint64_t)*coefficient;
    while (stripped < most && small % 10 == 0) {
        small /= 10;
        stripped++;
    }
    *coefficient = small;
    return stripped;
}

Decimal decimal_normalize(Decimal value)
{
    Parts parts = decimal_parts(value);
    if (parts.exponent >= 0)
        return value;
    if (!parts.coefficient)
        return (Decimal){0};
    parts.exponent += strip_zeros(&parts.coefficient, -parts.exponent);
    Decimal normal = value;
    // Fewer digits at a larger exponent below zero always fit.
    (void)decimal_make(parts.negative, parts.coefficient, parts.exponent, &normal);
    return normal;
}

bool decimal_is_integer(Decimal value)
{
    Parts parts = decimal_parts(value);
    if (parts.exponent >= 0 || !parts.coefficient)
        return true;
    return parts.exponent >= -DIGITS &&
           parts.coefficient % decimal_wide_powers[-parts.exponent] == 0;
}

bool decimal_to_scaled(Decimal value, int scale, int64_t *out)
{
    Parts parts = decimal_parts(value);
    int64_t exponent = (int64_t)parts.exponent + scale;
    Wide coefficient = parts.coefficient;
    if (!coefficient) {
        *out = 0;
        return true;
    }
    if (exponent < 0) {
        if (exponent < -DIGITS || coefficient % decimal_wide_powers[-exponent])
            return false;
        coefficient /= decimal_wide_powers[-exponent];
    } else if (exponent > 0) {
        if (exponent > 19 || coefficient >> 64)
            return false;
        coefficient *= decimal_wide_powers[exponent];
    }
    if (coefficient > (Wide)INT64_MAX + parts.negative)
        return false;
    *out = parts.negative ? (int64_t) - (uint64_t)coefficient : (int64_t)coefficient;
    return true;
}

bool decimal_to_integer(Decimal value, int64_t *out)
{
    return decimal_to_scaled(value, 0, out);
}

double decimal_to_double(Decimal value)
{
    // Both operands are exact doubles, so one operation rounds once and right (Clinger 1990).
    if (is_inline(value) && inline_exponent(value) <= 0 && inline_exponent(value) >= -18) {
        int64_t coefficient = inline_coefficient(value);
        if (coefficient > -(1LL << 53) && coefficient < 1LL << 53)
            return (double)coefficient / (double)decimal_powers[-inline_exponent(value)];
    }
    unsigned flags = 0;
    return bid128_to_binary64(decimal_to_bid(value), BID_ROUNDING_TO_NEAREST, &flags);
}
