// SPDX-License-Identifier: Apache-2.0
#include "flow/drawing.h"

#include "bpmn/model.h"

#include <stdio.h>
#include <string.h>

typedef struct Flow {
    const char *source;
    const char *target;
} Flow;

typedef struct Drawing {
    Ctx *cx;
    const char *const *lines;
    size_t count;
    size_t at;
    Buffer *roots;
    Buffer *extensions; // of the process
    int flows;
    ARRAY(Flow) met; // every flow of the drawing, by number from 1
} Drawing;

static size_t indent_of(const char *line)
{
    return strspn(line, " ");
}

static void put_escaped(Buffer *out, const char *text)
{
    for (; *text; text++)
        if (*text == '&')
            buffer_text(out, "&amp;");
        else if (*text == '<')
            buffer_text(out, "&lt;");
        else
            buffer_byte(out, *text);
}

// The next of "b when x > 1; *c": its target, what stands behind " when " (NULL: nothing), and
// whether it is the default.
static char *flow_next(Arena *arena, const char **targets, const char **when, bool *standard)
{
    size_t length = strcspn(*targets, ";");
    char *one = text_trim(arena, text_slice(arena, *targets, length));
    *targets += length + ((*targets)[length] == ';');
    *standard = *one == '*';
    one += *standard;
    char *condition = strstr(one, " when ");
    *when = condition;
    return condition ? text_slice(arena, one, (size_t)(condition - one)) : one;
}

// An element's kind and id, and what follows them before the arrow.
static const char *head_split(Arena *arena, const char *line, const char *arrow, char **kind,
                              char **id)
{
    char *head = text_trim(arena, arrow ? text_slice(arena, line, (size_t)(arrow - line))
                                        : text_copy(arena, line));
    size_t kind_length = strcspn(head, " ");
    *kind = text_slice(arena, head, kind_length);
    char *rest = text_trim(arena, head + kind_length);
    size_t id_length = strcspn(rest, " ");
    *id = text_slice(arena, rest, id_length);
    return rest + id_length;
}

// Each end of a flow lists it, so that all are known before the first element is written.
static void flows_find(Drawing *drawing)
{
    Arena *arena = drawing->cx->arena;
    for (size_t i = 0; i < drawing->count; i++) {
        const char *line = drawing->lines[i] + indent_of(drawing->lines[i]);
        const char *arrow = *line == '|' || strstr(line, " | ") ? NULL : strstr(line, "->");
        const char *targets = arrow ? arrow + 2 : "", *when;
        char *kind, *id;
        bool standard;
        while (*targets) {
            head_split(arena, line, arrow, &kind, &id);
            char *target = flow_next(arena, &targets, &when, &standard);
            array_push(arena, drawing->met) = (Flow){id, target};
        }
    }
}

static void ends_put(const Drawing *drawing, Buffer *out, const char *id)
{
    for (int incoming = 1; incoming >= 0; incoming--)
        for (size_t i = 0; i < drawing->met.count; i++) {
            const Flow *flow = &drawing->met.items[i];
            const char *word = incoming ? "incoming" : "outgoing";
            if (strcmp(incoming ? flow->target : flow->source, id) == 0)
                buffer_format(out, "<%s>flow%zu</%s>", word, i + 1, word);
        }
}

// Sequence flows behind the element; returns the id of the default flow.
static const char *flows_put(Drawing *drawing, Buffer *out, const char *source, const char *targets)
{
    Arena *arena = drawing->cx->arena;
    const char *standard = NULL, *when;
    bool is_standard;
    while (*targets) {
        char *target = flow_next(arena, &targets, &when, &is_standard);
        const char *id = text_format(arena, "flow%d", ++drawing->flows);
        if (is_standard)
            standard = id;
        buffer_format(out, "<sequenceFlow id=\"%s\" sourceRef=\"%s\" targetRef=\"%s\">", id, source,
                      target);
        if (when) {
            buffer_text(out, "<conditionExpression xsi:type=\"tFormalExpression\">");
            put_escaped(out, when + strlen(" when "));
            buffer_text(out, "</conditionExpression>");
        }
        buffer_text(out, "</sequenceFlow>\n");
    }
    return standard;
}

static void level_put(Drawing *drawing, Buffer *out, size_t indent);

// Bar lines and deeper elements inside an element.
static void inside_put(Drawing *drawing, Buffer *out, size_t indent, const char *id)
{
    Buffer *extensions = buffer_new(drawing->cx->arena), *inner = buffer_new(drawing->cx->arena);
    while (drawing->at < drawing->count) {
        const char *line = drawing->lines[drawing->at];
        size_t depth = indent_of(line);
        if (depth <= indent)
            break;
        if (line[depth] != '|') {
            level_put(drawing, inner, depth);
            continue;
        }
        const char *xml = line + depth + 1 + strspn(line + depth + 1, " ");
        buffer_format(text_starts(xml, "<m:") ? extensions : inner, "%s\n", xml);
        drawing->at++;
    }
    if (extensions->length)
        buffer_format(out, "<extensionElements>%s</extensionElements>", extensions->bytes);
    ends_put(drawing, out, id);
    if (inner->length)
        buffer_text(out, inner->bytes);
}

static void element_put(Drawing *drawing, Buffer *out, const char *line, size_t indent)
{
    Arena *arena = drawing->cx->arena;
    const char *arrow = strstr(line, "->");
    char *kind, *id;
    const char *rest = head_split(arena, line, arrow, &kind, &id);
    Buffer *flows = buffer_new(arena);
    const char *standard = arrow ? flows_put(drawing, flows, id, arrow + 2) : NULL;
    buffer_format(out, "<%s id=\"%s\"%s", kind, id, rest);
    if (standard)
        buffer_format(out, " default=\"%s\"", standard);
    buffer_text(out, ">");
    inside_put(drawing, out, indent, id);
    buffer_format(out, "</%s>\n", kind);
    if (flows->length)
        buffer_text(out, flows->bytes);
}

static void line_put(Drawing *drawing, Buffer *out, const char *line, size_t indent)
{
    char from[64], to[64];
    if (text_starts(line, "root | "))
        buffer_format(drawing->roots, "%s\n", line + strlen("root | "));
    else if (text_starts(line, "process | "))
        buffer_format(drawing->extensions, "%s\n", line + strlen("process | "));
    else if (sscanf(line, "process %63s", from) == 1)
        buffer_format(out, "</process>\n<process id=\"%s\" isExecutable=\"true\">", from);
    else if (sscanf(line, "link %63s %63s", from, to) == 2)
        buffer_format(out, "<association id=\"link%zu\" sourceRef=\"%s\" targetRef=\"%s\"/>\n",
                      drawing->at, from, to);
    else
        element_put(drawing, out, line, indent);
}

static void level_put(Drawing *drawing, Buffer *out, size_t indent)
{
    while (drawing->at < drawing->count) {
        const char *line = drawing->lines[drawing->at];
        if (indent_of(line) != indent || line[indent] == '|')
            return;
        drawing->at++;
        line_put(drawing, out, line + indent, indent);
    }
}

char *drawing_xml(Ctx *cx, const char *const *lines, size_t count)
{
    Drawing drawing = {.cx = cx,
                       .lines = lines,
                       .count = count,
                       .roots = buffer_new(cx->arena),
                       .extensions = buffer_new(cx->arena)};
    Buffer *body = buffer_new(cx->arena), *out = buffer_new(cx->arena);
    flows_find(&drawing);
    level_put(&drawing, body, 0);
    buffer_format(out,
                  "<definitions xmlns=\"" BPMN_SPACE "\" xmlns:m=\"" MILLRACE_SPACE
                  "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                  " targetNamespace=\"urn:test\">\n%s<process id=\"test\" isExecutable=\"true\">",
                  drawing.roots->length ? drawing.roots->bytes : "");
    if (drawing.extensions->length)
        buffer_format(out, "<extensionElements>%s</extensionElements>", drawing.extensions->bytes);
    buffer_format(out, "%s</process></definitions>", body->length ? body->bytes : "");
    return out->bytes;
}
