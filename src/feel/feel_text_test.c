// SPDX-License-Identifier: Apache-2.0
// The language tests under tests/feel: three lines a case (expression, context as JSON, expected
// result as a FEEL expression), one blank line between; lines with # speak to the reader. An
// expected `error WORDS` means a refusal that holds the words; `null CODE` a null with that
// diagnostic.
#include "base/json.h"
#include "base/test.h"
#include "feel/feel.h"
#include "feel/machine.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Case {
    const char *file;
    int line;
    char *lines[3];
} Case;

static char *read_line(Ctx *cx, FILE *file, int *number)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, file);
    char *copy = NULL;
    ++*number;
    if (length >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            length--;
        copy = text_slice(cx->arena, line, (size_t)length);
    }
    free(line);
    return copy;
}

static bool report(const Case *test, const char *got)
{
    fprintf(stderr, "%s:%d: %s with %s\n  expected %s\n  got      %s\n", test->file, test->line,
            test->lines[0], test->lines[1], test->lines[2], got);
    return false;
}

static bool same_error(Ctx *cx, const Case *test, const Error *error)
{
    if (text_starts(test->lines[2], "error ") && strstr(error->message, test->lines[2] + 6))
        return true;
    return report(test, text_format(cx->arena, "error %s", error->message));
}

static bool run_case(Ctx *cx, const Case *test)
{
    Value context;
    Value actual;
    Value expected;
    const Feel *feel;
    FeelDiagnostics diagnostics = {0};
    CHECK_OK(json_parse(cx, test->lines[1], strlen(test->lines[1]), &context));
    const char **names = NEW_ARRAY(cx->arena, const char *, context.context->count);
    for (size_t i = 0; i < context.context->count; i++)
        names[i] = context.context->entries[i].key;
    FeelOptions options = {.names = names, .name_count = context.context->count};
    Error *error = feel_compile(cx, test->lines[0], &options, &feel);
    if (!error)
        error = feel_evaluate(cx, feel, context, &diagnostics, &actual);
    if (error)
        return same_error(cx, test, error);
    if (text_starts(test->lines[2], "error "))
        return report(test, feel_text(cx->arena, actual));
    if (text_starts(test->lines[2], "null ")) {
        if (actual.kind == VALUE_NULL && diagnostics.count > 0 &&
            strcmp(diagnostics.items[0].code, test->lines[2] + 5) == 0)
            return true;
        return report(test, text_format(cx->arena, "%s %s", feel_text(cx->arena, actual),
                                        diagnostics.count ? diagnostics.items[0].code : ""));
    }
    CHECK_OK(feel_compile(cx, test->lines[2], NULL, &feel));
    CHECK_OK(feel_evaluate(cx, feel, value_null(), NULL, &expected));
    if (strcmp(feel_text(cx->arena, actual), feel_text(cx->arena, expected)) != 0 &&
        !value_same(actual, expected))
        return report(test, feel_text(cx->arena, actual));
    return true;
}

static int run_file(Ctx *cx, const char *path, int *failed)
{
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    int count = 0;
    int number = 0;
    char *line;
    while ((line = read_line(cx, file, &number))) {
        if (!*line || *line == '#')
            continue;
        Case test = {.file = path, .line = number, .lines = {line}};
        test.lines[1] = read_line(cx, file, &number);
        test.lines[2] = read_line(cx, file, &number);
        CHECK(test.lines[1] && test.lines[2]);
        ArenaMark mark = arena_mark(cx->arena);
        *failed += run_case(cx, &test) ? 0 : 1;
        arena_rewind(cx->arena, mark);
        count++;
    }
    fclose(file);
    return count;
}

static int only_tests(const struct dirent *entry)
{
    return text_ends(entry->d_name, ".feel-test");
}

TEST(feel_language_tests_hold)
{
    struct dirent **entries;
    int files = scandir(TEST_SOURCE_ROOT "/tests/feel", &entries, only_tests, alphasort);
    int failed = 0;
    int count = 0;
    CHECK(files > 0);
    for (int i = 0; i < files; i++) {
        count += run_file(
            cx, text_format(cx->arena, "%s/tests/feel/%s", TEST_SOURCE_ROOT, entries[i]->d_name),
            &failed);
        free(entries[i]);
    }
    free(entries);
    CHECK(count > 100);
    CHECK_INT(failed, 0);
}

// `partial` is the cheapest way to nest: each round puts the one before into a list.
TEST(a_value_nested_without_end_is_a_limit_and_no_crash)
{
    static const char deep[] = "for i in 1..30000 return if i = 1 then [1] else [partial[-1]]";
    const Feel *whole, *compared, *text;
    Value result;
    CHECK_OK(feel_compile(cx, deep, NULL, &whole));
    CHECK_FAILS(feel_evaluate(cx, whole, value_context(cx->arena), NULL, &result), ERR_LIMIT,
                "nested more than");
    char *twice = text_format(cx->arena, "(%s)[-1] = (%s)[-1]", deep, deep);
    CHECK_OK(feel_compile(cx, twice, NULL, &compared));
    CHECK_OK(feel_evaluate(cx, compared, value_context(cx->arena), NULL, &result));
    CHECK_INT(result.kind, VALUE_NULL);
    CHECK_OK(feel_compile(cx, text_format(cx->arena, "string length(string((%s)[-1])) > 0", deep),
                          NULL, &text));
    CHECK_OK(feel_evaluate(cx, text, value_context(cx->arena), NULL, &result));
}
