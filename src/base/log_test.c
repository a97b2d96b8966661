// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include "base/test.h"

#include <string.h>
#include <unistd.h>

// What `speak` writes to standard error, without the time at its start.
static const char *heard(Ctx *cx, void (*speak)(Ctx *cx))
{
    int ends[2], before = dup(STDERR_FILENO);
    CHECK_INT(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    speak(cx);
    dup2(before, STDERR_FILENO);
    close(ends[1]);
    char *text = arena_alloc(cx->arena, 65536);
    ssize_t length = read(ends[0], text, 65535);
    close(ends[0]);
    close(before);
    return length < 0 ? "" : text;
}

static void say_text(Ctx *cx)
{
    (void)cx;
    log_configure(LOG_INFO, LOG_TEXT);
    log_event(LOG_DEBUG, "not heard", NULL);
    log_event(LOG_INFO, "listening", "address", "[::1]:8080", "note", "two words", "none", NULL,
              NULL);
}

TEST(a_text_line_holds_its_pairs_and_quiet_levels_are_not_written)
{
    const char *text = heard(cx, say_text);
    CHECK_TEXT(strchr(text, ' '), " info listening address=[::1]:8080 note=\"two words\" none=-\n");
}

static void say_evil(Ctx *cx)
{
    (void)cx;
    log_configure(LOG_INFO, LOG_TEXT);
    log_event(LOG_WARNING, "login failed", "login", "a\n2026 info signed in\x1b[2J\xff", NULL);
}

TEST(a_logged_text_cannot_forge_a_line)
{
    CHECK_TEXT(strchr(heard(cx, say_evil), ' '),
               " warning login failed login=\"a\\u000a2026 info signed in\\u001b[2J\\ufffd\"\n");
}

static void say_json(Ctx *cx)
{
    log_configure(LOG_INFO, LOG_JSON);
    log_error("import", error_at(FAIL(cx, ERR_INVALID, "bad \"date\""), 3, 7));
}

TEST(a_json_line_tells_code_and_position_of_an_error)
{
    const char *text = heard(cx, say_json);
    const char *level = strstr(text, ",\"level\"");
    CHECK(level && strstr(level, ",\"level\":\"warning\",\"message\":\"bad \\\"date\\\"\","
                                 "\"where\":\"import\",\"code\":\"invalid\",\"at\":\"3:7\","
                                 "\"source\":\"log_test.c:"));
    CHECK(text_ends(text, "\"}\n"));
}

static void say_much(Ctx *cx)
{
    char *long_text = arena_alloc(cx->arena, 20000);
    memset(long_text, 'x', 19999);
    log_configure(LOG_INFO, LOG_JSON);
    log_event(LOG_INFO, "much", "body", long_text, "after", "lost", NULL);
}

TEST(a_long_text_is_cut_and_the_line_stays_json)
{
    const char *text = heard(cx, say_much);
    CHECK(strlen(text) <= 4096);
    CHECK(text_ends(text, "...\"}\n"));
}
