// SPDX-License-Identifier: Apache-2.0
#include "feel/complete.h"
#include "feel/parser.h"

#include "base/test.h"

#include <string.h>

static const char scope_type[] =
    "context<net total: number, order: context<total: number, ship-to: string, "
    "lines: list<context<price: number, product code: string>>>, day: date, tax: number>";

// What is offered where `|` stands, names and members alone unless `all`; behind it what is
// replaced.
static const char *offered(Ctx *cx, const char *marked, bool all)
{
    const FeelType *scope;
    FeelCompletions found;
    size_t caret = strcspn(marked, "|");
    char *source = text_format(cx->arena, "%.*s%s", (int)caret, marked, marked + caret + 1);
    CHECK_OK(feel_parse_type(cx, scope_type, NULL, &scope));
    FeelCheckSetting setting = {.names = scope->fields, .name_count = scope->field_count};
    CHECK_OK(feel_complete(cx, source, caret, &setting, &found));
    Buffer *out = buffer_new(cx->arena);
    for (size_t i = 0; i < found.count; i++)
        if (all || found.items[i].kind <= FEEL_COMPLETE_MEMBER)
            buffer_format(out, "%s%s", out->length ? ", " : "", found.items[i].text);
    buffer_format(out, " <%.*s>", found.to - found.from, source + found.from);
    return out->bytes;
}

TEST(names_in_scope_are_offered)
{
    CHECK_TEXT(offered(cx, "|", false), "day, net total, order, tax <>");
    CHECK_TEXT(offered(cx, "1 + ne|", false), "net total <ne>");
    CHECK_TEXT(offered(cx, "1 + net to|", false), "net total <net to>");
    CHECK_TEXT(offered(cx, "if ta| > 1 then 2 else 3", false), "tax <ta>");
    CHECK_TEXT(offered(cx, "tax * (d|", false), "day <d>");
}

TEST(members_are_offered_behind_a_dot)
{
    CHECK_TEXT(offered(cx, "order.|", false), "lines, ship-to, total <>");
    CHECK_TEXT(offered(cx, "order.to| + 1", false), "total <to>");
    CHECK_TEXT(offered(cx, "order.ship-t|", false), "ship-to <ship-t>");
    CHECK_TEXT(offered(cx, "order.lines[1].pro|", false), "product code <pro>");
    CHECK_TEXT(offered(cx, "order.lines.|", false), "price, product code <>");
    CHECK_TEXT(offered(cx, "day.|", false),
               "day, hour, minute, month, second, time offset, timezone, weekday, year <>");
    CHECK_TEXT(offered(cx, "sort(order.lines)[1].p|", false), "price, product code <p>");
    CHECK_TEXT(offered(cx, "tax.|", false), " <>");
}

TEST(names_that_the_expression_binds_are_offered_where_they_hold)
{
    CHECK_TEXT(offered(cx, "for line in order.lines return l|", false), "line <l>");
    CHECK_TEXT(offered(cx, "for line in order.lines return line.|", false),
               "price, product code <>");
    CHECK_TEXT(offered(cx, "order.lines[pr|", false), "price, product code <pr>");
    CHECK_TEXT(offered(cx, "function(amount: number) a|", false), "amount <a>");
    CHECK_TEXT(offered(cx, "{rate: 1, sum: r|", false), "rate <r>");
    CHECK_TEXT(offered(cx, "some x in order.lines satisfies x.pr| > 1", false),
               "price, product code <pr>");
}

TEST(functions_and_keywords_are_offered_with_their_signature)
{
    FeelCompletions found;
    FeelCheckSetting setting = {0};
    CHECK_TEXT(offered(cx, "substring b|", true), "substring before <substring b>");
    CHECK_TEXT(offered(cx, "1 + ev|", true), "even, every <ev>");
    CHECK_TEXT(offered(cx, "millrace.f|", true), "millrace.format number <millrace.f>");
    CHECK_OK(feel_complete(cx, "string len", 10, &setting, &found));
    CHECK_INT((int64_t)found.count, 1);
    CHECK_TEXT(found.items[0].about, "string length(string: string) -> number");
    CHECK_TEXT(feel_completion_word(found.items[0].kind), "function");
}

TEST(nothing_is_offered_where_nothing_can_stand)
{
    CHECK_TEXT(offered(cx, "\"ta|\"", true), " <>");
    CHECK_TEXT(offered(cx, "1 ) ta|", true), " <>");
    CHECK_TEXT(offered(cx, "tax // ta|", true), " <>");
}

TEST(what_only_ends_too_early_is_unfinished)
{
    FeelCheckSetting setting = {0};
    CHECK(feel_is_unfinished(cx, "1 +", &setting));
    CHECK(feel_is_unfinished(cx, "[1, 2", &setting));
    CHECK(feel_is_unfinished(cx, "if true then", &setting));
    CHECK(feel_is_unfinished(cx, "\"abc", &setting));
    CHECK(!feel_is_unfinished(cx, "1 + 2", &setting));
    CHECK(!feel_is_unfinished(cx, "1 + ) 2", &setting));
    CHECK(!feel_is_unfinished(cx, "1 2", &setting));
}
