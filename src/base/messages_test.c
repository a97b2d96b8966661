// SPDX-License-Identifier: Apache-2.0
#include "base/messages.h"

#include "base/ctx.h"
#include "base/test.h"

#include <string.h>

static Error *inner(Ctx *cx)
{
    return FAIL(cx, ERR_INVALID, "limit is 1 to %d", 7);
}

TEST(an_error_is_told_later_in_the_language_of_whoever_reads_it)
{
    cx->language = "zh-CN";
    Error *error = inner(cx);
    CHECK_TEXT(message_said(cx->arena, "en", error->source), "limit is 1 to 7");
    CHECK_TEXT(message_said(cx->arena, "zh-CN", error->source), error->message);
    CHECK(!text_equal(error->message, "limit is 1 to 7"));
}

// The format is translated, and so is a message that is an argument of another.
TEST(a_kept_message_may_hold_others)
{
    cx->language = LANGUAGE_SOURCE;
    const char *kept = text_format(
        cx->arena, message_in(LANGUAGE_SOURCE, "in the expression '%s': %s"), "100 %",
        text_format(cx->arena, message_in(LANGUAGE_SOURCE, "there is no business calendar '%s'"),
                    "office"));
    CHECK_TEXT(message_said(cx->arena, "en", kept),
               "in the expression '100 %': there is no business calendar 'office'");
    CHECK(strstr(message_said(cx->arena, "zh-CN", kept), "100 %") != NULL);
    CHECK(!strstr(message_said(cx->arena, "zh-CN", kept), "calendar"));
}

TEST(what_is_no_kept_message_is_told_as_it_is)
{
    CHECK(message_said(cx->arena, "en", NULL) == NULL);
    CHECK_TEXT(message_said(cx->arena, "zh-CN", "the bank is closed"), "the bank is closed");
    CHECK_TEXT(message_said(cx->arena, "zh-CN",
                            "\x02no such text %s\x1f"
                            "cut"),
               "no such text cut");
    CHECK_TEXT(message_said(cx->arena, "en",
                            "\x03 \x1f\x02%s %s\x1f"
                            "a\x03 b"),
               " a  b");
    const char *deep = "x";
    for (int i = 0; i < 100; i++)
        deep = text_format(cx->arena, "\x02%%s\x1f%s\x03", deep);
    CHECK(text_ends(message_said(cx->arena, "en", deep), "%sx")); // not taken apart for ever
}
