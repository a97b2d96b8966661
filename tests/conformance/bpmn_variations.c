// SPDX-License-Identifier: Apache-2.0
// Our own models in the vocabulary of bpmn/execution, so that its adapter and the engine are held
// to what a suite of that kind may also ask: variations.txt. A model is a title, a drawing
// (flow/drawing.h) and cases:
//
//   = a loop within a sub-process
//   startEvent s -> p
//   ...
//   > ab 2: SCRIPT_task1 SCRIPT_task2     input, intVar (both may be missing), the trace
//   > parallel: MARKER_exists             all processes start
//   > refused EXT149                      it breaks that rule
//
// A script task without a line of its own runs the script that is its id.
#include "flow/drawing.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

typedef ARRAY(const char *) Lines;

typedef struct Variations {
    const SuiteRun *run;
    const char *title;
    Lines drawing;
    const char *xml; // of the drawing, once a case has asked for it
} Variations;

static Value case_read(Arena *arena, const char *line)
{
    Value one = value_context(arena), expect = value_list(NEW_ARRAY(arena, Value, 64), 0);
    const char *colon = line + strcspn(line, ":");
    char *rest, *head = text_slice(arena, line, (size_t)(colon - line));
    for (char *word = strtok_r(head, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        if (strcmp(word, "parallel") == 0)
            value_set(arena, one, "parallel", value_boolean(true));
        else if (strspn(word, "0123456789") == strlen(word))
            value_set(arena, one, "intVar", value_integer(strtoll(word, NULL, 10)));
        else
            value_set(arena, one, "input", value_text(word));
    char *traces = text_copy(arena, *colon ? colon + 1 : colon);
    for (char *word = strtok_r(traces, " ", &rest); word && expect.list.count < 64;
         word = strtok_r(NULL, " ", &rest))
        expect.list.items[expect.list.count++] = value_text(word);
    value_set(arena, one, "expect", expect);
    return one;
}

// Where expressions stand they are formal, as the standard asks.
static char *formal(Arena *arena, const char *line)
{
    static const char *const names[] = {
        "<condition>", "<completionCondition>", "<timeDate>",      "<timeDuration>",
        "<timeCycle>", "<loopCardinality>",     "<loopCondition>", "<activationCondition>"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *found = strstr(line, names[i]);
        if (!found)
            continue;
        size_t before = (size_t)(found - line) + strlen(names[i]) - 1;
        line = text_format(arena, "%.*s xsi:type=\"tFormalExpression\"%s", (int)before, line,
                           line + before);
    }
    return text_copy(arena, line);
}

static void line_add(Variations *all, const char *line)
{
    Arena *arena = all->run->cx->arena;
    size_t count = all->drawing.count;
    const char *last = count ? all->drawing.items[count - 1] : "";
    size_t indent = strspn(last, " ");
    if (text_starts(last + indent, "scriptTask ") && line[strspn(line, " ")] != '|') {
        char id[64] = "";
        sscanf(last + indent, "scriptTask %63s", id);
        array_push(arena, all->drawing) =
            text_format(arena, "%*s  | <script>%s</script>", (int)indent, "", id);
    }
    if (*line)
        array_push(arena, all->drawing) = formal(arena, line);
}

static void line_read(Variations *all, const char *line)
{
    const SuiteRun *run = all->run;
    if (text_starts(line, "= ")) {
        all->title = line + 2;
        all->drawing = (Lines){0};
        all->xml = NULL;
    } else if (text_starts(line, "> ")) {
        line_add(all, "");
        if (!all->xml)
            all->xml = drawing_xml(run->cx, all->drawing.items, all->drawing.count);
        if (text_starts(line, "> refused "))
            bpmn_rejected_judge(run, all->title, (Text){all->xml, strlen(all->xml)},
                                line + strlen("> refused "));
        else
            bpmn_execution_judge(run, all->title, all->xml, case_read(run->cx->arena, line + 2));
    } else if (*line && *line != '#')
        line_add(all, line);
}

FALLIBLE bpmn_variations_run(const SuiteRun *run)
{
    Ctx *cx = run->cx;
    Text text;
    Variations all = {.run = run, .title = ""};
    TRY(suite_file(cx, text_format(cx->arena, "%s/variations.txt", run->folder), &text));
    for (const char *line = text.bytes; *line; line += *line == '\n') {
        size_t length = strcspn(line, "\n");
        line_read(&all, text_slice(cx->arena, line, length));
        line += length;
    }
    return NULL;
}
