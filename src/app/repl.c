// SPDX-License-Identifier: Apache-2.0
#include "app/repl.h"
#include "app/decide.h"
#include "app/line_editor.h"
#include "base/limits.h"
#include "base/messages.h"
#include "feel/complete.h"
#include "feel/parser.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Repl {
    Ctx *cx; // of the session
    Value scope;
    LineEditor editor;
    // Each entry has an arena of its own; those that hold a value with a name stay.
    ARRAY(Arena *) kept;
    Arena *choices; // of the last completion
    int refused;
    bool over;
} Repl;

// --- Showing -------------------------------------------------------------------------------------

static bool is_wide(int32_t c)
{
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

static void fill(const char *at, const char *end, char mark)
{
    while (at < end) {
        bool tab = *at == '\t';
        int32_t c = utf8_next(&at, end);
        fputs(tab && mark == ' ' ? "\t" : (char[]){mark, is_wide(c) ? mark : 0, 0}, stderr);
    }
}

// The line of the source in which `from` stands, and a mark under the place.
static void show_place(const char *source, int from, int to)
{
    const char *at = source + from;
    const char *start = at;
    while (start > source && start[-1] != '\n')
        start--;
    const char *end = start + strcspn(start, "\n");
    const char *stop = source + to < end ? source + to : end;
    fprintf(stderr, "    %.*s\n    ", (int)(end - start), start);
    fill(start, at < end ? at : end, ' ');
    fputc('^', stderr);
    if (at < stop) {
        utf8_next(&at, stop);
        fill(at, stop, '~');
    }
    fputc('\n', stderr);
}

static void show_diagnostics(const char *source, const FeelDiagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        const FeelDiagnostic *one = &diagnostics->items[i];
        fprintf(stderr, "  %s: %s\n", one->code, one->message);
        show_place(one->source ? one->source : source, one->from, one->to);
        if (one->hint)
            fprintf(stderr, "    %s\n", one->hint);
    }
}

static void show_error(Repl *repl, const char *source, const Error *error)
{
    repl->refused++;
    fprintf(stderr, "  %s\n", error->message);
    if (source && error->line) {
        int at = feel_byte_at(source, error->line, error->column);
        show_place(source, at, at);
    }
    if (error->hint)
        fprintf(stderr, "    %s\n", error->hint);
}

// --- Names ---------------------------------------------------------------------------------------

static FeelCheckSetting check_setting(Repl *repl, Arena *arena)
{
    size_t count = repl->scope.context->count;
    FeelField *names = NEW_ARRAY(arena, FeelField, count);
    for (size_t i = 0; i < count; i++) {
        const ValueEntry *entry = &repl->scope.context->entries[i];
        names[i] = (FeelField){entry->key, feel_type_of_value(arena, entry->value)};
    }
    return (FeelCheckSetting){.names = names, .name_count = count};
}

static const char *after_spaces(const char *at)
{
    return at + strspn(at, " \t\n");
}

// NAME of `NAME = EXPRESSION`, words alone: a comparison of anything else stays one. NULL when it
// is none; *expression is what stands behind.
static const char *binding_name(Arena *arena, const char *entry, const char **expression)
{
    const char *equals = strchr(entry, '=');
    if (!equals)
        return NULL;
    const char *at = after_spaces(entry);
    const char *name = at;
    while (at < equals) {
        const char *next = at;
        int32_t c = utf8_next(&next, equals);
        const char *word = at;
        if (!(at == name ? feel_name_start(c) : feel_name_part(c) || c == ' '))
            return NULL;
        while (word < equals && lexer_is_name_byte(*word))
            word++;
        if (lexer_is_keyword(at, (size_t)(word - at)))
            return NULL;
        at = word > at ? word : next;
    }
    *expression = equals + 1;
    return at > name ? feel_normal_name(arena, name, (size_t)(equals - name)) : NULL;
}

// --- Entries -------------------------------------------------------------------------------------

static FALLIBLE evaluate(Repl *repl, Ctx *cx, const char *source, Value *out)
{
    const Feel *feel;
    FeelDiagnostics diagnostics = {0};
    TRY(decide_compile(cx, source, repl->scope, NULL, &feel));
    TRY(feel_evaluate(cx, feel, repl->scope, &diagnostics, out));
    puts(feel_text(cx->arena, *out));
    fflush(stdout);
    show_diagnostics(source, &diagnostics);
    return NULL;
}

static FALLIBLE show_type(Repl *repl, Ctx *cx, const char *source)
{
    FeelCheck check;
    FeelCheckSetting setting = check_setting(repl, cx->arena);
    TRY(feel_check(cx, source, &setting, &check));
    puts(feel_type_text(cx->arena, check.type));
    fflush(stdout);
    show_diagnostics(source, &check.problems);
    return NULL;
}

static void show_context(Repl *repl, Arena *arena)
{
    const ValueContext *context = repl->scope.context;
    for (size_t i = 0; i < context->count; i++) {
        const ValueEntry *entry = &context->entries[i];
        printf("%s: %s = %s\n", entry->key,
               feel_type_text(arena, feel_type_of_value(arena, entry->value)),
               feel_text(arena, entry->value));
    }
    if (!context->count)
        puts(message_in(repl->cx->language, "There are no names yet; write one: total = 100"));
    fflush(stdout);
}

static FALLIBLE load_context(Repl *repl, Ctx *cx, const char *path)
{
    Value loaded;
    TRY(decide_read_context(cx, path, &loaded));
    for (size_t i = 0; i < loaded.context->count; i++)
        value_set(repl->cx->arena, repl->scope, loaded.context->entries[i].key,
                  loaded.context->entries[i].value);
    show_context(repl, cx->arena);
    return NULL;
}

static void show_help(const Repl *repl)
{
    puts(message_in(repl->cx->language, "An expression is evaluated: 1 + 2\n"
                                        "NAME = EXPRESSION keeps its value under a name.\n"
                                        "An expression that is not finished goes on in the next "
                                        "line; an empty line ends it.\n"
                                        ":type EXPRESSION  its type, without evaluating it\n"
                                        ":context          the names and their values\n"
                                        ":context FILE     takes names from a JSON file\n"
                                        ":help             this\n"
                                        ":quit             ends"));
    fflush(stdout);
}

static bool is_command(const char *entry, const char *word, const char **rest)
{
    size_t length = strlen(word);
    if (strncmp(entry, word, length) != 0 || (entry[length] && entry[length] != ' '))
        return false;
    *rest = after_spaces(entry + length);
    return true;
}

// True in *keep when something in the arena got a name.
static FALLIBLE run_command(Repl *repl, Ctx *cx, const char *entry, bool *keep)
{
    const char *rest;
    if (is_command(entry, ":quit", &rest)) {
        repl->over = true;
        return NULL;
    }
    if (is_command(entry, ":help", &rest)) {
        show_help(repl);
        return NULL;
    }
    if (is_command(entry, ":type", &rest) && *rest)
        return show_type(repl, cx, rest);
    if (is_command(entry, ":context", &rest)) {
        *keep = *rest;
        if (*rest)
            return load_context(repl, cx, rest);
        show_context(repl, cx->arena);
        return NULL;
    }
    return error_hint(FAIL(cx, ERR_INVALID, "there is no command '%s'", entry),
                      "The commands are :type EXPRESSION, :context [FILE], :help and :quit.");
}

static void run_entry(Repl *repl, Ctx *cx, const char *entry, bool *keep)
{
    Value value;
    const char *source = entry;
    const char *name = NULL;
    Error *error;
    if (*entry == ':') {
        error = run_command(repl, cx, entry, keep);
        if (error)
            show_error(repl, text_starts(entry, ":type ") ? after_spaces(entry + 5) : NULL, error);
        return;
    }
    name = binding_name(cx->arena, entry, &source);
    if (!name)
        source = entry;
    error = evaluate(repl, cx, source, &value);
    if (error)
        show_error(repl, source, error);
    else if (name) {
        value_set(repl->cx->arena, repl->scope, text_copy(repl->cx->arena, name), value);
        *keep = true;
    }
}

// One entry in an arena of its own, with the clock of now.
static void run_guarded(Repl *repl, const char *entry)
{
    Ctx cx = *repl->cx;
    ArenaGuard guard;
    volatile bool keep = false;
    cx.arena = arena_new(LIMIT_UNIT_BYTES);
    cx.now = instant_now();
    if (setjmp(*arena_guard(cx.arena, &guard)) == 0) {
        bool named = false;
        run_entry(repl, &cx, entry, &named);
        keep = named;
    } else {
        repl->refused++;
        fprintf(stderr, "  %s\n", message_in(cx.language, "the expression takes too much memory"));
    }
    arena_unguard(cx.arena);
    if (keep)
        array_push(repl->cx->arena, repl->kept) = cx.arena;
    else
        arena_free(cx.arena);
}

// --- Reading -------------------------------------------------------------------------------------

static bool goes_on(Repl *repl, Arena *arena, const char *entry)
{
    Ctx cx = *repl->cx;
    const char *source = entry;
    ArenaMark mark = arena_mark(arena);
    cx.arena = arena;
    if (*entry == ':')
        return false;
    binding_name(arena, entry, &source);
    FeelCheckSetting setting = check_setting(repl, arena);
    bool unfinished = *after_spaces(source) && feel_is_unfinished(&cx, source, &setting);
    arena_rewind(arena, mark);
    return unfinished;
}

// An entry of one line or, when it is not finished, of several; NULL at the end of the input.
static char *read_entry(Repl *repl, Arena *arena)
{
    char *line = line_editor_read(&repl->editor, arena, "feel> ");
    Buffer *entry = buffer_new(arena);
    if (!line)
        return NULL;
    buffer_text(entry, line);
    while (goes_on(repl, arena, entry->bytes)) {
        line = line_editor_read(&repl->editor, arena, "  ... ");
        if (!line || !*after_spaces(line))
            break;
        buffer_format(entry, "\n%s", line);
    }
    return entry->bytes;
}

static void complete_line(void *data, const char *line, size_t caret, LineChoices *out)
{
    Repl *repl = data;
    Ctx cx = *repl->cx;
    FeelCompletions found;
    const char *source = line;
    arena_free(repl->choices);
    cx.arena = repl->choices = arena_new(LIMIT_UNIT_BYTES);
    if (text_starts(line, ":type "))
        source = line + 6;
    else if (!binding_name(cx.arena, line, &source))
        source = line;
    size_t before = (size_t)(source - line);
    if (before > caret)
        return;
    FeelCheckSetting setting = check_setting(repl, cx.arena);
    if (feel_complete(&cx, source, caret - before, &setting, &found))
        return;
    out->texts = NEW_ARRAY(cx.arena, const char *, found.count);
    out->count = found.count;
    out->from = before + (size_t)found.from;
    for (size_t i = 0; i < found.count; i++)
        out->texts[i] = found.items[i].text;
}

// $XDG_STATE_HOME/millrace/feel-history, with its folders; NULL when there is no home.
static const char *history_file(Arena *arena)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if ((!state || !*state) && (!home || !*home))
        return NULL;
    char *folder = state && *state ? text_format(arena, "%s/millrace", state)
                                   : text_format(arena, "%s/.local/state/millrace", home);
    for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = 0;
        if (mkdir(folder, 0700) && errno != EEXIST)
            return NULL;
        *at = '/';
    }
    if (mkdir(folder, 0700) && errno != EEXIST)
        return NULL;
    return text_format(arena, "%s/feel-history", folder);
}

FALLIBLE repl_run(Ctx *cx, Value scope)
{
    Repl repl = {.cx = cx, .scope = scope, .choices = arena_new(LIMIT_UNIT_BYTES)};
    repl.editor =
        (LineEditor){.history = history_file(cx->arena), .complete = complete_line, .data = &repl};
    line_editor_open(&repl.editor);
    if (repl.editor.terminal)
        puts(message_in(cx->language, "FEEL of Millrace; :help says more, :quit ends."));
    while (!repl.over) {
        Arena *arena = arena_new(LIMIT_UNIT_BYTES);
        const char *entry = read_entry(&repl, arena);
        repl.over = !entry;
        if (entry && *(entry = after_spaces(entry))) {
            if (strcmp(entry, ":quit") != 0)
                line_editor_remember(&repl.editor, entry);
            run_guarded(&repl, entry);
        }
        arena_free(arena);
    }
    line_editor_close(&repl.editor);
    for (size_t i = 0; i < repl.kept.count; i++)
        arena_free(repl.kept.items[i]);
    arena_free(repl.choices);
    if (repl.refused && !repl.editor.terminal)
        return FAIL(cx, ERR_INVALID, "%d of the expressions were refused", repl.refused);
    return NULL;
}
