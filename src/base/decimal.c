// SPDX-License-Identifier: Apache-2.0
// Adding, multiplying, dividing and comparing. Each begins with the inline form in 64 bits, goes on
// in 128 bits while the exact result fits them, and ends in the library.
#include "base/decimal.h"

#include "base/decimal_parts.h"

const int64_t decimal_powers[19] = {1LL,
                                    10LL,
                                    100LL,
                                    1000LL,
                                    10000LL,
                                    100000LL,
                                    1000000LL,
                                    10000000LL,
                                    100000000LL,
                                    1000000000LL,
                                    10000000000LL,
                                    100000000000LL,
                                    1000000000000LL,
                                    10000000000000LL,
                                    100000000000000LL,
                                    1000000000000000LL,
                                    10000000000000000LL,
                                    100000000000000000LL,
                                    1000000000000000000LL};

#define E18 ((Wide)1000000000000000000ULL)
#define SIX(unit) (unit), 10 * (unit), 100 * (unit), 1000 * (unit), 10000 * (unit), 100000 * (unit)
const Wide decimal_wide_powers[WIDE_DIGITS + 1] = {
    SIX((Wide)1), SIX((Wide)1000000), SIX((Wide)1000000000000),
    SIX(E18),     SIX(E18 * 1000000), SIX(E18 * 1000000000000),
    E18 *E18,     10 * E18 *E18,      100 * E18 *E18,
};

int decimal_digits(Wide coefficient)
{
    uint64_t high = (uint64_t)(coefficient >> 64), low = (uint64_t)coefficient;
    if (!coefficient)
        return 0;
    int bits = high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll(low);
    int digits = bits * 1233 >> 12; // log10(2), rounded down
    return digits + (digits > WIDE_DIGITS || coefficient >= decimal_wide_powers[digits]);
}

static bool rounds_up(Wide quotient, Wide rest, Wide unit, bool negative, Rounding rounding)
{
    Wide half = unit / 2;
    if (!rest)
        return false;
    switch (rounding) {
    case ROUND_HALF_EVEN:
        return rest > half || (rest == half && (quotient & 1));
    case ROUND_HALF_UP:
        return rest >= half;
    case ROUND_HALF_DOWN:
        return rest > half;
    case ROUND_UP:
        return true;
    case ROUND_DOWN:
        return false;
    case ROUND_CEILING:
        return !negative;
    case ROUND_FLOOR:
        return negative;
    }
    return false;
}

Wide decimal_drop(Wide coefficient, int64_t drop, bool negative, Rounding rounding)
{
    if (drop <= 0)
        return coefficient;
    if (drop > WIDE_DIGITS) // less than a tenth of the unit, whatever it is
        return rounds_up(0, coefficient != 0, 10, negative, rounding);
    Wide unit = decimal_wide_powers[drop], quotient, rest;
    if (drop <= 18 && !(coefficient >> 64)) {
        quotient = (uint64_t)coefficient / (uint64_t)unit;
        rest = (uint64_t)coefficient % (uint64_t)unit;
    } else {
        quotient = coefficient / unit;
        rest = coefficient - quotient * unit;
    }
    return quotient + rounds_up(quotient, rest, unit, negative, rounding);
}

static Decimal pack(bool negative, Wide coefficient, int exponent)
{
    if (coefficient <= INT64_MAX) {
        int64_t small = (int64_t)coefficient;
        return inline_make(negative ? -small : small, exponent);
    }
    uint64_t high = (uint64_t)(coefficient >> 64) |
                    (uint64_t)(exponent - EXPONENT_LEAST) << COEFFICIENT_BITS |
                    (uint64_t)negative << 63;
    return (Decimal){(uint64_t)coefficient, high ^ TAG};
}

bool decimal_make(bool negative, Wide coefficient, int64_t exponent, Decimal *out)
{
    int64_t drop = decimal_digits(coefficient) - DIGITS;
    if (drop < EXPONENT_LEAST - exponent)
        drop = EXPONENT_LEAST - exponent;
    if (drop > 0) {
        coefficient = decimal_drop(coefficient, drop, negative, ROUND_HALF_EVEN);
        exponent += drop;
        if (coefficient == decimal_wide_powers[DIGITS]) {
            coefficient /= 10;
            exponent++;
        }
    }
    if (exponent > EXPONENT_MOST) {
        int64_t shift = exponent - EXPONENT_MOST;
        if (coefficient && shift + decimal_digits(coefficient) > DIGITS)
            return false;
        if (coefficient)
            coefficient *= decimal_wide_powers[shift];
        exponent = EXPONENT_MOST;
    }
    *out = pack(negative, coefficient, (int)exponent);
    return true;
}

Parts decimal_parts(Decimal value)
{
    if (is_inline(value)) {
        int64_t coefficient = inline_coefficient(value);
        return (Parts){(Wide)(coefficient < 0 ? -coefficient : coefficient), inline_exponent(value),
                       coefficient < 0};
    }
    uint64_t high = value.high ^ TAG;
    uint64_t top = high & ((1ULL << COEFFICIENT_BITS) - 1);
    return (Parts){(Wide)top << 64 | value.low,
                   (int)(high >> COEFFICIENT_BITS & 0x3FFF) + EXPONENT_LEAST, high >> 63 != 0};
}

BID_UINT128 decimal_to_bid(Decimal value)
{
    if (!is_inline(value))
        return (BID_UINT128){{value.low, value.high ^ TAG}};
    Parts parts = decimal_parts(value);
    uint64_t high = (uint64_t)(parts.exponent - EXPONENT_LEAST) << COEFFICIENT_BITS |
                    (uint64_t)parts.negative << 63;
    return (BID_UINT128){{(uint64_t)parts.coefficient, high}};
}

bool decimal_from_bid(BID_UINT128 bid, Decimal *out)
{
    if ((bid.w[1] & TAG) == TAG) // infinities and NaNs; the library's finite results are canonical
        return false;
    Parts parts = decimal_parts((Decimal){bid.w[0], bid.w[1] ^ TAG});
    *out = pack(parts.negative, parts.coefficient, parts.exponent);
    return true;
}

Decimal decimal_from_integer(int64_t integer)
{
    if (integer != INT64_MIN)
        return inline_make(integer, 0);
    return pack(true, (Wide)1 << 63, 0);
}

// Out of range cannot be told by the result: such a call is our own mistake and gives the nearest
// exponent.
Decimal decimal_scaled(int64_t coefficient, int exponent)
{
    if (exponent < EXPONENT_LEAST)
        exponent = EXPONENT_LEAST;
    if (exponent > EXPONENT_MOST)
        exponent = EXPONENT_MOST;
    if (coefficient != INT64_MIN)
        return inline_make(coefficient, exponent);
    return pack(true, (Wide)1 << 63, exponent);
}

static bool make_signed(__int128 coefficient, int exponent, Decimal *out)
{
    bool negative = coefficient < 0;
    return decimal_make(negative, negative ? -(Wide)coefficient : (Wide)coefficient, exponent, out);
}

static __attribute__((noinline)) bool add_wide(Decimal a, Decimal b, Decimal *out)
{
    if (both_inline(a, b)) {
        int difference = inline_exponent(a) - inline_exponent(b);
        Decimal low = difference < 0 ? a : b, high = difference < 0 ? b : a;
        if (difference < 0)
            difference = -difference;
        if (difference <= 18) {
            __int128 sum = (__int128)inline_coefficient(high) * decimal_powers[difference];
            return make_signed(sum + inline_coefficient(low), inline_exponent(low), out);
        }
    }
    unsigned flags = 0;
    return decimal_from_bid(
        bid128_add(decimal_to_bid(a), decimal_to_bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool decimal_add(Decimal a, Decimal b, Decimal *out)
{
    int64_t sum, raised;
    if (both_inline(a, b)) {
        int exponent = inline_exponent(a), difference = exponent - inline_exponent(b);
        int64_t left = inline_coefficient(a), right = inline_coefficient(b);
        if (difference > 0 && difference <= 18) {
            if (__builtin_mul_overflow(left, decimal_powers[difference], &raised))
                return add_wide(a, b, out);
            left = raised;
            exponent -= difference;
        } else if (difference < 0 && difference >= -18) {
            if (__builtin_mul_overflow(right, decimal_powers[-difference], &raised))
                return add_wide(a, b, out);
            right = raised;
        } else if (difference) {
            return add_wide(a, b, out);
        }
        if (!__builtin_add_overflow(left, right, &sum) && sum != INT64_MIN) {
            *out = inline_make(sum, exponent);
            return true;
        }
    }
    return add_wide(a, b, out);
}

Decimal decimal_negate(Decimal value)
{
    if (is_inline(value))
        return inline_make(-inline_coefficient(value), inline_exponent(value));
    return (Decimal){value.low, value.high ^ 1ULL << 63};
}

Decimal decimal_absolute(Decimal value)
{
    return decimal_is_negative(value) ? decimal_negate(value) : value;
}

bool decimal_subtract(Decimal a, Decimal b, Decimal *out)
{
    return decimal_add(a, decimal_negate(b), out);
}

static __attribute__((noinline)) bool multiply_wide(Decimal a, Decimal b, Decimal *out)
{
    if (both_inline(a, b))
        return make_signed((__int128)inline_coefficient(a) * inline_coefficient(b),
                           inline_exponent(a) + inline_exponent(b), out);
    unsigned flags = 0;
    return decimal_from_bid(
        bid128_mul(decimal_to_bid(a), decimal_to_bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool decimal_multiply(Decimal a, Decimal b, Decimal *out)
{
    int64_t product;
    if (both_inline(a, b) &&
        !__builtin_mul_overflow(inline_coefficient(a), inline_coefficient(b), &product) &&
        product != INT64_MIN) {
        int exponent = inline_exponent(a) + inline_exponent(b);
        if (exponent >= EXPONENT_LEAST && exponent <= EXPONENT_MOST) {
            *out = inline_make(product, exponent);
            return true;
        }
    }
    return multiply_wide(a, b, out);
}

// The quotient of inline values when it ends and fits 64 bits: it ends when the divisor without its
// twos and fives divides the dividend. Long division then stops at the exponent nearest to the
// difference of the exponents, as it must (General Decimal Arithmetic, divide).
static bool divide_exact(Decimal a, Decimal b, Decimal *out)
{
    int64_t dividend = inline_coefficient(a), divisor = inline_coefficient(b);
    int exponent = inline_exponent(a) - inline_exponent(b);
    int64_t quotient = dividend / divisor, rest = dividend % divisor;
    if (!rest)
        return make_signed(quotient, exponent, out);
    if (divisor > INT64_MAX / 10 || divisor < -INT64_MAX / 10)
        return false;
    int64_t core = divisor >> __builtin_ctzll((uint64_t)divisor);
    while (core % 5 == 0)
        core /= 5;
    if (dividend % core)
        return false;
    for (; rest; exponent--) {
        rest *= 10;
        if (__builtin_mul_overflow(quotient, 10, &quotient) ||
            __builtin_add_overflow(quotient, rest / divisor, &quotient))
            return false;
        rest %= divisor;
    }
    return make_signed(quotient, exponent, out);
}

bool decimal_divide(Decimal a, Decimal b, Decimal *out)
{
    if (decimal_is_zero(b))
        return false;
    if (both_inline(a, b) && divide_exact(a, b, out))
        return true;
    unsigned flags = 0;
    return decimal_from_bid(
        bid128_div(decimal_to_bid(a), decimal_to_bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

static __attribute__((noinline)) int compare_wide(Decimal a, Decimal b)
{
    unsigned flags = 0;
    BID_UINT128 left = decimal_to_bid(a), right = decimal_to_bid(b);
    if (bid128_quiet_less(left, right, &flags))
        return -1;
    return bid128_quiet_greater(left, right, &flags);
}

int decimal_compare(Decimal a, Decimal b)
{
    if (!both_inline(a, b))
        return compare_wide(a, b);
    int64_t left = inline_coefficient(a), right = inline_coefficient(b);
    int difference = inline_exponent(a) - inline_exponent(b);
    if (!difference)
        return (left > right) - (left < right);
    __int128 wide_left = left, wide_right = right;
    if (difference > 0 && difference <= 18)
        wide_left *= decimal_powers[difference];
    else if (difference < 0 && difference >= -18)
        wide_right *= decimal_powers[-difference];
    else
        return compare_wide(a, b);
    return (wide_left > wide_right) - (wide_left < wide_right);
}

bool decimal_is_zero(Decimal value)
{
    return is_inline(value) && !value.low;
}

bool decimal_is_negative(Decimal value)
{
    return is_inline(value) ? inline_coefficient(value) < 0 : value.high >> 63 != 0;
}
