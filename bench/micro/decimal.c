// SPDX-License-Identifier: Apache-2.0
// Amounts as a business has them stay inline; with 25 digits the Intel library calculates.
#include "micro.h"

#include "base/decimal.h"

#include <string.h>

typedef bool (*Operation)(Decimal a, Decimal b, Decimal *out);

static FALLIBLE repeat(Ctx *cx, int64_t rounds, Operation operation, const char *left,
                       const char *right)
{
    Decimal a, b, out;
    if (!decimal_parse(left, strlen(left), &a) || !decimal_parse(right, strlen(right), &b))
        return FAIL(cx, ERR_INTERNAL, "%s or %s is no number", left, right);
    for (int64_t i = 0; i < rounds; i++) {
        MICRO_KEEP(a);
        MICRO_KEEP(b);
        if (!operation(a, b, &out))
            return FAIL(cx, ERR_INTERNAL, "%s and %s have no result", left, right);
        MICRO_KEEP(out);
    }
    return NULL;
}

MICRO(add_short, "decimal-add")
{
    return repeat(cx, rounds, decimal_add, "1234.50", "99.95");
}

MICRO(add_long, "decimal-add-long")
{
    return repeat(cx, rounds, decimal_add, "1234567890123456789012.345", "98765432109876.54321");
}

MICRO(multiply_short, "decimal-multiply")
{
    return repeat(cx, rounds, decimal_multiply, "1234.50", "0.19");
}

MICRO(multiply_long, "decimal-multiply-long")
{
    return repeat(cx, rounds, decimal_multiply, "1234567890123456789012.345", "1.1902");
}

MICRO(divide_short, "decimal-divide")
{
    return repeat(cx, rounds, decimal_divide, "1234.50", "7");
}

MICRO(print_short, "decimal-print")
{
    char out[DECIMAL_TEXT_SIZE];
    Decimal value = decimal_scaled(123450, -2);
    for (int64_t i = 0; i < rounds; i++) {
        MICRO_KEEP(value);
        size_t length = decimal_print(value, out);
        MICRO_KEEP(length);
    }
    return NULL;
}
