// SPDX-License-Identifier: Apache-2.0
// The DMN technology compatibility kit: the runner is Millrace's own, as `millrace dmn test` has
// it. A case is a result node.
#include "dmn/kit.h"
#include "suite.h"

FALLIBLE dmn_kit_run(const SuiteRun *run)
{
    KitTotals totals;
    KitOptions options = {.out = run->out};
    TRY(kit_run(run->cx, run->folder, &options, &totals));
    *run->tally =
        (Tally){totals.passed, totals.nodes, totals.skipped,
                text_format(run->cx->arena, "non-null %zu/%zu\n  %zu numbers are written otherwise",
                            totals.non_null_passed, totals.non_null, totals.otherwise)};
    return NULL;
}
