// SPDX-License-Identifier: Apache-2.0
// work: the steps of processes from the command line, as the user one acts for and with their
// rights.
#include "app/acting.h"
#include "app/company.h"
#include "app/prove_doors.h"
#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/process.h"
#include "record/record.h"

#include <stdio.h>
#include <string.h>

static const CommandOption options[] = {
    {"as", "LOGIN", "who works: needed, for a step is always somebody's"},
    {"fields", "JSON",
     "complete, return: the form, for instance '{\"exit_choice\":\"prepayment\"}'"},
    {"subject", "ENTITY/ID", "list: only the steps of this record"},
    {"queue", "NAME", "list: mine, later, team, standing-in, delegated or told"},
    {"to", "LOGIN", "delegate, forward, reassign: to whom"},
    {"position", "KEY", "forward: to whoever holds it"},
    {"department", "KEY", "forward: to whoever belongs to it"},
    {"comment", "TEXT", "what to say with it; skip: the reason"},
    {"until", "INSTANT", "put-off: 2026-11-30T08:00:00Z; without it the step is shown again"},
    {0},
};

typedef struct Work {
    const CommandLine *line;
    const struct WorkAction *action;
    Id item;
    Value fields; // null: none given
    const char *comment;
    Instant until;
    Value answer;
} Work;

typedef struct WorkAction {
    const char *name;
    Error *(*run)(Ctx *cx, Work *work);
    bool needs_item;
    bool reads;
} WorkAction;

static FALLIBLE receiver_read(Ctx *cx, const Work *work, WorkReceiver *out)
{
    const char *login = command_option(work->line, "to", NULL);
    *out = (WorkReceiver){.position = command_option(work->line, "position", NULL),
                          .department = command_option(work->line, "department", NULL)};
    if (!login)
        return NULL;
    Actor *actor;
    Error *error = actor_load(cx, login, DOOR_COMMAND, &actor);
    if (error && error->code == ERR_NOT_FOUND)
        return error_field(FAIL(cx, ERR_INVALID, "there is no active user '%s'", login), "to");
    TRY(error);
    out->user = actor->user;
    return NULL;
}

static FALLIBLE one_receiver(Ctx *cx, const Work *work, Id *out)
{
    WorkReceiver to;
    TRY(receiver_read(cx, work, &to));
    if (!to.user)
        return error_field(FAIL(cx, ERR_INVALID, "say --to LOGIN"), "to");
    *out = to.user;
    return NULL;
}

static FALLIBLE run_list(Ctx *cx, Work *work)
{
    Value request = value_context(cx->arena);
    const char *subject = command_option(work->line, "subject", NULL);
    value_set(cx->arena, request, "state", value_text("open"));
    value_set(cx->arena, request, "limit", value_integer(100));
    if (subject)
        value_set(cx->arena, request, "subject", value_text(subject));
    value_set(cx->arena, request, "queue", value_text(command_option(work->line, "queue", NULL)));
    return work_item_list(cx, request, &work->answer);
}

static FALLIBLE run_show(Ctx *cx, Work *work)
{
    return work_item_show(cx, work->item, &work->answer);
}

static FALLIBLE run_people(Ctx *cx, Work *work)
{
    return work_item_people(cx, work->item, &work->answer);
}

static FALLIBLE run_team(Ctx *cx, Work *work)
{
    return work_team_show(cx, &work->answer);
}

static FALLIBLE run_next(Ctx *cx, Work *work)
{
    return work_item_next(cx, NULL, &work->item);
}

static FALLIBLE run_claim(Ctx *cx, Work *work)
{
    return work_item_claim(cx, work->item);
}

static FALLIBLE run_release(Ctx *cx, Work *work)
{
    return work_item_release(cx, work->item);
}

static FALLIBLE run_start(Ctx *cx, Work *work)
{
    return work_item_start(cx, work->item);
}

static FALLIBLE run_complete(Ctx *cx, Work *work)
{
    Value next;
    return work_item_complete(cx, work->item, work->fields, &next);
}

static FALLIBLE run_skip(Ctx *cx, Work *work)
{
    Value next;
    return work_item_skip(cx, work->item, work->comment, &next);
}

static FALLIBLE run_delegate(Ctx *cx, Work *work)
{
    Id to = 0;
    TRY(one_receiver(cx, work, &to));
    return work_item_delegate(cx, work->item, to, work->comment);
}

static FALLIBLE run_return(Ctx *cx, Work *work)
{
    return work_item_return(cx, work->item, work->fields, work->comment);
}

static FALLIBLE run_forward(Ctx *cx, Work *work)
{
    WorkReceiver to;
    TRY(receiver_read(cx, work, &to));
    return work_item_forward(cx, work->item, &to, work->comment);
}

static FALLIBLE run_reassign(Ctx *cx, Work *work)
{
    Id to = 0;
    TRY(one_receiver(cx, work, &to));
    return work_item_reassign(cx, work->item, to, work->comment);
}

static FALLIBLE run_comment(Ctx *cx, Work *work)
{
    return work_item_comment(cx, work->item, work->comment);
}

static FALLIBLE run_put_off(Ctx *cx, Work *work)
{
    return work_item_put_off(cx, work->item, work->until);
}

static FALLIBLE run_read(Ctx *cx, Work *work)
{
    return work_item_read_by_me(cx, work->item, true);
}

static const WorkAction actions[] = {
    {"list", run_list, false, true},         {"show", run_show, true, true},
    {"people", run_people, true, true},      {"team", run_team, false, true},
    {"next", run_next, false, false},        {"claim", run_claim, true, false},
    {"release", run_release, true, false},   {"start", run_start, true, false},
    {"complete", run_complete, true, false}, {"skip", run_skip, true, false},
    {"delegate", run_delegate, true, false}, {"return", run_return, true, false},
    {"forward", run_forward, true, false},   {"reassign", run_reassign, true, false},
    {"comment", run_comment, true, false},   {"put-off", run_put_off, true, false},
    {"read", run_read, true, false},
};

static FALLIBLE do_work(Ctx *cx, void *state)
{
    Work *work = state;
    TRY(work->action->run(cx, work));
    if (work->action->reads)
        return NULL;
    // Whoever has given it away may not see it any more.
    Error *error = work_item_show(cx, work->item, &work->answer);
    if (error && error->code == ERR_NOT_FOUND)
        work->answer = value_null();
    else
        TRY(error);
    return NULL;
}

static FALLIBLE read_options(Ctx *cx, const CommandLine *line, Work *work)
{
    const char *until = command_option(line, "until", NULL);
    const char *fields = command_option(line, "fields", NULL);
    work->comment = command_option(line, "comment", NULL);
    if (until && !instant_parse(until, &work->until))
        return error_field(FAIL(cx, ERR_INVALID, "until is an instant, 2026-11-30T08:00:00Z"),
                           "until");
    return fields ? json_parse(cx, fields, strlen(fields), &work->fields) : NULL;
}

static FALLIBLE read_work(Ctx *cx, const CommandLine *line, Work *work)
{
    *work = (Work){.line = line, .fields = value_null()};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (text_equal(actions[i].name, line->arguments[0]))
            work->action = &actions[i];
    if (!work->action)
        return error_hint(FAIL(cx, ERR_INVALID, "there is nothing called '%s' to do with work",
                               line->arguments[0]),
                          "Say list, show, people, team, next, claim, release, start, complete, "
                          "skip, delegate, return, forward, reassign, comment, put-off or read.");
    if (work->action->needs_item &&
        (line->argument_count < 2 || !id_parse(line->arguments[1], &work->item)))
        return error_hint(FAIL(cx, ERR_INVALID, "this needs the id of a work item"),
                          "'millrace work list' shows them.");
    return read_options(cx, line, work);
}

static void print_items(const Work *work)
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
}

static FALLIBLE work_act(Ctx *cx, const CommandLine *line, Work *work)
{
    TRY(read_work(cx, line, work));
    if (!command_option(line, "as", NULL))
        return FAIL(cx, ERR_INVALID, "say --as LOGIN: a step is always somebody's");
    TRY(act_as(cx, line, DOOR_COMMAND));
    return work->action->reads ? database_read(cx, cx->company->database, do_work, work)
                               : database_write(cx, cx->company->database, do_work, work);
}

static FALLIBLE run_work(Ctx *cx, const CommandLine *line)
{
    Work work;
    TRY(work_act(cx, line, &work));
    if (work.action->run == run_list && !command_switch(line, "json"))
        print_items(&work);
    else if (work.action->run == run_people || work.action->run == run_team)
        command_say(cx, line, work.answer, "%s", json_text(cx->arena, work.answer));
    else if (work.answer.kind == VALUE_NULL)
        command_say(cx, line, work.answer, "The step is not yours any more.");
    else
        command_say(cx, line, work.answer, "%s: %s", value_get_text(work.answer, "name"),
                    value_get_text(work.answer, "state"));
    return NULL;
}

// One work item, as the command does it: for a proof.
Error *work_command_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer)
{
    (void)state;
    const char *action = prove_item_deed(move->kind);
    answer->knows = action != NULL;
    if (!action)
        return NULL;
    const char *arguments[] = {action, id_text(cx->arena, move->item)};
    CommandLine line = {
        .options = value_context(cx->arena), .arguments = arguments, .argument_count = 2};
    value_set(cx->arena, line.options, "as", value_text(move->actor.login));
    value_set(cx->arena, line.options, "comment", value_text(move->reason));
    if (move->to.user)
        value_set(cx->arena, line.options, "to", value_text(move->to.login));
    if (move->kind == MOVE_COMPLETE)
        value_set(cx->arena, line.options, "fields",
                  value_text(json_text(cx->arena, move->fields)));
    Ctx own = *cx;
    Work work;
    answer->problem = prove_problem(cx, work_act(&own, &line, &work));
    return NULL;
}

COMMAND(work_command, "work",
        "See and do the steps of processes: list, next, or show|claim|complete|delegate|... ID",
        "ACTION ...", options)
{
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = run_work(cx, line);
    company_close(cx);
    return error;
}
