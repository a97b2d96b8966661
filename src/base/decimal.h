// SPDX-License-Identifier: Apache-2.0
// Decimal: an exact 16-byte decimal of up to 34 digits (IEEE 754-2008 decimal128, half-even).
//
// A value whose coefficient fits 64 bits is held inline (coefficient and exponent) and calculated
// without the library; beyond that the same 16 bytes hold a BID128 of the Intel decimal library.
// Zeroed memory is 0. There is no NaN and no infinity: an operation that has no finite result
// returns false.
#ifndef MILLRACE_BASE_DECIMAL_H
#define MILLRACE_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Decimal {
    uint64_t low;
    uint64_t high;
} Decimal;

#define DECIMAL_TEXT_SIZE 48 // room for the longest decimal_print, with its NUL

typedef enum Rounding {
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,   // away from zero on a tie
    ROUND_HALF_DOWN, // towards zero on a tie
    ROUND_UP,        // away from zero
    ROUND_DOWN,      // towards zero
    ROUND_CEILING,
    ROUND_FLOOR,
} Rounding;

Decimal decimal_from_integer(int64_t integer);
Decimal decimal_scaled(int64_t coefficient, int exponent); // coefficient * 10^exponent

// Digits with optional sign, point and exponent (JSON and FEEL literals alike). False when it is
// not a number of that form or is out of range. More than 34 digits round half-even.
bool decimal_parse(const char *text, size_t length, Decimal *out);

// Plain notation where it is short ("1234.50" keeps its scale), scientific beyond; returns the
// length.
size_t decimal_print(Decimal value, char out[static DECIMAL_TEXT_SIZE]);

bool decimal_add(Decimal a, Decimal b, Decimal *out);
bool decimal_subtract(Decimal a, Decimal b, Decimal *out);
bool decimal_multiply(Decimal a, Decimal b, Decimal *out);
bool decimal_divide(Decimal a, Decimal b, Decimal *out); // false for b = 0
// a - b * floor(a / b): the sign of b, however many digits the quotient has; rounded once, where
// the result needs more than 34 digits. False for b = 0.
bool decimal_modulo(Decimal a, Decimal b, Decimal *out);
bool decimal_power(Decimal base, Decimal exponent,
                   Decimal *out); // integer powers by multiplication
bool decimal_square_root(Decimal value, Decimal *out);
bool decimal_exp(Decimal value, Decimal *out);
bool decimal_log(Decimal value, Decimal *out); // natural; false for value <= 0
Decimal decimal_negate(Decimal value);
Decimal decimal_absolute(Decimal value);

int decimal_compare(Decimal a, Decimal b); // <0, 0, >0; 1.0 equals 1.00
bool decimal_is_zero(Decimal value);
bool decimal_is_negative(Decimal value);
bool decimal_is_integer(Decimal value);

// Rounded to `places` digits after the point (negative: before it). False when not representable.
bool decimal_round(Decimal value, int places, Rounding rounding, Decimal *out);

// Without trailing zeros after the point: 1.50 -> 1.5.
Decimal decimal_normalize(Decimal value);

// The integer value; false when it has a fraction or does not fit.
bool decimal_to_integer(Decimal value, int64_t *out);

// value * 10^scale as an integer, as columns hold money; false when digits would be lost or it does
// not fit.
bool decimal_to_scaled(Decimal value, int scale, int64_t *out);

double decimal_to_double(Decimal value); // for charts and statistics only, never for money

#endif
