// SPDX-License-Identifier: Apache-2.0
// prove: tries to break a process in a scratch company, and signs what came of it.
#include "app/company.h"
#include "app/proof.h"
#include "base/json.h"
#include "process/proofs.h"

#define CERTIFICATE_BYTES (16UL << 20)

static const CommandOption options[] = {
    {"runs", "N", "how many records are taken through the process; 40 when not given"},
    {"seed", "N", "which random way they take"},
    {"verify", "FILE", "only check the signature of a certificate"},
    {"key", "HEX", "verify: the public key it must be signed with"},
    {0},
};

static FALLIBLE verify(Ctx *cx, const CommandLine *line, const char *path)
{
    Text text;
    Value signed_value;
    TRY(file_read(cx, path, CERTIFICATE_BYTES, &text));
    TRY(json_parse(cx, text.bytes, text.length, &signed_value));
    TRY(proof_verify(cx, signed_value, path, command_option(line, "key", NULL)));
    command_say(cx, line, *value_get(signed_value, "certificate"), "The signature fits. Key: %s",
                value_get_text(signed_value, "key"));
    return NULL;
}

static FALLIBLE prove(Ctx *cx, const CommandLine *line)
{
    int64_t runs, seed;
    Value signed_value;
    TRY(command_integer(cx, line, "runs", PROOF_RUNS, &runs));
    TRY(command_integer(cx, line, "seed", 1, &seed));
    if (runs < 1 || runs > LIMIT_PROOF_RUNS)
        return FAIL(cx, ERR_INVALID, "runs is 1 to %d", LIMIT_PROOF_RUNS);
    ProofOrder order = {.process = line->arguments[0],
                        .runs = (int)runs,
                        .seed = (uint64_t)seed,
                        .language = cx->language};
    TRY(proof_make(cx, line, &order, &signed_value));
    command_say(cx, line, signed_value, "%s", proof_text(cx, signed_value));
    return value_at(signed_value, "/certificate/holds")->boolean
               ? NULL
               : FAIL(cx, ERR_CONFLICT, "the process does not hold: something got through");
}

COMMAND(prove_command, "prove",
        "Try to break a process at every door of a scratch company; a signed certificate",
        "[PROCESS]", options)
{
    const char *path = command_option(line, "verify", NULL);
    if (path)
        return verify(cx, line, path);
    if (!line->argument_count)
        return error_hint(FAIL(cx, ERR_INVALID, "prove needs the key of a process"),
                          "Say 'millrace prove standard-order'.");
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = prove(cx, line);
    company_close(cx);
    return error;
}
