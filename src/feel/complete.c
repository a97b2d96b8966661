// SPDX-License-Identifier: Apache-2.0
// A name that nobody writes is put where the caret stands, the source is mended as far as the
// parser says what it expected, and the check is asked what it knows where it comes to that name.
#include "feel/complete.h"
#include "base/limits.h"
#include "feel/builtin_signature.h"
#include "feel/parser_internal.h"

#include <stdlib.h>
#include <string.h>

#define CARET_NAME "millraceCaretHere"
#define COMPLETE_MENDS 60 // closing brackets and words that are added at most
#define COMPLETE_WORDS 8  // of a name

const char *feel_completion_word(FeelCompletionKind kind)
{
    static const char *const words[] = {"name", "member", "function", "keyword"};
    return words[kind];
}

// What to add where the source ends and the parser expected something; NULL: nothing helps.
static const char *mend_for(const char *expected)
{
    static const struct {
        const char *expected;
        const char *mend;
    } mends[] = {
        {"an expression", " null"},
        {"`)`", ")"},
        {"`]`", "]"},
        {"`,` or `]`", "]"},
        {"`,` or `)`", ")"},
        {"`,` or `}`", "}"},
        {"`:`", ": null"},
        {"`then`", " then null"},
        {"`else`", " else null"},
        {"`,` or `return`", " return null"},
        {"`,` or `satisfies`", " satisfies true"},
        {"`and` of `between`", " and null"},
        {"`]`, `[` or `)` of the range", "]"},
        {"`..` of the range", "..null]"},
    };
    for (size_t i = 0; i < sizeof mends / sizeof *mends; i++)
        if (strcmp(mends[i].expected, expected) == 0)
            return mends[i].mend;
    return NULL;
}

typedef struct Completer {
    Ctx *cx;
    Arena *arena;
    const FeelCheckSetting *setting;
    ParserSetting parser;
    FeelCompletions *out;
    const char *source;
    size_t caret;
    size_t length; // of what stands before the caret of the names found so far
} Completer;

// Parses the text, mended at its end when need be.
static Node *parse_mended(Completer *completer, const char *text)
{
    Node *tree = NULL;
    for (int i = 0; i < COMPLETE_MENDS; i++) {
        const char *expected = NULL;
        if (feel_parse_ended(completer->cx, text, &completer->parser,
                             completer->setting->unary_tests, &tree, &expected))
            return tree;
        const char *mend = expected ? mend_for(expected) : NULL;
        if (!mend)
            return NULL;
        text = text_format(completer->arena, "%s%s", text, mend);
    }
    return NULL;
}

static bool probe_text(Completer *completer, const char *text, Probe *probe)
{
    FeelChecker checker;
    FeelCheck check;
    Node *tree = parse_mended(completer, text);
    if (!tree)
        return false;
    check_open(&checker, completer->cx, text, completer->setting, &check);
    checker.probe = probe;
    check_root(&checker, tree);
    return probe->found;
}

// Where the run of words before the caret begins: "if net tot" begins at "net".
static size_t run_start(const char *source, size_t caret)
{
    size_t start = caret;
    size_t at = caret;
    for (int words = 0; words < COMPLETE_WORDS; words++) {
        while (at > 0 && words > 0 && source[at - 1] == ' ')
            at--;
        size_t end = at;
        while (at > 0 && lexer_is_name_byte(source[at - 1]))
            at--;
        if (at == end || (source[at] >= '0' && source[at] <= '9') ||
            lexer_is_keyword(source + at, end - at))
            break;
        start = at;
    }
    return start;
}

// The same where symbols may be part of the name: with "+-*/'" "order.ship-t" begins at "ship".
static size_t joined_start(const char *source, size_t start, const char *symbols)
{
    size_t at = start;
    while (at > 0 && (lexer_is_name_byte(source[at - 1]) || strchr(symbols, source[at - 1])))
        at--;
    return at;
}

static bool probe_at(Completer *completer, size_t start, Probe *probe)
{
    const char *source = completer->source;
    size_t rest = completer->caret;
    while (lexer_is_name_byte(source[rest]))
        rest++;
    *probe = (Probe){.name = CARET_NAME};
    return probe_text(completer,
                      text_format(completer->arena, "%.*s" CARET_NAME "%s", (int)start, source,
                                  source + rest),
                      probe) ||
           probe_text(completer,
                      text_format(completer->arena, "%.*s" CARET_NAME, (int)start, source), probe);
}

// How many bytes before the caret are the beginning of the text.
static size_t written(const Completer *completer, const char *text)
{
    size_t most = strlen(text);
    if (most > completer->caret)
        most = completer->caret;
    for (size_t length = most; length > 0; length--) {
        const char *at = completer->source + completer->caret - length;
        bool boundary = at == completer->source || !lexer_is_name_byte(at[-1]);
        if (boundary && memcmp(at, text, length) == 0)
            return length;
    }
    return 0;
}

static void offer(Completer *completer, FeelCompletionKind kind, const char *text,
                  const char *about)
{
    FeelCompletions *out = completer->out;
    size_t length = written(completer, text);
    if (length < completer->length)
        return;
    if (length > completer->length) {
        completer->length = length;
        out->count = 0;
    }
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->items[i].text, text) == 0)
            return; // the inner one hides it
    array_push(completer->arena, *out) = (FeelCompletion){kind, text, about};
}

static const char *type_text(Completer *completer, Shape shape)
{
    return feel_type_text(completer->arena, shape_type(completer->arena, shape));
}

static void offer_fields(Completer *completer, FeelCompletionKind kind, const FeelType *context)
{
    for (size_t i = 0; context && i < context->field_count; i++)
        offer(completer, kind, context->fields[i].name,
              context->fields[i].type ? feel_type_text(completer->arena, context->fields[i].type)
                                      : "Any");
}

static void offer_members(Completer *completer, Shape left, int depth)
{
    Kinds telling = shape_telling(left);
    offer_fields(completer, FEEL_COMPLETE_MEMBER, shape_detail(left, TYPE_CONTEXT));
    if (shape_detail(left, TYPE_LIST) && depth < 10)
        offer_members(completer, shape_element(left), depth + 1);
    for (ValueKind kind = VALUE_BOOLEAN; telling != KIND_ANY && kind <= VALUE_FUNCTION; kind++) {
        const char *names[CHECK_PROPERTIES];
        size_t count = telling & KIND(kind) ? check_properties(kind, names) : 0;
        for (size_t i = 0; i < count; i++)
            offer(completer, FEEL_COMPLETE_MEMBER, names[i], NULL);
    }
}

static void offer_names(Completer *completer, const Bound *bound)
{
    for (; bound; bound = bound->outer) {
        if (bound->name)
            offer(completer, FEEL_COMPLETE_NAME, bound->name, type_text(completer, bound->shape));
        else
            offer_fields(completer, FEEL_COMPLETE_NAME, shape_detail(bound->shape, TYPE_CONTEXT));
    }
}

static void offer_functions(Completer *completer)
{
    size_t count;
    const void *const *all = registry_all(&builtins, &count);
    for (size_t i = 0; i < count; i++) {
        const Builtin *builtin = all[i];
        const SignatureForm *form = builtin_signature(completer->cx, builtin)->forms;
        offer(completer, FEEL_COMPLETE_FUNCTION, builtin->name,
              text_format(completer->arena, "%s(%s) -> %s", builtin->name, form->text,
                          form->result_text));
    }
}

static void offer_all(Completer *completer, const Probe *probe)
{
    if (probe->path) {
        offer_members(completer, probe->left, 0);
        return;
    }
    offer_names(completer, probe->bound);
    offer_functions(completer);
    for (size_t i = 0; lexer_keyword(i); i++)
        offer(completer, FEEL_COMPLETE_KEYWORD, lexer_keyword(i), NULL);
}

static int by_kind_and_text(const void *a, const void *b)
{
    const FeelCompletion *x = a;
    const FeelCompletion *y = b;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->text, y->text);
}

static bool open_completer(Completer *completer, Ctx *cx, const char *source, size_t caret,
                           const FeelCheckSetting *setting, FeelCompletions *out)
{
    size_t length = strlen(source);
    *completer = (Completer){.cx = cx, .arena = cx->arena, .setting = setting, .out = out};
    completer->source = source;
    completer->caret = caret < length ? caret : length;
    while (completer->caret > 0 && ((unsigned char)source[completer->caret] & 0xC0) == 0x80)
        completer->caret--;
    check_parser_setting(cx, setting, &completer->parser);
    return length <= LIMIT_EXPRESSION_BYTES && utf8_valid(source, length);
}

FALLIBLE feel_complete(Ctx *cx, const char *source, size_t caret, const FeelCheckSetting *setting,
                       FeelCompletions *out)
{
    Completer completer;
    Probe probe;
    *out = (FeelCompletions){0};
    if (!open_completer(&completer, cx, source, caret, setting, out))
        return FAIL(cx, ERR_INVALID, "the expression is not valid UTF-8 or too long");
    out->from = out->to = (int)completer.caret;
    // From the longest text that may be the beginning of one name to the shortest.
    size_t start = run_start(source, completer.caret);
    size_t starts[] = {joined_start(source, start, "+-*/'."), joined_start(source, start, "+-*/'"),
                       start};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        bool last = starts[i] == start;
        out->count = completer.length = 0;
        if (probe_at(&completer, starts[i], &probe))
            offer_all(&completer, &probe);
        if (last || completer.length == completer.caret - starts[i])
            break;
    }
    out->from = (int)(completer.caret - completer.length);
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_kind_and_text);
    return NULL;
}

bool feel_is_unfinished(Ctx *cx, const char *source, const FeelCheckSetting *setting)
{
    ParserSetting parser;
    Node *tree;
    const char *expected = NULL;
    check_parser_setting(cx, setting, &parser);
    return !feel_parse_ended(cx, source, &parser, setting->unary_tests, &tree, &expected) &&
           expected;
}
