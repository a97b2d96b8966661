// SPDX-License-Identifier: Apache-2.0
#include "app/audit_proof.h"

#include "app/company.h"
#include "app/sealer.h"
#include "base/calendar.h"
#include "base/ids.h"

#include <sodium.h>
#include <string.h>

// ---- verify ---------------------------------------------------------------------------------

static Value leaf_value(int64_t leaf)
{
    return leaf < 0 ? value_null() : value_integer(leaf);
}

static Value problem_json(Ctx *cx, const AuditProblem *problem)
{
    Value json = value_context(cx->arena);
    const char *record = problem->record ? id_text(cx->arena, problem->record) : NULL;
    value_set(cx->arena, json, "finding", value_text(audit_finding_word(problem->finding)));
    value_set(cx->arena, json, "entity", value_text(*problem->entity ? problem->entity : NULL));
    value_set(cx->arena, json, "record", value_text(record));
    value_set(cx->arena, json, "field", value_text(*problem->field ? problem->field : NULL));
    value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, problem->at)));
    value_set(cx->arena, json, "until", value_text(instant_text(cx->arena, problem->until)));
    value_set(cx->arena, json, "leaf", leaf_value(problem->leaf));
    value_set(cx->arena, json, "last", leaf_value(problem->last));
    return json;
}

static const char *problem_line(Ctx *cx, const AuditProblem *problem)
{
    Buffer *text = buffer_new(cx->arena);
    const char *at = instant_text(cx->arena, problem->at);
    buffer_format(text, "%-9s ", audit_finding_word(problem->finding));
    if (problem->at == problem->until)
        buffer_format(text, " %s", at);
    else
        buffer_format(text, " %s to %s", at, instant_text(cx->arena, problem->until));
    if (*problem->entity)
        buffer_format(text, "  %s", problem->entity);
    if (problem->record)
        buffer_format(text, "/%s", id_text(cx->arena, problem->record));
    if (*problem->field)
        buffer_format(text, " %s", problem->field);
    if (problem->leaf >= 0)
        buffer_format(text, "  (row %lld", (long long)problem->leaf);
    if (problem->leaf >= 0 && problem->last != problem->leaf)
        buffer_format(text, " to %lld", (long long)problem->last);
    if (problem->leaf >= 0)
        buffer_text(text, ")");
    return text->bytes;
}

static Value verified_json(Ctx *cx, const AuditVerified *verified, size_t shown)
{
    Value json = value_context(cx->arena);
    Value *problems = NEW_ARRAY(cx->arena, Value, shown + 1);
    for (size_t i = 0; i < shown; i++)
        problems[i] = problem_json(cx, &verified->problems[i]);
    value_set(cx->arena, json, "rows", value_integer(verified->leaves));
    value_set(cx->arena, json, "sealed", value_integer(verified->sealed));
    value_set(cx->arena, json, "erased", value_integer(verified->erased));
    value_set(cx->arena, json, "pruned", value_integer(verified->pruned));
    value_set(cx->arena, json, "checkpoints", value_integer(verified->checkpoints));
    value_set(cx->arena, json, "problem_count", value_integer((int64_t)verified->problem_count));
    value_set(cx->arena, json, "problems", value_list(problems, shown));
    return json;
}

static FALLIBLE verified_say(Ctx *cx, const CommandLine *line, const AuditVerified *verified)
{
    size_t shown =
        verified->problem_count < AUDIT_PROBLEMS ? verified->problem_count : AUDIT_PROBLEMS;
    Buffer *text = buffer_new(cx->arena);
    for (size_t i = 0; i < shown; i++)
        buffer_format(text, "%s\n", problem_line(cx, &verified->problems[i]));
    command_say(cx, line, verified_json(cx, verified, shown),
                "%s%lld rows under %lld checkpoints, %lld not yet sealed, %lld with erased values,"
                " %lld past their time",
                text->bytes, (long long)verified->sealed, (long long)verified->checkpoints,
                (long long)(verified->leaves - verified->sealed), (long long)verified->erased,
                (long long)verified->pruned);
    return verified->problem_count
               ? error_hint(FAIL(cx, ERR_CONFLICT, "the audit was changed at %zu places",
                                 verified->problem_count),
                            "Compare them with a backup from before.")
               : NULL;
}

static FALLIBLE verify(Ctx *cx, const CommandLine *line)
{
    AuditFiles files = audit_files_of(cx, line);
    const char *keys[2], *given = command_option(line, "key", NULL), *own = NULL;
    AuditVerified *verified = NEW(cx->arena, AuditVerified);
    AuditTrust trust = {.keys = keys};
    TRY(audit_key_read(cx, &files, &own));
    TRY(audit_head_read(cx, &files, &trust.head));
    if (given)
        keys[trust.key_count++] = given;
    if (own)
        keys[trust.key_count++] = own;
    TRY(audit_verify(cx, cx->company->database, &trust, verified));
    return verified_say(cx, line, verified);
}

FALLIBLE audit_verify_run(Ctx *cx, const CommandLine *line)
{
    TRY(company_open(cx, line, COMPANY_READ));
    Error *error = verify(cx, line);
    company_close(cx);
    return error;
}

// ---- seal -----------------------------------------------------------------------------------

static FALLIBLE seal(Ctx *cx, const CommandLine *line)
{
    AuditFiles files = audit_files_of(cx, line);
    AuditSigner signer;
    AuditCheckpoint made;
    TRY(audit_signer_open(cx, &files, &signer));
    signer.takes_over = command_switch(line, "new-key");
    Error *error = audit_seal_all(cx, &files, &signer, &made);
    sodium_memzero(signer.secret, sizeof signer.secret);
    TRY(error);
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "size", value_integer(made.size));
    value_set(cx->arena, json, "root", value_text(made.root));
    value_set(cx->arena, json, "key", value_text(made.key));
    value_set(cx->arena, json, "signature", value_text(made.signature));
    command_say(cx, line, json, "%lld rows are sealed: %s", (long long)made.size,
                made.size ? made.root : "there are none");
    return NULL;
}

FALLIBLE audit_seal_run(Ctx *cx, const CommandLine *line)
{
    TRY(company_open(cx, line, COMPANY_OPEN));
    Error *error = seal(cx, line);
    company_close(cx);
    return error;
}
