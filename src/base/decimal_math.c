// SPDX-License-Identifier: Apache-2.0
// Powers, roots, exponentials and logarithms.
#include "base/decimal.h"

#include "base/decimal_parts.h"

// base^exponent for exponent > 0 by squaring (Knuth, volume 2, 4.6.3). Each product rounds
// half-even to 34 digits, so the result is exact whenever it fits.
static bool power_positive(Decimal base, uint64_t exponent, Decimal *out)
{
    Decimal result = decimal_from_integer(1);
    for (;;) {
        if ((exponent & 1) && !decimal_multiply(result, base, &result))
            return false;
        exponent >>= 1;
        if (!exponent)
            break;
        if (!decimal_multiply(base, base, &base))
            return false;
    }
    *out = result;
    return true;
}

bool decimal_power(Decimal base, Decimal exponent, Decimal *out)
{
    int64_t integer;
    Decimal one = decimal_from_integer(1), power;
    if (!decimal_to_integer(exponent, &integer)) {
        if (decimal_compare(exponent, decimal_scaled(5, -1)) == 0)
            return decimal_square_root(base, out); // correctly rounded, as pow is not
        if (decimal_is_zero(base))
            return !decimal_is_negative(exponent) && (*out = base, true);
        unsigned flags = 0;
        return decimal_from_bid(bid128_pow(decimal_to_bid(base), decimal_to_bid(exponent),
                                           BID_ROUNDING_TO_NEAREST, &flags),
                                out);
    }
    if (integer == 0) {
        *out = one;
        return true;
    }
    if (integer > 0)
        return power_positive(base, (uint64_t)integer, out);
    if (power_positive(base, -(uint64_t)integer, &power))
        return decimal_divide(one, power, out);
    // base^n is too large, so 1 / base^n is nearly nothing: it may still be held.
    return decimal_divide(one, base, &power) && power_positive(power, -(uint64_t)integer, out);
}

bool decimal_modulo(Decimal a, Decimal b, Decimal *out)
{
    unsigned flags = 0;
    Decimal rest;
    // Exact: the remainder has the digits of neither more than b nor finer ones than both.
    if (decimal_is_zero(b) ||
        !decimal_from_bid(bid128_fmod(decimal_to_bid(a), decimal_to_bid(b), &flags), &rest))
        return false;
    if (!decimal_is_zero(rest) && decimal_is_negative(rest) != decimal_is_negative(b))
        return decimal_add(rest, b, out);
    *out = rest;
    return true;
}

bool decimal_square_root(Decimal value, Decimal *out)
{
    unsigned flags = 0;
    return decimal_from_bid(bid128_sqrt(decimal_to_bid(value), BID_ROUNDING_TO_NEAREST, &flags),
                            out);
}

bool decimal_exp(Decimal value, Decimal *out)
{
    unsigned flags = 0;
    return decimal_from_bid(bid128_exp(decimal_to_bid(value), BID_ROUNDING_TO_NEAREST, &flags),
                            out);
}

bool decimal_log(Decimal value, Decimal *out)
{
    unsigned flags = 0;
    return decimal_from_bid(bid128_log(decimal_to_bid(value), BID_ROUNDING_TO_NEAREST, &flags),
                            out);
}
