// SPDX-License-Identifier: Apache-2.0
// The proof finds nothing in a process that holds, and finds what does not hold.
#include "process/prove.h"

#include "process/prove_room.h"
#include "process/test_desk.h"
#include "record/record.h"

static Value proven(Ctx *cx)
{
    Value certificate;
    CHECK_OK(prove_run(cx, &(ProveOptions){"loan", 12, 7}, &certificate));
    return certificate;
}

DESK_TEST(nothing_gets_through_a_loan)
{
    Value certificate = proven(cx);
    CHECK_JSON(*value_get(certificate, "through"), "[]");
    CHECK(value_get(certificate, "tried")->list.count > 50);
    CHECK(value_equal(*value_get(certificate, "attempts"), *value_get(certificate, "refused")));
    CHECK(value_get(certificate, "reached")->list.count >= 4);
}

static FALLIBLE nothing_is_held(Ctx *cx, const GateChange *change)
{
    (void)cx;
    (void)change;
    return NULL;
}

DESK_TEST(what_the_gate_lets_through_is_told)
{
    static const Governor open = {.check = nothing_is_held};
    gate_govern(&open);
    Value certificate = proven(cx);
    CHECK(value_get(certificate, "through")->list.count > 0);
}
