// SPDX-License-Identifier: Apache-2.0
#include "app/line_editor.h"
#include "base/text.h"

#include <editline/readline.h> // needs stdio.h before it
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static LineEditor *current; // libedit has no place to hang it on

// libedit frees the array and its texts. The first is what all choices share, then the choices.
static char **as_matches(const LineChoices *choices)
{
    char **matches = calloc(choices->count + 2, sizeof *matches);
    size_t shared = strlen(choices->texts[0]);
    if (!matches)
        return NULL;
    for (size_t i = 0; i < choices->count; i++) {
        size_t same = 0;
        while (same < shared && choices->texts[i][same] == choices->texts[0][same])
            same++;
        shared = same;
        matches[i + 1] = strdup(choices->texts[i]);
    }
    matches[0] = strndup(choices->texts[0], shared);
    return matches;
}

// libedit replaces the word between `start` and `end` as its own list of breaks finds it, but a
// name of FEEL may hold several: each choice is offered as it continues from that word on.
static char **complete([[maybe_unused]] const char *word, int start, int end)
{
    LineChoices choices = {0};
    rl_attempted_completion_over = 1; // no names of files
    current->complete(current->data, rl_line_buffer, (size_t)end, &choices);
    if (choices.count == 0 || choices.from > (size_t)end)
        return NULL;
    size_t skipped = (size_t)start > choices.from ? (size_t)start - choices.from : 0;
    size_t kept = 0;
    for (size_t i = 0; i < choices.count; i++)
        if (strlen(choices.texts[i]) >= skipped)
            choices.texts[kept++] = choices.texts[i] + skipped;
    choices.count = kept;
    return kept ? as_matches(&choices) : NULL;
}

void line_editor_open(LineEditor *editor)
{
    editor->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    current = editor;
    if (!editor->terminal)
        return;
    setlocale(LC_CTYPE, "C.UTF-8");
    rl_readline_name = "millrace";
    rl_basic_word_break_characters = " \t\n\"+-*/=<>(){}[],:.?";
    rl_completion_append_character = '\0';
    rl_attempted_completion_function = complete;
    using_history();
    stifle_history(LINE_HISTORY);
    if (editor->history)
        read_history(editor->history);
}

char *line_editor_read(LineEditor *editor, Arena *arena, const char *prompt)
{
    char *line = NULL;
    size_t room = 0;
    if (editor->terminal) {
        line = readline(prompt);
    } else if (getline(&line, &room, stdin) < 0) {
        free(line);
        line = NULL;
    }
    if (!line)
        return NULL;
    line[strcspn(line, "\n")] = 0;
    char *copy = text_copy(arena, line);
    free(line);
    return copy;
}

void line_editor_remember(LineEditor *editor, const char *entry)
{
    if (editor->terminal && *entry)
        add_history(entry);
}

void line_editor_close(LineEditor *editor)
{
    if (editor->terminal && editor->history)
        write_history(editor->history);
    current = NULL;
}
