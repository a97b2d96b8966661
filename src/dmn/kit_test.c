// SPDX-License-Identifier: Apache-2.0
// The shared part of the technology compatibility kit, from MILLRACE_CONFORMANCE.
#include "dmn/kit.h"

#include "base/test.h"

#include <stdlib.h>
#include <unistd.h>

static const char *kit_folder(Ctx *cx)
{
    const char *root = getenv("MILLRACE_CONFORMANCE");
    if (root)
        return text_format(cx->arena, "%s/dmn-tck", root);
    return TEST_SOURCE_ROOT "/../shared/conformance/dmn-tck";
}

TEST_WITH(the_compatibility_kit_passes, NULL, 120)
{
    KitTotals totals;
    const char *folder = kit_folder(cx);
    if (access(folder, R_OK) != 0) {
        printf("dmn-tck: skipped, %s is not there\n", folder);
        return;
    }
    KitOptions options = {.out = getenv("MILLRACE_KIT_VERBOSE") ? stdout : NULL};
    CHECK_OK(kit_run(cx, folder, &options, &totals));
    printf("dmn-tck: %s\n", kit_summary(cx->arena, &totals));
    CHECK(totals.nodes > 0);
    CHECK_INT(totals.passed, totals.nodes);
}

// Our own tests, in the kit's form.
TEST(decision_models_hold_what_the_standard_says)
{
    KitTotals totals;
    KitOptions options = {.out = stdout};
    CHECK_OK(kit_run(cx, TEST_SOURCE_ROOT "/tests/dmn", &options, &totals));
    CHECK(totals.nodes >= 100);
    CHECK_INT(totals.passed, totals.nodes);
    CHECK_INT(totals.otherwise, 0);
}
