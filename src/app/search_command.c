// SPDX-License-Identifier: Apache-2.0
// search-index: what the indexer of a server does, by hand.
#include "app/company.h"
#include "base/value.h"
#include "db/database.h"
#include "record/catch_up.h"
#include "record/duplicate.h"
#include "record/search.h"

typedef struct Checking {
    int64_t checked;
    Value progress;
} Checking;

static Error *rebuild(Ctx *cx, void *state)
{
    (void)state;
    return search_rebuild(cx);
}

static Error *check(Ctx *cx, void *state)
{
    Checking *checking = state;
    return search_check(cx, &checking->checked);
}

static Error *progress(Ctx *cx, void *state)
{
    Checking *checking = state;
    return search_progress(cx, &checking->progress);
}

static FALLIBLE index_all(Ctx *cx, const CommandLine *line)
{
    Checking checking = {0};
    bool found = true;
    for (int batches = 1; found; batches++) {
        ArenaMark mark = arena_mark(cx->arena);
        TRY(search_work(cx, cx->company->database, &found));
        if (!found)
            TRY(catch_up_work(cx, cx->company->database, &found));
        if (!found)
            TRY(duplicates_work(cx, cx->company->database, &found));
        arena_rewind(cx->arena, mark);
        if (batches % 20 == 0)
            command_progress(line, "%d batches are indexed", batches);
    }
    TRY(database_read(cx, cx->company->database, progress, &checking));
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "entities", checking.progress);
    command_say(cx, line, json, "Everything is in the search index.");
    return NULL;
}

static FALLIBLE check_all(Ctx *cx, const CommandLine *line)
{
    Checking checking = {0};
    TRY(database_read(cx, cx->company->database, check, &checking));
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "records", value_integer(checking.checked));
    command_say(cx, line, json, "%lld records are found by their own words.",
                (long long)checking.checked);
    return NULL;
}

static const CommandOption options[] = {
    {"rebuild", NULL, "make the whole index anew"},
    {"check", NULL, "ask the index for every record, change nothing"},
    {0},
};

COMMAND(search_index_command, "search-index",
        "Take into the search index what waits for it, as a server does by itself", "", options)
{
    bool checks = command_switch(line, "check"), anew = command_switch(line, "rebuild");
    if (checks && anew)
        return FAIL(cx, ERR_INVALID, "--check changes nothing: say it without --rebuild");
    TRY(company_open(cx, line, checks ? COMPANY_READ : COMPANY_OPEN));
    Error *error = anew ? database_write(cx, cx->company->database, rebuild, NULL) : NULL;
    if (!error)
        error = checks ? check_all(cx, line) : index_all(cx, line);
    company_close(cx);
    return error;
}
