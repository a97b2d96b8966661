// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include "base/json.h"
#include "base/test.h"

static FALLIBLE refuse(Ctx *cx, bool refused)
{
    if (refused)
        return error_field(error_at(FAIL(cx, ERR_INVALID, "%d is too much", 7), 3, 9), "amount");
    return NULL;
}

static FALLIBLE pass_on(Ctx *cx, bool refused, int *reached)
{
    TRY(refuse(cx, refused));
    *reached = 1;
    return NULL;
}

TEST(try_passes_an_error_on_and_goes_on_without_one)
{
    int reached = 0;
    CHECK_FAILS(pass_on(cx, true, &reached), ERR_INVALID, "7 is too much");
    CHECK_INT(reached, 0);
    CHECK_OK(pass_on(cx, false, &reached));
    CHECK_INT(reached, 1);
}

TEST(an_error_tells_where_and_what_to_do)
{
    Error *error = refuse(cx, true);
    CHECK_TEXT(error->field, "amount");
    CHECK_INT(error->line, 3);
    CHECK_INT(error->column, 9);
    CHECK(text_ends(error->file, "error_test.c"));
    CHECK(error_hint(error, "Ask %s.", "the manager") == error);
    CHECK_TEXT(error->hint, "Ask the manager.");
    CHECK(error_detail(error, "step %d", 2) == error);
    CHECK_TEXT(error->detail, "step 2");
}

TEST(an_error_cuts_no_character_in_half)
{
    Error *error = FAIL(cx, ERR_INVALID, "no field '%.4s'", "\u738b\u4f1f");
    CHECK_TEXT(error->message, "no field '\u738b'");
    CHECK_TEXT(error_detail(error, "%.1s", "\u738b")->detail, "");
}

TEST(an_error_speaks_the_language_of_its_unit_of_work)
{
    cx->language = "zh-CN";
    Value json;
    CHECK_FAILS(json_parse(cx, "{\"a\":1,\"a\":2}", 13, &json), ERR_INVALID, "键“a”重复");
    // Chinese has the places of this one the other way round.
    Error *error = FAIL(cx, ERR_DENIED, "you may not %s a record of '%s'", "edit", "sale");
    CHECK_TEXT(error->message, "您没有对“sale”的记录执行 edit 的权限");
    error_detail(error, "line %d", 3);
    CHECK_TEXT(error_hint(error, "Sign in again.")->hint, "请重新登录。");
    CHECK_TEXT(error->detail, "第 3 行");
    CHECK_TEXT(error_detail(error, "never translated")->detail, "never translated");
}

TEST(each_code_has_its_word_and_its_status)
{
    static const int statuses[] = {400, 401, 403, 404, 409, 413, 429, 405, 503, 500};
    for (int code = ERR_INVALID; code <= ERR_INTERNAL; code++) {
        CHECK_INT(error_status((ErrorCode)code), statuses[code - ERR_INVALID]);
        CHECK(error_word((ErrorCode)code) != NULL);
    }
    CHECK_TEXT(error_word(ERR_NOT_FOUND), "not found");
}
