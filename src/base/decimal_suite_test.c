// SPDX-License-Identifier: Apache-2.0
// Mike Cowlishaw's General Decimal Arithmetic test cases (decTest), read from where Debian's
// libpython3.11-testsuite puts them or from MILLRACE_DECTEST. Cases with NaNs, infinities or other
// roundings as operands do not apply and are not counted; a result that is not finite must be
// refused. The sign of a zero is not compared: Decimal has no negative zero.
#include "base/decimal.h"

#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/usr/lib/python3.11/test/decimaltestdata"

typedef struct Case {
    char *id;
    char *operation;
    char *operands[3];
    int operand_count;
    char *result;
    char *conditions;
    int precision;
    const char *rounding;
} Case;

typedef enum Read { READ_FINITE, READ_OTHER } Read;

// As decTest writes numbers: "12." is one too.
static Read read_number(const char *text, Decimal *out)
{
    char copy[256];
    size_t length = 0;
    for (; *text && length < sizeof copy - 1; text++)
        if (*text != '.' || (text[1] >= '0' && text[1] <= '9'))
            copy[length++] = *text;
    return decimal_parse(copy, length, out) ? READ_FINITE : READ_OTHER;
}

// The next word of a line, without its quotes; NULL at the end or at a comment.
static char *next_word(char **at)
{
    while (**at == ' ' || **at == '\t')
        ++*at;
    if (!**at || **at == '\r' || **at == '\n' || strncmp(*at, "--", 2) == 0)
        return NULL;
    char quote = **at == '\'' || **at == '"' ? *(*at)++ : 0;
    char *word = *at;
    while (**at && **at != '\n' && **at != '\r' &&
           (quote ? **at != quote : **at != ' ' && **at != '\t'))
        ++*at;
    if (**at)
        *(*at)++ = '\0';
    return word;
}

static bool read_case(char *line, Case *test)
{
    test->operand_count = 0;
    if (!(test->id = next_word(&line)) || !(test->operation = next_word(&line)))
        return false;
    char *word;
    while ((word = next_word(&line)) && strcmp(word, "->") != 0) {
        if (test->operand_count == 3)
            return false;
        test->operands[test->operand_count++] = word;
    }
    test->result = word ? next_word(&line) : NULL;
    test->conditions = line;
    return test->result != NULL;
}

static const char *const roundings[] = {"half_even", "half_up", "half_down", "up",
                                        "down",      "ceiling", "floor"};

static bool run_operation(const Case *test, Decimal a, Decimal b, Decimal *out)
{
    const char *operation = test->operation;
    if (strcmp(operation, "add") == 0)
        return decimal_add(a, b, out);
    if (strcmp(operation, "subtract") == 0)
        return decimal_subtract(a, b, out);
    if (strcmp(operation, "multiply") == 0)
        return decimal_multiply(a, b, out);
    if (strcmp(operation, "divide") == 0)
        return decimal_divide(a, b, out);
    if (strcmp(operation, "squareroot") == 0)
        return decimal_square_root(a, out);
    int order = decimal_compare(a, b);
    *out = decimal_from_integer((order > 0) - (order < 0));
    return true;
}

static bool quantize(const Case *test, Decimal a, Decimal *out)
{
    char pattern[256];
    snprintf(pattern, sizeof pattern, "%s", test->operands[1]);
    char *exponent_at = strpbrk(pattern, "eE"), *point = strchr(pattern, '.');
    long exponent = exponent_at ? strtol(exponent_at + 1, NULL, 10) : 0;
    if (exponent_at)
        *exponent_at = '\0';
    if (point)
        exponent -= (long)strlen(point + 1);
    for (int mode = 0; mode < 7; mode++)
        if (strcmp(test->rounding, roundings[mode]) == 0)
            return decimal_round(a, (int)-exponent, (Rounding)mode, out);
    return false;
}

static void run_case(const Case *test, int *counted)
{
    Decimal a = {0}, b = {0}, expected, actual;
    bool is_quantize = strcmp(test->operation, "quantize") == 0;
    bool rounding_known = strcmp(test->rounding, "half_even") == 0 ||
                          (is_quantize && strcmp(test->rounding, "05up") != 0);
    // squareroot.decTest has no precision of 34, but what is exact there is the same here.
    bool precision_fits = test->precision == 34;
    if (strcmp(test->operation, "squareroot") == 0)
        precision_fits = next_word(&(char *){test->conditions}) == NULL;
    if (!precision_fits || !rounding_known || strcmp(test->operation, "apply") == 0 ||
        read_number(test->operands[0], &a) ||
        (test->operand_count > 1 && read_number(test->operands[1], &b)))
        return;
    bool finite = is_quantize ? quantize(test, a, &actual) : run_operation(test, a, b, &actual);
    bool expects_finite = read_number(test->result, &expected) == READ_FINITE;
    ++*counted;
    char shown[DECIMAL_TEXT_SIZE] = "none", what[512];
    if (finite)
        decimal_print(actual, shown);
    snprintf(what, sizeof what, "%s %s %s %s -> %s, not %s", test->id, test->operation,
             test->operands[0], test->operand_count > 1 ? test->operands[1] : "", test->result,
             shown);
    // The same value with the same exponent has the same bytes.
    test_check(finite == expects_finite &&
                   (!finite || memcmp(&actual, &expected, sizeof actual) == 0),
               what, __FILE__, __LINE__);
}

static void run_file(Ctx *cx, const char *name, int at_least)
{
    const char *folder = getenv("MILLRACE_DECTEST");
    const char *path = text_format(cx->arena, "%s/%s.decTest", folder ? folder : FOLDER, name);
    FILE *file = fopen(path, "r");
    if (!file)
        test_skip("there is no %s (Debian: libpython3.11-testsuite)", path);
    char line[4096], rounding[64] = "half_even";
    Case test = {.precision = 34, .rounding = rounding};
    int counted = 0;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "precision: %d", &test.precision) == 1 ||
            sscanf(line, "rounding: %63s", rounding) == 1)
            continue;
        if (strstr(line, "->") && read_case(line, &test))
            run_case(&test, &counted);
    }
    fclose(file);
    // Fewer would mean that this reader misses cases.
    CHECK_INT(counted < at_least ? counted : at_least, at_least);
}

TEST(decimals_add_as_the_general_decimal_arithmetic_suite_does)
{
    run_file(cx, "dqAdd", 680);
}

TEST(decimals_subtract_as_the_general_decimal_arithmetic_suite_does)
{
    run_file(cx, "dqSubtract", 300);
}

TEST(decimals_multiply_as_the_general_decimal_arithmetic_suite_does)
{
    run_file(cx, "dqMultiply", 240);
}

TEST(decimals_divide_as_the_general_decimal_arithmetic_suite_does)
{
    run_file(cx, "dqDivide", 440);
}

TEST(decimals_compare_as_the_general_decimal_arithmetic_suite_does)
{
    run_file(cx, "dqCompare", 500);
}

TEST(decimals_quantize_as_the_general_decimal_arithmetic_suite_does)
{
    run_file(cx, "dqQuantize", 400);
}

TEST(decimals_take_roots_as_the_general_decimal_arithmetic_suite_does)
{
    run_file(cx, "squareroot", 300);
}
