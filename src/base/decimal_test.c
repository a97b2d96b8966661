// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.h"

#include "base/test.h"

#include <string.h>

static Decimal number(const char *text)
{
    Decimal value;
    test_check(decimal_parse(text, strlen(text), &value), text, __FILE__, __LINE__);
    return value;
}

static const char *shown(Ctx *cx, Decimal value)
{
    char text[DECIMAL_TEXT_SIZE];
    size_t length = decimal_print(value, text);
    CHECK_INT((long long)length, (long long)strlen(text));
    return text_copy(cx->arena, text);
}

typedef bool (*Operation)(Decimal a, Decimal b, Decimal *out);

static const char *calculated(Ctx *cx, Operation operation, const char *a, const char *b)
{
    Decimal result;
    return operation(number(a), number(b), &result) ? shown(cx, result) : "none";
}

TEST(zeroed_memory_is_the_number_0)
{
    Decimal zero = {0};
    CHECK_TEXT(shown(cx, zero), "0");
    CHECK(decimal_is_zero(zero));
    CHECK_INT(decimal_compare(zero, number("-0.00")), 0);
}

TEST(numbers_are_read_and_written_exactly)
{
    static const char *const same[] = {
        "0",
        "-1",
        "1234.50",
        "0.00",
        "0.1",
        "-0.0000001",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "999999999999999999",
        "1000000000000000000",
        "123456789012345678901234567890.1234",
        "-9999999999999999999999999999999999",
        "0.1234567890123456789012345678901234",
        "0.00000000000000000000000000000000000001",
        "1.5E+6000",
        "9.999999999999999999999999999999999E+6144",
        "1E-6176",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        CHECK_TEXT(shown(cx, number(same[i])), same[i]);
}

TEST(numbers_are_read_in_all_their_spellings)
{
    static const char *const pairs[][2] = {
        {"+5", "5"},
        {"007", "7"},
        {".5", "0.5"},
        {"-.5", "-0.5"},
        {"1e3", "1000"},
        {"1.50E+1", "15.0"},
        {"12E-1", "1.2"},
        {"-0", "0"},
        {"0e9999999999999999", "0"},
        {"0.000000000000000000000000000000", "0.000000000000000000000000000000"},
        // 35 digits and more round half-even, and lost digits break the tie.
        {"12345678901234567890123456789012345", "12345678901234567890123456789012340"},
        {"12345678901234567890123456789012355", "12345678901234567890123456789012360"},
        {"123456789012345678901234567890123450000000000001",
         "1.234567890123456789012345678901235E+47"},
        {"99999999999999999999999999999999999", "1.000000000000000000000000000000000E+35"},
        {"1e-7000", "0E-6176"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK_INT(decimal_compare(number(pairs[i][0]), number(pairs[i][1])), 0);
    for (size_t i = 0; i < 7; i++)
        CHECK_TEXT(shown(cx, number(pairs[i][0])), pairs[i][1]);
    CHECK_TEXT(shown(cx, number(pairs[12][0])), pairs[12][1]);
    CHECK_TEXT(shown(cx, number(pairs[14][0])), pairs[14][1]);
}

TEST(what_is_no_number_is_refused)
{
    static const char *const bad[] = {"",    "-",        "+",      ".",     "1.",    "e5",  "1e",
                                      "1e+", "1 ",       " 1",     "1..2",  "1.2.3", "--1", "0x10",
                                      "NaN", "Infinity", "1e9999", "1_000", "1e6145"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Decimal value = decimal_from_integer(42);
        CHECK(!decimal_parse(bad[i], strlen(bad[i]), &value));
        CHECK_INT(decimal_compare(value, decimal_from_integer(42)), 0);
    }
    Decimal one;
    CHECK(decimal_parse("12", 1, &one));
    CHECK_TEXT(shown(cx, one), "1");
}

TEST(sums_and_products_keep_the_scale)
{
    CHECK_TEXT(calculated(cx, decimal_add, "1.50", "1.5"), "3.00");
    CHECK_TEXT(calculated(cx, decimal_subtract, "1.3", "1.30"), "0.00");
    CHECK_TEXT(calculated(cx, decimal_multiply, "1.20", "1.0"), "1.200");
    CHECK_TEXT(calculated(cx, decimal_multiply, "0.1", "0.1"), "0.01");
    CHECK_TEXT(calculated(cx, decimal_add, "0.1", "0.2"), "0.3");
}

TEST(results_beyond_64_bits_stay_exact)
{
    CHECK_TEXT(calculated(cx, decimal_add, "9223372036854775807", "1"), "9223372036854775808");
    CHECK_TEXT(calculated(cx, decimal_subtract, "-9223372036854775807", "1"),
               "-9223372036854775808");
    CHECK_TEXT(calculated(cx, decimal_subtract, "9223372036854775808", "1"), "9223372036854775807");
    CHECK_TEXT(calculated(cx, decimal_multiply, "9223372036854775807", "-9223372036854775807"),
               "-85070591730234615847396907784232500000"); // rounded to 34 digits
    CHECK_TEXT(calculated(cx, decimal_multiply, "99999999999999999", "99999999999999999"),
               "9999999999999999800000000000000001");
    CHECK_TEXT(calculated(cx, decimal_add, "1000000000000000000", "0.000000000000001"),
               "1000000000000000000.000000000000001");
    CHECK_TEXT(calculated(cx, decimal_add, "1E+30", "1"), "1000000000000000000000000000001");
    CHECK_TEXT(calculated(cx, decimal_multiply, "2E-3000", "3E-3000"), "6E-6000");
}

TEST(quotients_are_exact_where_they_can_be)
{
    CHECK_TEXT(calculated(cx, decimal_divide, "1", "3"), "0.3333333333333333333333333333333333");
    CHECK_TEXT(calculated(cx, decimal_divide, "2", "3"), "0.6666666666666666666666666666666667");
    CHECK_TEXT(calculated(cx, decimal_divide, "10", "4"), "2.5");
    CHECK_TEXT(calculated(cx, decimal_divide, "1.00", "1"), "1.00");
    CHECK_TEXT(calculated(cx, decimal_divide, "1", "8"), "0.125");
    CHECK_TEXT(calculated(cx, decimal_divide, "2400", "2.0"), "1200");
    CHECK_TEXT(calculated(cx, decimal_divide, "-1234.50", "400"), "-3.08625");
    CHECK_TEXT(calculated(cx, decimal_divide, "3", "-9600"), "-0.0003125");
    CHECK_TEXT(calculated(cx, decimal_divide, "9223372036854775807", "1024"),
               "9007199254740991.9990234375");
    CHECK_TEXT(calculated(cx, decimal_divide, "1", "9223372036854775807"),
               "1.084202172485504434125002235952170E-19");
    CHECK_TEXT(calculated(cx, decimal_divide, "0", "7"), "0");
    CHECK_TEXT(calculated(cx, decimal_divide, "1", "0"), "none");
    CHECK_TEXT(calculated(cx, decimal_divide, "0", "0.00"), "none");
    CHECK_TEXT(calculated(cx, decimal_divide, "-9223372036854775807", "-1"), "9223372036854775807");
}

TEST(a_result_without_a_finite_value_is_none)
{
    CHECK_TEXT(calculated(cx, decimal_multiply, "1E+6000", "1E+6000"), "none");
    CHECK_TEXT(calculated(cx, decimal_add, "9.999999999999999999999999999999999E+6144",
                          "9.999999999999999999999999999999999E+6144"),
               "none");
    Decimal value = decimal_from_integer(7);
    CHECK(!decimal_square_root(number("-1"), &value));
    CHECK(!decimal_log(number("0"), &value));
    CHECK(!decimal_log(number("-2"), &value));
    CHECK(!decimal_exp(number("1000000"), &value));
    CHECK_TEXT(shown(cx, value), "7");
}

TEST(numbers_compare_by_value_over_scales_and_sizes)
{
    static const char *const ascending[] = {"-1E+6000",
                                            "-12345678901234567890123",
                                            "-2",
                                            "-1.9999",
                                            "-1E-40",
                                            "0",
                                            "1E-6000",
                                            "0.1",
                                            "0.11",
                                            "1",
                                            "1.01",
                                            "10",
                                            "1E+2",
                                            "9223372036854775807",
                                            "9223372036854775808",
                                            "1E+30",
                                            "1E+6000"};
    size_t count = sizeof ascending / sizeof *ascending;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            int order = decimal_compare(number(ascending[i]), number(ascending[j]));
            CHECK_INT((order > 0) - (order < 0), (i > j) - (i < j));
        }
    CHECK_INT(decimal_compare(number("1.0"), number("1.00")), 0);
    CHECK_INT(decimal_compare(number("1E+20"), number("100000000000000000000.00")), 0);
}

TEST(rounding_knows_seven_directions)
{
    static const char *const given[] = {"2.5", "-2.5", "3.5", "2.51", "-2.49"};
    static const char *const expected[][5] = {
        [ROUND_HALF_EVEN] = {"2", "-2", "4", "3", "-2"},
        [ROUND_HALF_UP] = {"3", "-3", "4", "3", "-2"},
        [ROUND_HALF_DOWN] = {"2", "-2", "3", "3", "-2"},
        [ROUND_UP] = {"3", "-3", "4", "3", "-3"},
        [ROUND_DOWN] = {"2", "-2", "3", "2", "-2"},
        [ROUND_CEILING] = {"3", "-2", "4", "3", "-2"},
        [ROUND_FLOOR] = {"2", "-3", "3", "2", "-3"},
    };
    for (int mode = ROUND_HALF_EVEN; mode <= ROUND_FLOOR; mode++)
        for (int i = 0; i < 5; i++) {
            Decimal rounded;
            CHECK(decimal_round(number(given[i]), 0, (Rounding)mode, &rounded));
            CHECK_TEXT(shown(cx, rounded), expected[mode][i]);
        }
}

TEST(rounding_sets_the_places_on_both_sides_of_the_point)
{
    Decimal rounded;
    CHECK(decimal_round(number("1.5"), 3, ROUND_HALF_EVEN, &rounded));
    CHECK_TEXT(shown(cx, rounded), "1.500");
    CHECK(decimal_round(number("1250"), -2, ROUND_HALF_EVEN, &rounded));
    CHECK_TEXT(shown(cx, rounded), "1200");
    CHECK(decimal_round(number("0.4"), -50, ROUND_UP, &rounded));
    CHECK_TEXT(shown(cx, rounded), "1E+50");
    CHECK(decimal_round(number("12345678901234567890123456789.125"), 2, ROUND_HALF_EVEN, &rounded));
    CHECK_TEXT(shown(cx, rounded), "12345678901234567890123456789.12");
    CHECK(!decimal_round(number("1E+30"), 10, ROUND_HALF_EVEN, &rounded));
    CHECK(!decimal_round(number("1"), 7000, ROUND_HALF_EVEN, &rounded));
    CHECK(!decimal_round(number("1"), INT32_MIN, ROUND_HALF_EVEN, &rounded));
}

TEST(normal_form_drops_zeros_behind_the_point_only)
{
    CHECK_TEXT(shown(cx, decimal_normalize(number("1.50"))), "1.5");
    CHECK_TEXT(shown(cx, decimal_normalize(number("1200.000"))), "1200");
    CHECK_TEXT(shown(cx, decimal_normalize(number("0.00"))), "0");
    CHECK_TEXT(shown(cx, decimal_normalize(number("-10"))), "-10");
    CHECK_TEXT(shown(cx, decimal_normalize(number("12345678901234567890123.4500"))),
               "12345678901234567890123.45");
    CHECK_TEXT(shown(cx, decimal_normalize(number("1000000000000000000000000.000"))),
               "1000000000000000000000000");
}

TEST(integers_come_in_and_go_out)
{
    int64_t integer = 5;
    static const int64_t some[] = {0, 1, -1, 1000, INT64_MAX, -INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        CHECK(decimal_to_integer(decimal_from_integer(some[i]), &integer));
        CHECK_INT(integer, some[i]);
    }
    CHECK_TEXT(shown(cx, decimal_from_integer(INT64_MIN)), "-9223372036854775808");
    CHECK(decimal_to_integer(number("12.00"), &integer));
    CHECK_INT(integer, 12);
    CHECK(decimal_to_integer(number("9E+18"), &integer));
    CHECK_INT(integer, 9000000000000000000);
    CHECK(!decimal_to_integer(number("9223372036854775808"), &integer));
    CHECK(!decimal_to_integer(number("1E+19"), &integer));
    CHECK(!decimal_to_integer(number("0.5"), &integer));
    CHECK(!decimal_to_integer(number("1E-6000"), &integer));
    CHECK(decimal_is_integer(number("5.00")) && decimal_is_integer(number("1E+40")));
    CHECK(!decimal_is_integer(number("5.01")) && !decimal_is_integer(number("1E-40")));
}

TEST(money_goes_to_scaled_integers_or_is_refused)
{
    int64_t cents;
    CHECK(decimal_to_scaled(number("1234.5"), 2, &cents));
    CHECK_INT(cents, 123450);
    CHECK(decimal_to_scaled(number("-0.010"), 2, &cents));
    CHECK_INT(cents, -1);
    CHECK(!decimal_to_scaled(number("0.005"), 2, &cents));
    CHECK(!decimal_to_scaled(number("92233720368547758.08"), 2, &cents));
    CHECK(decimal_to_scaled(number("-92233720368547758.08"), 2, &cents));
    CHECK_INT(cents, INT64_MIN);
    CHECK_TEXT(shown(cx, decimal_scaled(123450, -2)), "1234.50");
}

TEST(powers_are_exact_while_they_fit)
{
    CHECK_TEXT(calculated(cx, decimal_power, "2", "10"), "1024");
    CHECK_TEXT(calculated(cx, decimal_power, "2", "100"), "1267650600228229401496703205376");
    CHECK_TEXT(calculated(cx, decimal_power, "1.05", "2"), "1.1025");
    CHECK_TEXT(calculated(cx, decimal_power, "2", "-2"), "0.25");
    CHECK_TEXT(calculated(cx, decimal_power, "-3", "3"), "-27");
    CHECK_TEXT(calculated(cx, decimal_power, "0", "0"), "1");
    CHECK_TEXT(calculated(cx, decimal_power, "0", "-1"), "none");
    CHECK_TEXT(calculated(cx, decimal_power, "10", "7000"), "none");
    CHECK_TEXT(calculated(cx, decimal_power, "4", "0.5"), "2");
    CHECK_TEXT(calculated(cx, decimal_power, "-4", "0.5"), "none");
}

TEST(roots_and_logarithms_have_34_digits)
{
    Decimal value;
    CHECK(decimal_square_root(number("2"), &value));
    CHECK_TEXT(shown(cx, value), "1.414213562373095048801688724209698");
    CHECK(decimal_square_root(number("16"), &value));
    CHECK_TEXT(shown(cx, value), "4");
    CHECK(decimal_exp(number("1"), &value));
    CHECK_TEXT(shown(cx, value), "2.718281828459045235360287471352662");
    CHECK(decimal_log(number("10"), &value));
    CHECK_TEXT(shown(cx, value), "2.302585092994045684017991454684364");
}

TEST(doubles_for_charts_are_the_nearest_ones)
{
    CHECK(decimal_to_double(number("0.1")) == 0.1);
    CHECK(decimal_to_double(number("-1234.56")) == -1234.56);
    CHECK(decimal_to_double(number("123456789012345678")) == 123456789012345678.0);
    CHECK(decimal_to_double(number("1E+300")) == 1e300);
    CHECK(decimal_to_double(number("0.1234567890123456789")) == 0.1234567890123456789);
}

// a = q * b + r with r between 0 and b: r is the modulo, whatever the quotient.
TEST(the_modulo_is_exact_however_long_the_quotient_is)
{
    uint64_t seed = 7;
    for (int i = 0; i < 2000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int64_t divisor = (int64_t)(seed >> 40) + 2;
        int64_t rest = (int64_t)(seed >> 20 & 0xFFFF) % divisor;
        int64_t factor = (int64_t)(seed & 0xFFFFF) - 0x80000;
        Decimal b = decimal_scaled(divisor, i % 7 - 3);
        Decimal r = decimal_scaled(rest, i % 7 - 3);
        Decimal a, result;
        CHECK(decimal_multiply(b, decimal_scaled(factor, i % 15), &a) && decimal_add(a, r, &a));
        CHECK(decimal_modulo(a, b, &result));
        CHECK_INT(decimal_compare(result, r), 0);
        CHECK(decimal_modulo(decimal_negate(a), decimal_negate(b), &result));
        CHECK_INT(decimal_compare(result, decimal_negate(r)), 0);
        CHECK(decimal_modulo(decimal_scaled(1, 6000 + i % 90), decimal_from_integer(3), &result));
        CHECK_INT(decimal_compare(result, decimal_from_integer(1)), 0);
    }
    Decimal result;
    CHECK(!decimal_modulo(decimal_from_integer(1), decimal_from_integer(0), &result));
}
