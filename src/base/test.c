// SPDX-License-Identifier: Apache-2.0
// The runner: libcheck forks, times and reaps; naming, fixtures, skipping and counting are ours,
// and so are the hands of -j N, between which the tests are shared out.
#include "base/test.h"

#include "base/json.h"
#include "base/limits.h"

#include <check.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
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

// What all hands share.
typedef struct Board {
    atomic_int taken; // tests that a hand has begun
    atomic_int passed;
    atomic_int failed;
    atomic_int skipped;
} Board;

// What the command line asks for.
typedef struct Wanted {
    bool verbose;
    bool list; // say the tests' names, run none
    int hands;
    char **words;
    int word_count;
} Wanted;

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

static void run_one(const TestCase *test, const TestFixture *fixture, bool verbose, Board *board)
{
    const char *reason = fixture && fixture->unavailable ? fixture->unavailable() : NULL;
    if (reason) {
        board->skipped++;
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
        board->passed++;
        if (verbose)
            report("ok", test, fixture, NULL, 0, NULL);
    } else if (message && text_starts(message, SKIPPED)) {
        board->skipped++;
        report("skipped", test, fixture, NULL, 0, message + strlen(SKIPPED));
    } else {
        board->failed++;
        report("FAILED", test, fixture, tr_lfile(result), tr_lno(result), message);
    }
    free(results);
    srunner_free(runner);
}

static bool is_wanted(const TestCase *test, const TestFixture *fixture, const Wanted *wanted)
{
    for (int i = 0; i < wanted->word_count; i++) {
        const char *word = wanted->words[i];
        if (strstr(test->name, word) || strstr(test->file, word) ||
            (fixture && strstr(fixture->name, word)))
            return true;
    }
    return wanted->word_count == 0;
}

// Runs each test that no other hand has taken.
static void run_all(const Wanted *wanted, Board *board)
{
    static const TestFixture *const no_fixture[] = {NULL, NULL};
    size_t count;
    const TestCase *const *all = (const TestCase *const *)registry_all(&tests, &count);
    int at = 0, mine = atomic_fetch_add(&board->taken, 1);
    for (size_t i = 0; i < count; i++) {
        const TestFixture *const *fixture = all[i]->fixtures ? all[i]->fixtures : no_fixture;
        do {
            if (!is_wanted(all[i], *fixture, wanted) || at++ != mine)
                continue;
            if (wanted->list)
                report("test", all[i], *fixture, NULL, 0, base_name(all[i]->file));
            else
                run_one(all[i], *fixture, wanted->verbose, board);
            mine = atomic_fetch_add(&board->taken, 1);
        } while (*fixture && *++fixture);
    }
}

// A hand that breaks down is a failure besides those it counted.
static void run_by_hands(const Wanted *wanted, Board *board)
{
    for (int i = 0; i < wanted->hands; i++)
        if (fork() == 0) {
            run_all(wanted, board);
            exit(EXIT_SUCCESS);
        }
    for (int status; wait(&status) > 0;)
        if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
            printf("FAILED  a hand of the runner broke down (status %d)\n", status);
            board->failed++;
        }
}

static Wanted wanted_of(int argc, char **argv)
{
    Wanted wanted = {.hands = 1};
    for (int option; (option = getopt(argc, argv, "vlj:")) != -1;) {
        wanted.verbose |= option == 'v';
        wanted.list |= option == 'l';
        if (option == 'j')
            wanted.hands = atoi(optarg);
        if (option == '?' || wanted.hands < 1) {
            fprintf(stderr, "%s [-v] [-l] [-j HANDS] [WORD...]\n", argv[0]);
            exit(EXIT_FAILURE);
        }
    }
    wanted.words = argv + optind;
    wanted.word_count = argc - optind;
    return wanted;
}

int test_main(int argc, char **argv)
{
    Wanted wanted = wanted_of(argc, argv);
    Board *board =
        mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED)
        return EXIT_FAILURE;
    if (wanted.list || wanted.hands == 1)
        run_all(&wanted, board);
    else
        run_by_hands(&wanted, board);
    if (wanted.list)
        return EXIT_SUCCESS;
    printf("%d passed, %d failed, %d skipped\n", board->passed, board->failed, board->skipped);
    return board->failed || !(board->passed + board->skipped) ? EXIT_FAILURE : EXIT_SUCCESS;
}
