// SPDX-License-Identifier: Apache-2.0
#include "app/command.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "record/record.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

Registry commands = {.what = "commands"};

static const CommandOption common_options[] = {
    {"database", "URL", "sqlite:FILE (the default is sqlite:data/millrace.db) or postgresql://..."},
    {"packs", "FOLDER", "where the packs are (the default is packs)"},
    {"files", "FOLDER", "where files are kept (the default is FILE.files of sqlite:FILE)"},
    {"json", NULL, "answer in JSON"},
    {"help", NULL, "show this help"},
    {0},
};

static const CommandOption *find_in(const CommandOption *options, const char *name)
{
    for (; options && options->name; options++)
        if (text_equal(options->name, name))
            return options;
    return NULL;
}

const char *command_option(const CommandLine *line, const char *name, const char *fallback)
{
    const char *text = value_get_text(line->options, name);
    return text ? text : fallback;
}

bool command_switch(const CommandLine *line, const char *name)
{
    return value_get(line->options, name) != NULL;
}

FALLIBLE command_integer(Ctx *cx, const CommandLine *line, const char *name, int64_t fallback,
                         int64_t *out)
{
    const char *text = command_option(line, name, NULL);
    Decimal number;
    if (!text)
        *out = fallback;
    else if (!decimal_parse(text, strlen(text), &number) || !decimal_to_integer(number, out))
        return FAIL(cx, ERR_INVALID, "--%s needs a whole number, not '%s'", name, text);
    return NULL;
}

bool command_record(Ctx *cx, const char *text, const char **entity, Id *record)
{
    const char *slash = strchr(text, '/');
    if (!slash || !id_parse(slash + 1, record))
        return false;
    *entity = text_slice(cx->arena, text, (size_t)(slash - text));
    return true;
}

void command_say(Ctx *cx, const CommandLine *line, Value json, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (command_switch(line, "json"))
        puts(json_text(cx->arena, json));
    else
        puts(text_format_list(cx->arena, format, arguments));
    va_end(arguments);
}

void command_progress(const CommandLine *line, const char *format, ...)
{
    if (command_switch(line, "json") || !isatty(STDERR_FILENO))
        return;
    va_list arguments;
    va_start(arguments, format);
    fputs("\r\033[K", stderr);
    vfprintf(stderr, format, arguments);
    fflush(stderr);
    va_end(arguments);
}

static void print_options(FILE *out, const CommandOption *options)
{
    for (; options && options->name; options++)
        fprintf(out, "  --%s%s%-*s %s\n", options->name, options->value ? " " : "",
                (int)(24 - strlen(options->name) - (options->value ? 1 : 0)),
                options->value ? options->value : "", options->about);
}

static void print_command_help(const Command *command)
{
    printf("%s\n\nmillrace %s [options]%s%s\n\n", command->about, command->name,
           *command->arguments ? " " : "", command->arguments);
    print_options(stdout, command->options);
    print_options(stdout, common_options);
}

static void print_help(FILE *out)
{
    size_t count;
    const void *const *all = registry_all(&commands, &count);
    fputs("Millrace, the process-first CRM.\n\nmillrace COMMAND [options]\n\n", out);
    for (size_t i = 0; i < count; i++) {
        const Command *command = all[i];
        fprintf(out, "  %-10s %s\n", command->name, command->about);
    }
    fputs("\n'millrace COMMAND --help' says more.\n", out);
}

static FALLIBLE read_option(Ctx *cx, CommandLine *line, char **argv, int argc, int *at)
{
    const char *word = argv[*at] + 2;
    size_t length = strcspn(word, "=");
    const char *name = text_slice(cx->arena, word, length);
    const CommandOption *option = find_in(line->command->options, name);
    if (!option)
        option = find_in(common_options, name);
    if (!option)
        return error_hint(FAIL(cx, ERR_INVALID, "there is no option --%s", name),
                          "See 'millrace %s --help'.", line->command->name);
    if (!option->value) {
        value_set(cx->arena, line->options, option->name, value_boolean(true));
        return NULL;
    }
    if (word[length] != '=' && *at + 1 >= argc)
        return FAIL(cx, ERR_INVALID, "--%s needs a value: %s", name, option->value);
    const char *text = word[length] == '=' ? word + length + 1 : argv[++*at];
    value_set(cx->arena, line->options, option->name, value_text(text));
    return NULL;
}

static size_t argument_words(const Command *command)
{
    size_t words = *command->arguments != '\0';
    for (const char *at = command->arguments; *at; at++)
        words += *at == ' ';
    return words;
}

static FALLIBLE read_line(Ctx *cx, char **argv, int argc, CommandLine *line)
{
    line->options = value_context(cx->arena);
    line->arguments = NEW_ARRAY(cx->arena, const char *, argc + 1);
    for (int i = 0; i < argc; i++) {
        if (text_starts(argv[i], "--"))
            TRY(read_option(cx, line, argv, argc, &i));
        else
            line->arguments[line->argument_count++] = argv[i];
    }
    if (command_switch(line, "help"))
        return NULL;
    size_t most = argument_words(line->command);
    bool open_end = text_ends(line->command->arguments, "...");
    size_t least = most - (open_end || text_ends(line->command->arguments, "]"));
    if (line->argument_count < least || (!open_end && line->argument_count > most))
        return error_hint(
            FAIL(cx, ERR_INVALID, "this command takes %s",
                 *line->command->arguments ? line->command->arguments : "no arguments"),
            "See 'millrace %s --help'.", line->command->name);
    return NULL;
}

const char *command_problem(Ctx *cx, Value problem)
{
    const Value *line = value_get(problem, "line");
    const char *rule = value_get_text(problem, "rule"), *hint = value_get_text(problem, "hint");
    Buffer *out = buffer_new(cx->arena);
    buffer_format(out, "line %s, %s: %s", line ? json_text(cx->arena, *line) : "0",
                  value_get_text(problem, "element"), value_get_text(problem, "message"));
    if (rule)
        buffer_format(out, " (%s)", rule);
    if (hint)
        buffer_format(out, ". %s", hint);
    return out->bytes;
}

static void print_error(Ctx *cx, const CommandLine *line, const Error *error)
{
    if (line && line->options.kind == VALUE_CONTEXT && command_switch(line, "json")) {
        Value json = value_context(cx->arena);
        value_set(cx->arena, json, "error", value_text(error_word(error->code)));
        value_set(cx->arena, json, "message", value_text(error->message));
        value_set(cx->arena, json, "hint", value_text(error->hint));
        const Value *all = error->about ? value_get(*error->about, "problems") : NULL;
        if (all)
            value_set(cx->arena, json, "problems", *all);
        puts(json_text(cx->arena, json));
    }
    fprintf(stderr, "millrace: %s\n", error->message);
    if (error->line)
        fprintf(stderr, "  at line %d, column %d\n", error->line, error->column);
    if (error->detail)
        fprintf(stderr, "  %s\n", error->detail);
    if (error->hint)
        fprintf(stderr, "  %s\n", error->hint);
    const Value *problems = error->about ? value_get(*error->about, "problems") : NULL;
    for (size_t i = 0; problems && problems->kind == VALUE_LIST && i < problems->list.count; i++)
        fprintf(stderr, "  %s\n", command_problem(cx, problems->list.items[i]));
}

static int exit_code(const Error *error)
{
    if (!error)
        return 0;
    return error->code == ERR_UNAVAILABLE ? 3 : error->code == ERR_INTERNAL ? 70 : 1;
}

static int run_command(Ctx *cx, const Command *command, int argc, char **argv)
{
    CommandLine line = {.command = command};
    Error *error = read_line(cx, argv, argc, &line);
    if (error) {
        print_error(cx, &line, error);
        return 2;
    }
    if (command_switch(&line, "help")) {
        print_command_help(command);
        return 0;
    }
    error = command->run(cx, &line);
    if (error)
        print_error(cx, &line, error);
    return exit_code(error);
}

int command_main(int argc, char **argv)
{
    if (argc < 2 || text_equal(argv[1], "--help") || text_equal(argv[1], "help")) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    const char *name = text_equal(argv[1], "--version") ? "version" : argv[1];
    const Command *command = registry_find(&commands, name);
    if (!command) {
        fprintf(stderr, "millrace: there is no command '%s'\n", name);
        print_help(stderr);
        return 2;
    }
    Company company = {0};
    Ctx cx = {.arena = arena_new(LIMIT_UNIT_BYTES * 4),
              .company = &company,
              .actor = actor_system(),
              .now = instant_now(),
              .language = "en"};
    int code = run_command(&cx, command, argc - 2, argv + 2);
    arena_free(cx.arena);
    return code;
}
