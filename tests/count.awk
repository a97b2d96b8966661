# SPDX-License-Identifier: Apache-2.0
# Reads the output of a test runner, writes "PASSED FAILED SKIPPED", or nothing when it holds no
# count. Of several kinds of count the first of these is taken: our own closing line (the last one),
# the summaries of node --test, of Vitest, of Check, and lines of TAP.
{
    gsub(/\033\[[0-9;]*[A-Za-z]/, "")
}

/^([A-Za-z0-9_-]+: )?[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/ {
    sub(/^[A-Za-z0-9_-]+: /, "")
    plain = 1
    plain_passed = $1
    plain_failed = $3
    plain_skipped = NF > 4 ? $5 : 0
}

$1 ~ /^(#|ℹ)$/ && $2 ~ /^(pass|fail|cancelled|skipped|todo)$/ && $3 ~ /^[0-9]+$/ && NF == 3 {
    node = 1
    node_count[$2] += $3
}

/^ *Tests  +[0-9]+ / {
    vitest = 1
    for (i = 2; i < NF; i++)
        vitest_count[$(i + 1)] += $i
}

/^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+/ {
    check = 1
    check_passed += $3 - $5 - $7
    check_failed += $5 + $7
}

/^ok [0-9]*/ {
    tap = 1
    if (/# SKIP/)
        tap_skipped++
    else
        tap_passed++
}

/^not ok [0-9]*/ {
    tap = 1
    if (/# (TODO|SKIP)/)
        tap_skipped++
    else
        tap_failed++
}

END {
    if (plain)
        print plain_passed + 0, plain_failed + 0, plain_skipped + 0
    else if (node)
        print node_count["pass"] + 0, node_count["fail"] + node_count["cancelled"] + 0,
            node_count["skipped"] + node_count["todo"] + 0
    else if (vitest)
        print vitest_count["passed"] + 0, vitest_count["failed"] + 0,
            vitest_count["skipped"] + vitest_count["todo"] + 0
    else if (check)
        print check_passed, check_failed, 0
    else if (tap)
        print tap_passed + 0, tap_failed + 0, tap_skipped + 0
}
