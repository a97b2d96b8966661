// SPDX-License-Identifier: Apache-2.0
// Several processes on one record: side by side on fields of their own, and variants of which a
// decision chooses one.
#include "process/test_flow.h"

static const char variant[] = "process | <m:governs entity=\"loan\" variable=\"loan\">"
                              "<m:owns field=\"note\"/></m:governs>"
                              "<m:starts on=\"create\" model=\"risk\" decision=\"Risk\"/>\n"
                              "startEvent s -> t\n"
                              "userTask t name=\"Note\" -> e\n"
                              "  | <m:form><m:field name=\"note\" access=\"required\"/></m:form>\n"
                              "endEvent e\n";

DESK_TEST(a_decision_chooses_the_variant_when_a_record_is_created)
{
    flow_deploy(cx, "low", variant);
    flow_deploy(cx, "high", variant);
    desk_loan(cx, "500");
    CHECK_INT(flow_count(cx, "low"), 1);
    CHECK_INT(flow_count(cx, "high"), 0);
    desk_loan(cx, "5000");
    CHECK_INT(flow_count(cx, "low"), 1);
    CHECK_INT(flow_count(cx, "high"), 1);
}

DESK_TEST(a_variant_that_is_not_there_is_refused_by_name)
{
    flow_deploy(cx, "low", variant);
    Id loan;
    CHECK_FAILS(desk_create(cx, "anna", DOOR_API, "{\"amount\":5000}", &loan), ERR_CONFLICT,
                "chooses the process high");
    desk_loan(cx, "500");
}

DESK_TEST(a_field_has_two_owners_only_where_one_decision_chooses_between_them)
{
    flow_deploy(cx, "low", variant);
    CHECK_FAILS(flow_try_deploy(cx, "other",
                                "process | <m:governs entity=\"loan\"><m:owns field=\"note\"/>"
                                "</m:governs><m:starts on=\"create\"/>\n"
                                "startEvent s -> e\n"
                                "endEvent e\n"),
                ERR_INVALID, "owned by the process low");
    CHECK_FAILS(flow_try_deploy(cx, "other",
                                "process | <m:governs entity=\"loan\"/>"
                                "<m:starts on=\"create\" model=\"rusk\" decision=\"Risk\"/>\n"
                                "startEvent s -> e\n"
                                "endEvent e\n"),
                ERR_INVALID, "no decision rusk");
}

DESK_TEST(processes_side_by_side_each_hold_their_own_fields_of_a_record)
{
    flow_deploy(cx, "low", variant);
    flow_deploy(cx, "high", variant);
    Id loan = desk_loan(cx, "500");
    Value moves = desk_moves(cx, "anna", loan);
    CHECK_INT(value_get(moves, "instances")->list.count, 2);
    CHECK_FAILS(desk_change(cx, "root", DOOR_API, loan, "{\"note\":\"x\"}"), ERR_CONFLICT, "note");
    CHECK_FAILS(desk_change(cx, "root", DOOR_API, loan, "{\"score\":1}"), ERR_CONFLICT, "'Loan'");
    // The form of one process does not reach what the other owns.
    CHECK_FAILS(desk_complete(cx, "anna", desk_item(cx, loan, "Enter"), "{\"note\":\"mine\"}"),
                ERR_CONFLICT, "note");
    flow_complete(cx, flow_only(cx, "low"), "t", "{\"note\":\"ours\"}");
    CHECK_TEXT(value_get_text(desk_read(cx, loan), "note"), "ours");
    desk_step(cx, "anna", loan, "Enter", "{}");
    CHECK(desk_item(cx, loan, "HandOver") != 0);
}
