// SPDX-License-Identifier: Apache-2.0
// Decimals: two numbers, one a line, through every operation; then a third line chooses places.
#include "base/decimal.h"
#include "fuzz.h"

#include <string.h>

static Decimal printed_same(Decimal value)
{
    char text[DECIMAL_TEXT_SIZE], again_text[DECIMAL_TEXT_SIZE];
    Decimal again;
    size_t length = decimal_print(value, text);
    FUZZ_HOLDS(length < sizeof text && strlen(text) == length);
    FUZZ_HOLDS(decimal_parse(text, length, &again));
    FUZZ_HOLDS(decimal_compare(value, again) == 0);
    decimal_print(again, again_text);
    FUZZ_HOLDS(strcmp(text, again_text) == 0);
    return value;
}

static void two(Decimal a, Decimal b)
{
    Decimal out, back;
    FUZZ_HOLDS(decimal_compare(a, b) == -decimal_compare(b, a));
    if (decimal_add(a, b, &out)) {
        FUZZ_HOLDS(decimal_add(b, a, &back) && decimal_compare(out, back) == 0);
        printed_same(out);
    }
    if (decimal_subtract(a, b, &out))
        printed_same(out);
    if (decimal_multiply(a, b, &out)) {
        FUZZ_HOLDS(decimal_multiply(b, a, &back) && decimal_compare(out, back) == 0);
        printed_same(out);
    }
    if (decimal_divide(a, b, &out)) {
        FUZZ_HOLDS(!decimal_is_zero(b));
        printed_same(out);
    }
    if (decimal_power(a, b, &out))
        printed_same(out);
}

static void one(Decimal a, int places)
{
    Decimal out;
    int64_t integer;
    FUZZ_HOLDS(decimal_compare(decimal_normalize(a), a) == 0);
    FUZZ_HOLDS(decimal_compare(decimal_negate(decimal_negate(a)), a) == 0);
    FUZZ_HOLDS(!decimal_is_negative(decimal_absolute(a)));
    printed_same(decimal_normalize(a));
    for (Rounding rounding = ROUND_HALF_EVEN; rounding <= ROUND_FLOOR; rounding++)
        if (decimal_round(a, places, rounding, &out))
            printed_same(out);
    if (decimal_square_root(a, &out))
        printed_same(out);
    if (decimal_exp(a, &out))
        printed_same(out);
    if (decimal_log(a, &out))
        printed_same(out);
    if (decimal_to_integer(a, &integer)) {
        FUZZ_HOLDS(decimal_is_integer(a));
        FUZZ_HOLDS(decimal_compare(decimal_from_integer(integer), a) == 0);
    }
    if (decimal_to_scaled(a, places, &integer) && places >= 0)
        FUZZ_HOLDS(decimal_compare(decimal_scaled(integer, -places), a) == 0);
    decimal_to_double(a);
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    const char *first = fuzz_line(cx, &in), *second = fuzz_line(cx, &in);
    Decimal a, b;
    if (!decimal_parse(first, strlen(first), &a))
        return;
    one(printed_same(a), (int)fuzz_byte(&in) - 128);
    if (decimal_parse(second, strlen(second), &b))
        two(a, printed_same(b));
}

static const char *const seeds[] = {
    "1234.50\n0.07\n\x82",
    "-1e-6176\n9.999999999999999999999999999999999e6144\nz",
    "18446744073709551615\n-3\n\x80",
    "0\n-0.000\n\x90",
    "2\n0.5\n\x84",
    "9223372036854775807\n1e19\n\x81",
    NULL,
};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds};
