// SPDX-License-Identifier: Apache-2.0
// personal: what the company holds about a person, given out or erased.
#include "app/acting.h"
#include "app/company.h"
#include "app/erasures.h"
#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/person.h"

#include <stdio.h>
#include <string.h>

static const CommandOption personal_options[] = {
    {"as", "LOGIN", "who asks; without it the system"},
    {"reason", "TEXT", "erase: why; it is needed, and stays in the audit"},
    {0},
};

typedef struct Person {
    Erasure erasure;
    Value answer;
} Person;

static FALLIBLE write_out(Ctx *cx, const char *bytes, size_t length, void *state)
{
    return fwrite(bytes, 1, length, state) == length
               ? NULL
               : FAIL(cx, ERR_UNAVAILABLE, "the answer cannot be written");
}

static FALLIBLE export_work(Ctx *cx, void *state)
{
    const Person *person = state;
    PersonSink sink = {write_out, stdout};
    return person_export(cx, person->erasure.entity, person->erasure.record, &sink);
}

static FALLIBLE erase_work(Ctx *cx, void *state)
{
    Person *person = state;
    return person_erase(cx, &person->erasure, &person->answer);
}

static FALLIBLE erase(Ctx *cx, const CommandLine *line, Person *person)
{
    AuditFiles files = audit_files_of(cx, line);
    person->erasure.reason = command_option(line, "reason", NULL);
    TRY(database_write(cx, cx->company->database, erase_work, person));
    TRY(erasures_keep(cx, &files));
    size_t running = value_get(*value_get(person->answer, "histories"), "running")->list.count;
    command_say(cx, line, person->answer,
                "Erased: %zu records. Instances that run and keep what they know: %zu.",
                value_get(person->answer, "records")->list.count, running);
    return NULL;
}

COMMAND(personal_command, "personal", "export or erase ENTITY/ID: all that is held about a person",
        "ACTION ENTITY/ID", personal_options)
{
    Person person = {0};
    bool erases = text_equal(line->arguments[0], "erase");
    if (!erases && !text_equal(line->arguments[0], "export"))
        return error_hint(FAIL(cx, ERR_INVALID, "personal cannot '%s'", line->arguments[0]),
                          "It can: export, erase.");
    if (!command_record(cx, line->arguments[1], &person.erasure.entity, &person.erasure.record))
        return FAIL(cx, ERR_INVALID, "name the record, as account/01J9ZK3T8Q2WX");
    TRY(company_open(cx, line, erases ? COMPANY_OPEN : COMPANY_READ));
    Error *error = act_as(cx, line, DOOR_COMMAND);
    if (!error)
        error = erases ? erase(cx, line, &person)
                       : database_read(cx, cx->company->database, export_work, &person);
    company_close(cx);
    return error;
}
