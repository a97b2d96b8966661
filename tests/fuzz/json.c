// SPDX-License-Identifier: Apache-2.0
// JSON: what was read is written and read again as the same value.
#include "base/json.h"
#include "fuzz.h"

#include <string.h>

static void run(Ctx *cx, const char *bytes, size_t length)
{
    Value value, again;
    if (!fuzz_fine(json_parse(cx, bytes, length, &value)))
        return;
    const char *text = json_text(cx->arena, value);
    fuzz_needs(json_parse(cx, text, strlen(text), &again));
    FUZZ_HOLDS(value_equal(value, again));
    FUZZ_HOLDS(strcmp(text, json_text(cx->arena, again)) == 0);
    FUZZ_HOLDS(value_equal(value, value_copy(cx->arena, value)));
    value_at(value, "/a/0/b~1c");
}

static const char *const seeds[] = {
    "{\"a\":[{\"b/c\":1.50},null,true,false],\"b\":\"\\u00e9\\ud83d\\ude00 \\n\\\"\"}",
    "[-0,1e-6,123456789012345678901234567890.1234,9.9E+6100,[[[[[[[]]]]]]]]",
    "{\"filter\":[{\"field\":\"total\",\"operator\":\">\",\"value\":100}],\"limit\":20}",
    NULL,
};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds};
