// SPDX-License-Identifier: Apache-2.0
// Tests like sentences: TEST(stage_cannot_be_skipped) { ... CHECK_INT(status, 409); }
//
// Each test runs in its own process (libcheck's fork) with a fresh arena and a clock that stands at
// TEST_NOW. A fixture (db/test_db.h) gives it a fresh database, and runs it once for each driver.
#ifndef MILLRACE_BASE_TEST_H
#define MILLRACE_BASE_TEST_H

#include "base/ctx.h"
#include "base/registry.h"
#include "base/value.h"

#define TEST_NOW 1790000000000000LL // 2026-09-21T14:13:20Z

typedef struct TestFixture {
    const char *name;                 // shown behind the test's name: "sqlite"
    const char *(*unavailable)(void); // why it cannot run here, or NULL
    void (*open)(Ctx *cx);
    void (*close)(Ctx *cx);
} TestFixture;

typedef struct TestCase {
    const char *name;
    const char *file;
    int line;
    void (*run)(Ctx *cx);
    const TestFixture *const *fixtures; // NULL-terminated; NULL: no fixture, once
    int timeout_s;                      // 0: 30
} TestCase;

extern Registry tests;

#define TEST_WITH(identifier, fixture_list, seconds)                                               \
    static void test_##identifier(Ctx *cx);                                                        \
    static const TestCase case_##identifier = {#identifier,       __FILE__,     __LINE__,          \
                                               test_##identifier, fixture_list, seconds};          \
    REGISTER(tests, test_##identifier, #identifier, &case_##identifier);                           \
    static void test_##identifier([[maybe_unused]] Ctx *cx)

#define TEST(identifier) TEST_WITH(identifier, NULL, 0)

// Each CHECK ends the test with the two values, file and line.
#define CHECK(condition) test_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_INT(actual, expected)                                                                \
    test_check_int((actual), (expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected)                                                               \
    test_check_text((actual), (expected), #actual, __FILE__, __LINE__)
// The call succeeds / fails with this code and a message containing the words.
#define CHECK_OK(call) test_check_ok((call), #call, __FILE__, __LINE__)
#define CHECK_FAILS(call, code, words)                                                             \
    test_check_fails((call), (code), (words), #call, __FILE__, __LINE__)
// The value as compact JSON.
#define CHECK_JSON(value, expected)                                                                \
    test_check_json(cx, (value), (expected), #value, __FILE__, __LINE__)

void test_check(bool holds, const char *what, const char *file, int line);
void test_check_int(long long actual, long long expected, const char *what, const char *file,
                    int line);
void test_check_text(const char *actual, const char *expected, const char *what, const char *file,
                     int line);
void test_check_ok(const Error *error, const char *what, const char *file, int line);
void test_check_fails(const Error *error, ErrorCode code, const char *words, const char *what,
                      const char *file, int line);
void test_check_json(Ctx *cx, Value actual, const char *expected, const char *what,
                     const char *file, int line);

// The test cannot run here: it ends and counts as skipped, with the reason on its line.
__attribute__((format(printf, 1, 2), noreturn)) void test_skip(const char *format, ...);

// Runs the registered tests whose name, file or fixture contains one of the arguments (none: all);
// "-v" names each test as it ends, "-l" lists them. The closing line is
// "N passed, N failed, N skipped". Returns the exit code; no test at all is a failure.
int test_main(int argc, char **argv);

#endif
