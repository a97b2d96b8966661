// SPDX-License-Identifier: Apache-2.0
#include "app/users.h"
#include "app/company.h"
#include "base/ids.h"
#include "db/database.h"
#include "http/session.h"
#include "record/record.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static FALLIBLE set_password(Ctx *cx, void *state)
{
    const NewPassword *wanted = state;
    Record *user;
    TRY(record_find(cx, "user", "login", value_text(wanted->login), &user));
    if (!user)
        return FAIL(cx, ERR_NOT_FOUND, "there is no user '%s'", wanted->login);
    return password_set(cx, user->id, wanted->hash);
}

FALLIBLE user_set_password(Ctx *cx, const NewPassword *wanted)
{
    return database_write(cx, cx->company->database, set_password, (void *)wanted);
}

// From the terminal without echo, or the first line of standard input.
static FALLIBLE ask_password(Ctx *cx, const char **out)
{
    struct termios before, silent;
    bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        fputs("New password: ", stderr);
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    char text[PASSWORD_MOST + 2];
    bool read = fgets(text, sizeof text, stdin);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputs("\n", stderr);
    }
    if (!read)
        return FAIL(cx, ERR_INVALID, "no password was given");
    text[strcspn(text, "\n")] = '\0';
    *out = text_copy(cx->arena, text);
    return NULL;
}

typedef struct NewUser {
    const CommandLine *line;
    const char *login;
} NewUser;

static FALLIBLE add_positions(Ctx *cx, Id user, const char *list)
{
    for (const char *at = list; at && *at;) {
        size_t length = strcspn(at, ",");
        const char *key = text_slice(cx->arena, at, length);
        Record *position, *held;
        TRY(record_find(cx, "position", "key", value_text(key), &position));
        if (!position)
            return FAIL(cx, ERR_NOT_FOUND, "there is no position '%s'", key);
        Value fields = value_context(cx->arena);
        value_set(cx->arena, fields, "user", value_text(id_text(cx->arena, user)));
        value_set(cx->arena, fields, "position", value_text(id_text(cx->arena, position->id)));
        TRY(record_create(cx, "user_position", fields, &held));
        at += length + (at[length] == ',');
    }
    return NULL;
}

static FALLIBLE add_user(Ctx *cx, void *state)
{
    const NewUser *wanted = state;
    Record *user;
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "login", value_text(wanted->login));
    value_set(cx->arena, fields, "name",
              value_text(command_option(wanted->line, "name", wanted->login)));
    value_set(cx->arena, fields, "department",
              value_text(command_option(wanted->line, "department", NULL)));
    value_set(cx->arena, fields, "language",
              value_text(command_option(wanted->line, "language", "en")));
    TRY(record_create(cx, "user", fields, &user));
    return add_positions(cx, user->id, command_option(wanted->line, "positions", NULL));
}

static FALLIBLE add_token(Ctx *cx, void *state)
{
    NewPassword *wanted = state;
    Record *user;
    TRY(record_find(cx, "user", "login", value_text(wanted->login), &user));
    if (!user)
        return FAIL(cx, ERR_NOT_FOUND, "there is no user '%s'", wanted->login);
    return token_create(cx, user->id, "command line", 90, &wanted->token);
}

static const CommandOption options[] = {
    {"name", "NAME", "add: the full name"},
    {"department", "KEY", "add: the department"},
    {"positions", "KEY,KEY", "add: the positions held, which give the rights"},
    {"language", "CODE", "add: en or zh-CN"},
    {0},
};

static FALLIBLE run_user(Ctx *cx, const CommandLine *line)
{
    const char *action = line->arguments[0];
    NewPassword wanted = {.login = line->arguments[1]};
    NewUser user = {line, wanted.login};
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "login", value_text(wanted.login));
    if (text_equal(action, "token")) {
        TRY(database_write(cx, cx->company->database, add_token, &wanted));
        value_set(cx->arena, json, "token", value_text(wanted.token));
        command_say(cx, line, json, "%s", wanted.token);
        return NULL;
    }
    if (!text_equal(action, "add") && !text_equal(action, "password"))
        return error_hint(
            FAIL(cx, ERR_INVALID, "there is nothing called '%s' to do with a user", action),
            "Say add, password or token.");
    const char *password;
    TRY(ask_password(cx, &password));
    TRY(password_hash(cx, password, &wanted.hash));
    if (text_equal(action, "add"))
        TRY(database_write(cx, cx->company->database, add_user, &user));
    TRY(user_set_password(cx, &wanted));
    command_say(cx, line, json, "%s can sign in now", wanted.login);
    return NULL;
}

COMMAND(user_command, "user",
        "Add a user, set a password, or make a token: add|password|token LOGIN", "ACTION LOGIN",
        options)
{
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = run_user(cx, line);
    company_close(cx);
    return error;
}
