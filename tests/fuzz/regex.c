// SPDX-License-Identifier: Apache-2.0
// Regular expressions: pattern, flags, replacement and input, one a line, through FEEL's built-ins.
#include "feel/feel.h"
#include "fuzz.h"

static const Feel *feel;

static void setup(Ctx *cx)
{
    static const char *const names[] = {"text", "pattern", "flags", "with"};
    FeelOptions options = {.names = names, .name_count = 4, .strict = true};
    fuzz_needs(feel_compile(cx,
                            "[matches(text, pattern, flags), replace(text, pattern, with, flags), "
                            "split(text, pattern)]",
                            &options, &feel));
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    static const char *const names[] = {"pattern", "flags", "with", "text"};
    FuzzBytes in = {bytes, bytes + length};
    Value scope = value_context(cx->arena), result;
    if (!utf8_valid(bytes, length))
        return;
    for (int i = 0; i < 4; i++)
        value_set(cx->arena, scope, names[i], value_text(fuzz_line(cx, &in)));
    if (fuzz_fine(feel_evaluate(cx, feel, scope, NULL, &result)))
        feel_text(cx->arena, result);
}

static const char *const seeds[] = {
    "^(a+)+$\n\n\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
    "(\\w+)@(\\d{2,3})\ni\n$2-$1\nab@12",
    "[\\i-[:]][\\c-[:]]*\nx\n$0\na:b",
    "\\p{IsGreek}|\\p{Lu}|\\P{N}\nsm\n\\\nA",
    "((((a|b)*)*)*)*c\nq\n\nabab",
    "(a)(b)?\\1{1000}\n\n$10\naa",
    NULL,
};

const FuzzTarget fuzz_target = {.setup = setup, .run = run, .seeds = seeds};
