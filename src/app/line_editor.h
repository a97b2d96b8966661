// SPDX-License-Identifier: Apache-2.0
// Lines from a person at a terminal, with editing, history and completion; or from a pipe, without.
// The only file that knows libedit.
#ifndef MILLRACE_APP_LINE_EDITOR_H
#define MILLRACE_APP_LINE_EDITOR_H

#include "base/ctx.h"

#define LINE_HISTORY 1000 // lines that are kept

// What could stand at the caret: *from is where the text that each replaces begins. The texts live
// until the next call.
typedef struct LineChoices {
    size_t from;
    const char **texts;
    size_t count;
} LineChoices;

typedef struct LineEditor {
    bool terminal;
    const char *history; // file that is read at the beginning and written at the end; NULL: none
    void (*complete)(void *data, const char *line, size_t caret, LineChoices *out);
    void *data;
} LineEditor;

// One editor at a time: the terminal is one.
void line_editor_open(LineEditor *editor);
// The next line without its end, in the arena; NULL at the end of the input.
char *line_editor_read(LineEditor *editor, Arena *arena, const char *prompt);
// Remembers what was entered, several lines as one.
void line_editor_remember(LineEditor *editor, const char *entry);
void line_editor_close(LineEditor *editor);

#endif
