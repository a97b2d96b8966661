// SPDX-License-Identifier: Apache-2.0
// work: the steps of processes from the command line, as the user one acts for and with their
// rights.
#include "app/acting.h"
#include "app/company.h"
#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/process.h"

#include <stdio.h>
#include <string.h>

static const CommandOption options[] = {
    {"as", "LOGIN", "who works: needed, for a step is always somebody's"},
    {"fields", "JSON", "complete: the form, for instance '{\"exit_choice\":\"prepayment\"}'"},
    {"subject", "ENTITY/ID", "list: only the steps of this record"},
    {0},
};

typedef struct Work {
    const CommandLine *line;
    const char *action;
    Id item;
    Value fields;
    Value answer;
} Work;

static FALLIBLE list_work(Ctx *cx, Work *work)
{
    Value request = value_context(cx->arena);
    const char *subject = command_option(work->line, "subject", NULL);
    value_set(cx->arena, request, "state", value_text("open"));
    value_set(cx->arena, request, "limit", value_integer(100));
    if (subject)
        value_set(cx->arena, request, "subject", value_text(subject));
    else
        value_set(cx->arena, request, "mine", value_text("true"));
    return work_item_list(cx, request, &work->answer);
}

static FALLIBLE do_work(Ctx *cx, void *state)
{
    Work *work = state;
    Value next;
    if (text_equal(work->action, "list"))
        return list_work(cx, work);
    if (text_equal(work->action, "claim"))
        TRY(work_item_claim(cx, work->item));
    else if (text_equal(work->action, "release"))
        TRY(work_item_release(cx, work->item));
    else if (text_equal(work->action, "complete"))
        TRY(work_item_complete(cx, work->item, work->fields, &next));
    return work_item_show(cx, work->item, &work->answer);
}

static FALLIBLE read_work(Ctx *cx, const CommandLine *line, Work *work)
{
    static const char *const actions[] = {"list", "show", "claim", "release", "complete"};
    *work = (Work){.line = line, .action = line->arguments[0], .fields = value_context(cx->arena)};
    bool known = false;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        known = known || text_equal(actions[i], work->action);
    if (!known)
        return error_hint(
            FAIL(cx, ERR_INVALID, "there is nothing called '%s' to do with work", work->action),
            "Say list, show, claim, release or complete.");
    bool needs_item = !text_equal(work->action, "list");
    if (needs_item && (line->argument_count < 2 || !id_parse(line->arguments[1], &work->item)))
        return error_hint(FAIL(cx, ERR_INVALID, "this needs the id of a work item"),
                          "'millrace work list' shows them.");
    const char *fields = command_option(line, "fields", NULL);
    return fields ? json_parse(cx, fields, strlen(fields), &work->fields) : NULL;
}

static void print_items(Ctx *cx, const Work *work)
{
    const Value *items = value_get(work->answer, "items");
    for (size_t i = 0; items && i < items->list.count; i++) {
        Value item = items->list.items[i];
        const Value *subject = value_get(item, "subject");
        printf("%s  %-10s %-28s %s\n", value_get_text(item, "id"), value_get_text(item, "state"),
               value_get_text(item, "name"),
               subject && subject->kind == VALUE_CONTEXT ? value_get_text(*subject, "label") : "");
    }
    printf("%zu open\n", items ? items->list.count : 0);
    (void)cx;
}

static FALLIBLE run_work(Ctx *cx, const CommandLine *line)
{
    Work work;
    TRY(read_work(cx, line, &work));
    if (!command_option(line, "as", NULL))
        return FAIL(cx, ERR_INVALID, "say --as LOGIN: a step is always somebody's");
    TRY(act_as(cx, line, DOOR_COMMAND));
    if (text_equal(work.action, "list") || text_equal(work.action, "show"))
        TRY(database_read(cx, cx->company->database, do_work, &work));
    else
        TRY(database_write(cx, cx->company->database, do_work, &work));
    if (text_equal(work.action, "list") && !command_switch(line, "json"))
        print_items(cx, &work);
    else
        command_say(cx, line, work.answer, "%s: %s", value_get_text(work.answer, "name"),
                    value_get_text(work.answer, "state"));
    return NULL;
}

COMMAND(work_command, "work",
        "See and do the steps of processes: list, or show|claim|release|complete ID", "ACTION ...",
        options)
{
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = run_work(cx, line);
    company_close(cx);
    return error;
}
