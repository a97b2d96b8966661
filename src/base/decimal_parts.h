// SPDX-License-Identifier: Apache-2.0
// How a Decimal is held; for the decimal_*.c files alone.
//
//   inline  high: bits 62 and 61 are 00, bits 15..0 the exponent (two's complement)
//           low:  the coefficient (two's complement, never INT64_MIN)
//   wide    high ^ TAG and low are a BID128 (IEEE 754-2008, 3.5.2, binary encoding)
//
// A finite BID128 of at most 34 digits never has 11 in bits 62 and 61, so under TAG it never has
// 00: the two forms cannot be confused and zeroed memory is inline 0. A value is wide only when its
// coefficient does not fit; each value with its exponent therefore has one form, and there is no
// negative zero. Exponents are those of decimal128: -6176 to 6111.
#ifndef MILLRACE_BASE_DECIMAL_PARTS_H
#define MILLRACE_BASE_DECIMAL_PARTS_H

#include "base/decimal.h"

// The variant of the library that takes and gives values, rounding and flags by parameters: it has
// no state, so threads do not meet in it.
#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>

#include <bid_functions.h>

typedef unsigned __int128 Wide;

#define TAG (3ULL << 61)
#define DIGITS 34
#define EXPONENT_LEAST (-6176)
#define EXPONENT_MOST 6111
#define COEFFICIENT_BITS 49 // of the high word of a BID128
#define WIDE_DIGITS 38      // all numbers of so many digits fit a Wide

typedef struct Parts {
    Wide coefficient;
    int exponent;
    bool negative;
} Parts;

extern const int64_t decimal_powers[19];                // 10^0 to 10^18
extern const Wide decimal_wide_powers[WIDE_DIGITS + 1]; // 10^0 to 10^38

static inline bool is_inline(Decimal value)
{
    return !(value.high & TAG);
}

static inline bool both_inline(Decimal a, Decimal b)
{
    return !((a.high & TAG) | (b.high & TAG));
}

static inline int64_t inline_coefficient(Decimal value)
{
    return (int64_t)value.low;
}

static inline int inline_exponent(Decimal value)
{
    return (int16_t)value.high;
}

// The coefficient is not INT64_MIN and the exponent is in range.
static inline Decimal inline_make(int64_t coefficient, int exponent)
{
    return (Decimal){(uint64_t)coefficient, (uint16_t)exponent};
}

Parts decimal_parts(Decimal value);
// Rounds half-even to 34 digits and to the exponents there are; false when it is too large.
bool decimal_make(bool negative, Wide coefficient, int64_t exponent, Decimal *out);
int decimal_digits(Wide coefficient); // 0 has none
BID_UINT128 decimal_to_bid(Decimal value);
bool decimal_from_bid(BID_UINT128 bid, Decimal *out); // false for what is not finite
// coefficient / 10^drop, rounded.
Wide decimal_drop(Wide coefficient, int64_t drop, bool negative, Rounding rounding);

#endif
