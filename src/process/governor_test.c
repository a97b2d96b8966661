// SPDX-License-Identifier: Apache-2.0
// What a process owns is refused at every door, whoever asks, and nothing changes.
#include "process/test_desk.h"

static const Door doors[] = {DOOR_STEP,   DOOR_API,     DOOR_BULK,
                             DOOR_IMPORT, DOOR_COMMAND, DOOR_SYSTEM};
static const char *const forbidden[] = {
    "{\"status\":\"cancelled\"}",
    "{\"score\":1}",
    "{\"decision\":\"yes_please\"}",
    "{\"second\":\"yes_please\"}",
    "{\"note\":\"along with it\",\"status\":\"cancelled\"}",
};

static void all_refused(Ctx *cx, Id loan)
{
    Value before = desk_read(cx, loan);
    for (size_t d = 0; d < sizeof doors / sizeof *doors; d++)
        for (size_t f = 0; f < sizeof forbidden / sizeof *forbidden; f++) {
            CHECK_FAILS(desk_change(cx, "anna", doors[d], loan, forbidden[f]), ERR_CONFLICT,
                        "by the process 'Loan' only");
            CHECK_FAILS(desk_change(cx, "root", doors[d], loan, forbidden[f]), ERR_CONFLICT,
                        "by the process 'Loan' only");
        }
    CHECK(value_equal(before, desk_read(cx, loan)));
}

DESK_TEST(owned_fields_are_refused_in_every_state_at_every_door)
{
    Id loan = desk_loan(cx, "5000");
    all_refused(cx, loan);
    desk_step(cx, "anna", loan, "Enter", "{}");
    all_refused(cx, loan);
    desk_step(cx, "bob", loan, "Decide", "{\"decision\":\"no_thanks\"}");
    all_refused(cx, loan);
    desk_step(cx, "bea", loan, "Second", "{\"second\":\"no_thanks\"}");
    all_refused(cx, loan);
    desk_step(cx, "anna", loan, "HandOver", "{}");
    all_refused(cx, loan);
    int delivered;
    CHECK_OK(desk_message(cx, "anna", "loan.paid", value_get_text(desk_read(cx, loan), "number"),
                          NULL, 0, &delivered));
    all_refused(cx, loan);
}

DESK_TEST(a_refusal_names_the_open_step_who_and_where)
{
    Id loan = desk_loan(cx, "5000");
    desk_step(cx, "anna", loan, "Enter", "{}");
    Error *error = desk_change(cx, "anna", DOOR_API, loan, "{\"decision\":\"yes_please\"}");
    CHECK_FAILS(error, ERR_CONFLICT, "decision");
    CHECK_TEXT(error->field, "decision");
    Value about = *error->about;
    const Value *step = value_get(about, "open_step");
    CHECK_TEXT(value_get_text(*step, "key"), "Decide");
    CHECK_TEXT(value_at(*step, "/who/department/name")->text.bytes, "Back");
    CHECK_TEXT(value_at(*step, "/who/position")->text.bytes, "officer");
    CHECK_INT(value_at(*step, "/who/users")->list.count, 3);
    CHECK(text_starts(value_get_text(*step, "where"), "/work/"));
}

DESK_TEST(a_refusal_speaks_the_language_of_the_reader)
{
    Id loan = desk_loan(cx, "5000");
    cx->language = "zh-CN";
    Error *error = desk_change(cx, "anna", DOOR_API, loan, "{\"status\":\"cancelled\"}");
    CHECK_FAILS(error, ERR_CONFLICT, "控制，不能直接修改");
    CHECK_TEXT(error->detail, "当前未完成的步骤是“录入贷款”。");
    CHECK(text_starts(error->hint, "请先完成当前步骤：/work/"));
}

DESK_TEST(owned_fields_are_refused_at_creation)
{
    Id loan;
    CHECK_FAILS(
        desk_create(cx, "root", DOOR_IMPORT, "{\"amount\":1,\"status\":\"granted\"}", &loan),
        ERR_CONFLICT, "set by the process 'Loan' only");
    CHECK_OK(desk_create(cx, "anna", DOOR_IMPORT, "{\"amount\":1,\"status\":\"draft\"}", &loan));
}

DESK_TEST(owned_fields_are_held_where_no_process_runs)
{
    Id loan;
    CHECK_OK(desk_create(cx, "anna", DOOR_API, "{\"note\":\"no process\"}", &loan));
    Error *error = desk_change(cx, "root", DOOR_API, loan, "{\"status\":\"granted\"}");
    CHECK_FAILS(error, ERR_CONFLICT, "by the process 'Loan' only");
    CHECK_TEXT(error->detail, "The process does not run on this record.");
}

DESK_TEST(a_field_is_free_until_its_step_is_done)
{
    Id loan = desk_loan(cx, "5000");
    CHECK_OK(desk_change(cx, "anna", DOOR_API, loan, "{\"amount\":800}"));
    desk_step(cx, "anna", loan, "Enter", "{}");
    CHECK_FAILS(desk_change(cx, "anna", DOOR_API, loan, "{\"amount\":9000}"), ERR_CONFLICT,
                "amount");
    CHECK_OK(desk_change(cx, "anna", DOOR_API, loan, "{\"note\":\"free\"}"));
}

typedef struct Locked {
    Id loan;
    Value fields;
} Locked;

static FALLIBLE locked_work(Ctx *cx, void *state)
{
    Locked *locked = state;
    return process_locked_fields(cx, "loan", locked->loan, &locked->fields);
}

DESK_TEST(locked_fields_are_told_as_they_are_now)
{
    Locked locked = {.loan = desk_loan(cx, "5000")};
    CHECK_OK(desk_do(cx, "anna", DOOR_API, locked_work, &locked));
    CHECK_JSON(locked.fields, "[\"status\",\"score\",\"decision\",\"second\"]");
    desk_step(cx, "anna", locked.loan, "Enter", "{}");
    CHECK_OK(desk_do(cx, "anna", DOOR_API, locked_work, &locked));
    CHECK_JSON(locked.fields, "[\"status\",\"score\",\"decision\",\"second\",\"amount\"]");
}

DESK_TEST(a_record_with_a_running_process_is_not_deleted)
{
    Id loan = desk_loan(cx, "500");
    Error *error = desk_delete(cx, "root", loan);
    CHECK_FAILS(error, ERR_CONFLICT, "runs on this record");
    CHECK_TEXT(value_at(*error->about, "/open_step/key")->text.bytes, "Enter");
}

static FALLIBLE start_again(Ctx *cx, void *state)
{
    Id instance;
    return instance_start(cx, "loan", "loan", *(Id *)state, value_null(), &instance);
}

DESK_TEST(a_record_goes_through_a_process_once)
{
    Id loan = desk_loan(cx, "500");
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, start_again, &loan), ERR_CONFLICT,
                "went through the process");
    desk_step(cx, "anna", loan, "Enter", "{}");
    CHECK_OK(desk_cancel(cx, "anna", desk_instance(cx, loan)));
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, start_again, &loan), ERR_CONFLICT,
                "went through the process");
}

static FALLIBLE start_with_variables(Ctx *cx, void *state)
{
    Value variables = value_context(cx->arena);
    value_set(cx->arena, variables, "risk", value_text("low"));
    Id instance;
    return instance_start(cx, "loan", "loan", *(Id *)state, variables, &instance);
}

DESK_TEST(nobody_brings_the_outcome_of_a_decision_along)
{
    Id loan;
    CHECK_OK(desk_create(cx, "anna", DOOR_API, "{\"note\":\"no process\"}", &loan));
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, start_again, &loan), ERR_CONFLICT,
                "is not for this record");
    CHECK_OK(desk_change(cx, "anna", DOOR_API, loan, "{\"note\":\"now it is\"}"));
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, start_with_variables, &loan), ERR_INVALID,
                "takes no variables");
    CHECK_OK(desk_do(cx, "root", DOOR_API, start_again, &loan));
    CHECK(desk_item(cx, loan, "Enter") != 0);
}
