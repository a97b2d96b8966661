// SPDX-License-Identifier: Apache-2.0
// The program millrace-conformance: runs the suites that others wrote, as far as they are there.
//
//   millrace-conformance FOLDER FLOORS JSON [-v] [SUITE...]
//
// One line a suite, "name: passed/total (skipped)", and the same as JSON into the file. Cases that
// do not pass are named when their suite falls beneath its floor, or with -v. The closing line
// counts the cases; those that fail above the floor count as skipped.
#include "base/json.h"
#include "base/limits.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const Suite suites[] = {
    {"dmn-tck", "dmn-tck", dmn_kit_run},
    {"dmn-tck/written", "dmn-tck", dmn_written_run},
    {"dmn-tck/sheets", "dmn-tck", dmn_sheets_run},
    {"bpmn/execution", "bpmn/execution", bpmn_execution_run},
    {"bpmn/variations", NULL, bpmn_variations_run},
    {"bpmn/rejected", "bpmn/rejected", bpmn_rejected_run},
    {"bpmn/interchange", "bpmn/interchange", bpmn_interchange_run},
};
#define SUITE_COUNT (sizeof suites / sizeof *suites)

typedef struct Floor {
    unsigned long long passed;
    unsigned long long total;
} Floor;

typedef struct Conformance {
    Ctx *cx;
    const char *folder;
    const char *own; // folder of our own suites
    Floor floors[SUITE_COUNT];
    bool verbose;
    Value report;
    size_t passed;
    size_t failed;
    size_t skipped;
} Conformance;

// Each suite has one line, and no line is about anything else.
static FALLIBLE floors_read(Ctx *cx, const char *path, Floor *floors)
{
    Text text;
    size_t found = 0;
    char name[64];
    TRY(suite_file(cx, path, &text));
    for (const char *line = text.bytes; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        Floor floor = {0};
        size_t i = 0;
        if (*line == '#' || *line == '\n')
            continue;
        if (sscanf(line, "%63s %llu/%llu", name, &floor.passed, &floor.total) != 3 ||
            floor.passed == 0 || floor.passed > floor.total)
            return FAIL(cx, ERR_INVALID, "%s: every line is SUITE PASSED/TOTAL", path);
        while (i < SUITE_COUNT && strcmp(suites[i].name, name) != 0)
            i++;
        if (i == SUITE_COUNT || floors[i].total)
            return FAIL(cx, ERR_INVALID, "%s: %s is no suite, or stands twice", path, name);
        floors[i] = floor;
        found++;
    }
    if (found != SUITE_COUNT)
        return FAIL(cx, ERR_INVALID, "%s: a suite has no floor", path);
    return NULL;
}

static void report(Conformance *all, const char *name, Tally tally)
{
    Arena *arena = all->cx->arena;
    Value line = value_context(arena);
    value_set(arena, line, "suite", value_text(name));
    value_set(arena, line, "passed", value_integer((int64_t)tally.passed));
    value_set(arena, line, "total", value_integer((int64_t)tally.total));
    value_set(arena, line, "skipped", value_integer((int64_t)tally.skipped));
    all->report.list.items[all->report.list.count++] = line;
}

static void judge(Conformance *all, const Suite *suite, const Floor *floor, Tally tally,
                  const char *failures)
{
    bool holds = tally.total > 0 && tally.passed * floor->total >= floor->passed * tally.total;
    size_t missing = tally.total - tally.passed;
    report(all, suite->name, tally);
    if (!holds || all->verbose)
        fputs(failures ? failures : "", stdout);
    printf("%s: %zu/%zu (%zu)\n", suite->name, tally.passed, tally.total, tally.skipped);
    if (tally.note)
        printf("  %s\n", tally.note);
    if (!holds)
        printf("  the floor is %llu/%llu\n", floor->passed, floor->total);
    else if (tally.passed * floor->total > floor->passed * tally.total)
        printf("  above its floor of %llu/%llu, which may rise\n", floor->passed, floor->total);
    all->passed += tally.passed;
    all->skipped += tally.skipped + (holds ? missing : 0);
    all->failed += holds ? 0 : missing ? missing : 1;
}

static void suite_run(Conformance *all, const Suite *suite, const Floor *floor)
{
    Ctx *cx = all->cx;
    Tally tally = {0};
    char *failures = NULL;
    size_t length;
    const char *folder =
        suite->folder ? text_format(cx->arena, "%s/%s", all->folder, suite->folder) : all->own;
    if (access(folder, R_OK) != 0) {
        printf("%s: skipped, %s is not there\n", suite->name, folder);
        all->skipped++;
        return;
    }
    FILE *out = open_memstream(&failures, &length);
    SuiteRun run = {.cx = cx, .folder = folder, .out = out, .tally = &tally};
    Error *error = suite->run(&run);
    if (out)
        fclose(out);
    if (error) {
        printf("%s: %s\n", suite->name, error->message);
        all->failed++;
    }
    judge(all, suite, floor, tally, failures);
    free(failures);
}

static bool is_wanted(const char *name, char **words, int count)
{
    for (int i = 0; i < count; i++)
        if (strstr(name, words[i]))
            return true;
    return count == 0;
}

static bool write_report(const Conformance *all, const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    fprintf(file, "%s\n", json_text(all->cx->arena, all->report));
    return fclose(file) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: millrace-conformance FOLDER FLOORS JSON [-v] [SUITE...]\n", stderr);
        return 2;
    }
    static const Actor actor = {.login = "conformance", .name = "Conformance", .door = DOOR_SYSTEM};
    Ctx cx = {.arena = arena_new(LIMIT_UNIT_BYTES * 4), .actor = &actor, .language = "en"};
    const char *slash = strrchr(argv[2], '/');
    Conformance all = {.cx = &cx, .folder = argv[1], .own = "."};
    if (slash)
        all.own = text_slice(cx.arena, argv[2], (size_t)(slash - argv[2]));
    int first = 4;
    if (first < argc && strcmp(argv[first], "-v") == 0)
        all.verbose = ++first > 0;
    all.report = value_list(NEW_ARRAY(cx.arena, Value, SUITE_COUNT), 0);
    Error *error = floors_read(&cx, argv[2], all.floors);
    if (error) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    all.passed = 1; // the floors themselves
    bool absent = access(all.folder, R_OK) != 0;
    if (absent)
        printf("conformance: skipped, %s is not there\n", all.folder);
    all.skipped += absent;
    for (size_t i = 0; i < SUITE_COUNT; i++)
        if ((!absent || !suites[i].folder) && is_wanted(suites[i].name, argv + first, argc - first))
            suite_run(&all, &suites[i], &all.floors[i]);
    if (!write_report(&all, argv[3])) {
        fprintf(stderr, "cannot write %s\n", argv[3]);
        all.failed++;
    }
    printf("%zu passed, %zu failed, %zu skipped\n", all.passed, all.failed, all.skipped);
    arena_free(cx.arena);
    return all.failed > 0;
}
