// SPDX-License-Identifier: Apache-2.0
// The runner: libcheck forks, times and reaps; naming, fixtures, skipping and counting are ours.
#include "base/test.h"

#include "base/json.h"
#include "base/limits.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_S 30
#define SKIPPED "skipped: " // how a child tells its parent, in the message of the failure

Registry tests = {.what = "test"};

// What the fork is to run: set by the parent, read by the child.
static const TestCase *running;
static const TestFixture *running_fixture;
static Ctx *running_cx;

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? slash + 1 : file;
}

// Closing even after a failed check gives back what lives outside the process (a database).
static void fixture_close(void)
{
    const TestFixture *fixture = running_fixture;
    running_fixture = NULL;
    if (fixture && fixture->close && running_cx)
        fixture->close(running_cx);
}

__attribute__((format(printf, 3, 4), noreturn)) static void test_fail(const char *file, int line,
                                                                      const char *format, ...)
{
    static bool failing;
    char message[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (!failing) {
        failing = true;
        // A fixture that cannot close must not hide why the test failed.
        fflush(NULL);
        fixture_close();
    }
    _ck_assert_failed(file, line, "Failed", "%s", message);
    abort();
}

void test_skip(const char *format, ...)
{
    char reason[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    test_fail(running->file, running->line, SKIPPED "%s", reason);
}

static void run_in_fork([[maybe_unused]] int index)
{
    static const Actor actor = {.login = "test", .name = "Test", .door = DOOR_SYSTEM};
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    Ctx cx = {.arena = arena, .actor = &actor, .now = TEST_NOW, .language = "en"};
    running_cx = &cx;
    if (running_fixture && running_fixture->open)
        running_fixture->open(&cx);
    ArenaGuard guard;
    if (setjmp(*arena_guard(arena, &guard)))
        test_fail(running->file, running->line, "the test's arena passed its ceiling");
    running->run(&cx);
    arena_unguard(arena);
    fixture_close();
    arena_free(arena);
}

void test_check(bool holds, const char *what, const char *file, int line)
{
    if (!holds)
        test_fail(file, line, "%s", what);
}

void test_check_int(long long actual, long long expected, const char *what, const char *file,
                    int line)
{
    if (actual != expected)
        test_fail(file, line, "%s is %lld, not %lld", what, actual, expected);
}

void test_check_text(const char *actual, const char *expected, const char *what, const char *file,
                     int line)
{
    if (!text_equal(actual, expected))
        test_fail(file, line, "%s\n    is  %s\n    not %s", what, actual ? actual : "(null)",
                  expected ? expected : "(null)");
}

void test_check_ok(const Error *error, const char *what, const char *file, int line)
{
    if (error)
        test_fail(file, line, "%s fails: %s: %s%s%s (%s:%d)", what, error_word(error->code),
                  error->message, error->detail ? "; " : "", error->detail ? error->detail : "",
                  base_name(error->file), error->source_line);
}

void test_check_fails(const Error *error, ErrorCode code, const char *words, const char *what,
                      const char *file, int line)
{
    if (!error)
        test_fail(file, line, "%s does not fail", what);
    if (error->code != code)
        test_fail(file, line, "%s fails as %s, not %s: %s", what, error_word(error->code),
                  error_word(code), error->message);
    if (words && !strstr(error->message, words))
        test_fail(file, line, "%s\n    says     %s\n    and not  %s", what, error->message, words);
}

void test_check_json(Ctx *cx, Value actual, const char *expected, const char *what,
                     const char *file, int line)
{
    test_check_text(json_text(cx->arena, actual), expected, what, file, line);
}

typedef struct Count {
    int passed;
    int failed;
    int skipped;
} Count;

static void report(const char *outcome, const TestCase *test, const TestFixture *fixture,
                   const char *file, int line, const char *message)
{
    printf("%-7s %s%s%s%s", outcome, test->name, fixture ? " [" : "", fixture ? fixture->name : "",
           fixture ? "]" : "");
    if (file)
        printf("\n    %s:%d: %s", file, line, message);
    else if (message)
        printf(": %s", message);
    putchar('\n');
    fflush(stdout);
}

static void run_one(const TestCase *test, const TestFixture *fixture, bool verbose, Count *count)
{
    const char *reason = fixture && fixture->unavailable ? fixture->unavailable() : NULL;
    if (reason) {
        count->skipped++;
        report("skipped", test, fixture, NULL, 0, reason);
        return;
    }
    running = test;
    running_fixture = fixture;
    TTest entry = {test->name, run_in_fork, test->file, test->line};
    Suite *suite = suite_create("millrace");
    TCase *tcase = tcase_create(test->name);
    tcase_set_timeout(tcase, test->timeout_s ? test->timeout_s : TIMEOUT_S);
    tcase_add_test(tcase, &entry);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_FORK);
    fflush(NULL);
    srunner_run_all(runner, CK_SILENT);
    TestResult **results = srunner_results(runner);
    TestResult *result = results[0];
    const char *message = tr_msg(result);
    if (tr_rtype(result) == CK_PASS) {
        count->passed++;
        if (verbose)
            report("ok", test, fixture, NULL, 0, NULL);
    } else if (message && text_starts(message, SKIPPED)) {
        count->skipped++;
        report("skipped", test, fixture, NULL, 0, message + strlen(SKIPPED));
    } else {
        count->failed++;
        report("FAILED", test, fixture, tr_lfile(result), tr_lno(result), message);
    }
    free(results);
    srunner_free(runner);
}

static bool is_wanted(const TestCase *test, const TestFixture *fixture, char **words, int count)
{
    for (int i = 0; i < count; i++)
        if (strstr(test->name, words[i]) || strstr(base_name(test->file), words[i]) ||
            strstr(test->file, words[i]) || (fixture && strstr(fixture->name, words[i])))
            return true;
    return count == 0;
}

int test_main(int argc, char **argv)
{
    bool verbose = false, list = false;
    int first = 1;
    for (; first < argc && argv[first][0] == '-'; first++) {
        verbose |= strcmp(argv[first], "-v") == 0;
        list |= strcmp(argv[first], "-l") == 0;
    }
    static const TestFixture *const no_fixture[] = {NULL, NULL};
    Count total = {0};
    size_t count;
    const TestCase *const *all = (const TestCase *const *)registry_all(&tests, &count);
    for (size_t i = 0; i < count; i++) {
        const TestFixture *const *fixture = all[i]->fixtures ? all[i]->fixtures : no_fixture;
        do {
            if (!is_wanted(all[i], *fixture, argv + first, argc - first))
                continue;
            if (list)
                report("test", all[i], *fixture, NULL, 0, base_name(all[i]->file));
            else
                run_one(all[i], *fixture, verbose, &total);
        } while (*fixture && *++fixture);
    }
    if (list)
        return EXIT_SUCCESS;
    printf("%d passed, %d failed, %d skipped\n", total.passed, total.failed, total.skipped);
    return total.failed || !(total.passed + total.skipped) ? EXIT_FAILURE : EXIT_SUCCESS;
}
