// SPDX-License-Identifier: Apache-2.0
// Every example of docs/feel.md: in blocks marked `feel` an optional line `with` and a JSON
// context, the expression, and `=> ` with the result as an expression.
#include "base/json.h"
#include "base/test.h"
#include "feel/feel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Guide {
    Ctx *cx;
    Value scope;
    char *expression;
    int line;
    int examples;
} Guide;

static const char *result_of(Guide *guide, const char *source, Value scope)
{
    Ctx *cx = guide->cx;
    size_t count = scope.kind == VALUE_CONTEXT ? scope.context->count : 0;
    const char **names = NEW_ARRAY(cx->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        names[i] = scope.context->entries[i].key;
    FeelOptions options = {.names = names, .name_count = count};
    const Feel *feel;
    Value value;
    CHECK_OK(feel_compile(cx, source, &options, &feel));
    CHECK_OK(feel_evaluate(cx, feel, scope, NULL, &value));
    return feel_text(cx->arena, value);
}

static void read_example_line(Guide *guide, const char *line)
{
    Ctx *cx = guide->cx;
    if (text_starts(line, "with ")) {
        CHECK_OK(json_parse(cx, line + 5, strlen(line) - 5, &guide->scope));
    } else if (text_starts(line, "=> ")) {
        CHECK(guide->expression != NULL);
        CHECK_TEXT(text_format(cx->arena, "docs/feel.md:%d: %s", guide->line,
                               result_of(guide, guide->expression, guide->scope)),
                   text_format(cx->arena, "docs/feel.md:%d: %s", guide->line,
                               result_of(guide, line + 3, value_null())));
        guide->examples++;
        guide->expression = NULL;
        guide->scope = value_null();
    } else if (*line) {
        CHECK(guide->expression == NULL);
        guide->expression = text_copy(cx->arena, line);
    }
}

TEST(every_example_of_the_guide_holds)
{
    FILE *file = fopen(TEST_SOURCE_ROOT "/docs/feel.md", "r");
    Guide guide = {.cx = cx};
    char line[4096];
    bool inside = false;
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        guide.line++;
        if (text_starts(line, "```"))
            inside = strcmp(line, "```feel") == 0;
        else if (inside)
            read_example_line(&guide, line);
    }
    fclose(file);
    CHECK(guide.examples > 30);
}
