// SPDX-License-Identifier: Apache-2.0
// FEEL's lexer: names in scope on the first line, parted by commas, then the source. It moves on
// with each token and never beyond the end; what it reads is UTF-8 when the source is.
#include "feel/builtin.h"
#include "feel/lexer.h"
#include "fuzz.h"

#include <string.h>

static NameScope scope_of(Ctx *cx, char *line)
{
    ARRAY(const char *) names = {0};
    char *rest = line;
    for (char *name; (name = strsep(&rest, ","));)
        if (*name)
            array_push(cx->arena, names) = feel_normal_name(cx->arena, name, strlen(name));
    // A name of spaces alone is none, and names are UTF-8, for they come from documents that are.
    size_t kept = 0;
    for (size_t i = 0; i < names.count; i++)
        if (*names.items[i] && utf8_valid(names.items[i], strlen(names.items[i])))
            names.items[kept++] = names.items[i];
    return (NameScope){.names = names.items, .count = kept};
}

static void names_before(const Lexer *at)
{
    Lexer probe = *at;
    const char *name = lexer_name_before(&probe, ":,)");
    FUZZ_HOLDS(!name || (*name && probe.at > at->at && probe.at < probe.end));
    probe = *at;
    name = lexer_name_before_in(&probe);
    FUZZ_HOLDS(!name || (*name && probe.at > at->at));
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    NameScope scope = scope_of(cx, fuzz_line(cx, &in));
    const char *source = text_slice(cx->arena, in.at, (size_t)(in.end - in.at));
    size_t size = strlen(source);
    bool whole = utf8_valid(source, size);
    Lexer lexer = {.arena = cx->arena,
                   .source = source,
                   .at = source,
                   .end = source + size,
                   .scope = &scope,
                   .members = &scope,
                   .library = builtin_spaced_names()};
    for (int before = 0;;) {
        names_before(&lexer);
        Token token = lexer_next(&lexer);
        FUZZ_HOLDS(token.from >= before && token.to >= token.from && (size_t)token.to <= size);
        FUZZ_HOLDS(lexer.at <= lexer.end);
        if (token.kind == TOKEN_END)
            break;
        FUZZ_HOLDS(lexer.at > source + before);
        before = (int)(lexer.at - source);
        if (whole && (token.kind == TOKEN_NAME || token.kind == TOKEN_TEXT))
            FUZZ_HOLDS(utf8_valid(token.text, token.length));
        lexer.after_dot = token.kind == TOKEN_SYMBOL && token.symbol == SYMBOL_DOT;
    }
}

static const char *const seeds[] = {
    "net total,a+b,first name,x.y,if then\nnet total * a + b // note\n.first name",
    "\n\"\\u00e9\\uD83D\\uDE00\\U01F600 \\n\" @\"P1D\" 1.5e-3 .5 1..2",
    "in,instance of\nx instance of number and in between 1 and 2 /* open",
    "\n{a b: 1, \"c\": [1..3)} -> ** != >= <= ? \xE2\x88\x92",
    NULL,
};
static const char *const files[] = {"tests/feel/*.feel-test", NULL};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds, .files = files, .blocks = true};
