// SPDX-License-Identifier: Apache-2.0
// The newest signed root of the audit, for whoever keeps it elsewhere as a witness.
#include "base/calendar.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/audit_log.h"

ROUTE(audit_checkpoint_route, GET, "/api/v1/audit/checkpoint", "audit.verify",
      "The newest checkpoint of the audit's log: `signature` is of `text`, by the Ed25519 key",
      .output = SCHEMA("AuditCheckpoint"))
{
    AuditCheckpoint checkpoint;
    TRY(audit_checkpoint_last(cx, &checkpoint));
    if (!checkpoint.size)
        return FAIL(cx, ERR_NOT_FOUND, "nothing of the audit is sealed yet");
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "size", value_integer(checkpoint.size));
    value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, checkpoint.at)));
    value_set(cx->arena, json, "root", value_text(checkpoint.root));
    value_set(cx->arena, json, "key", value_text(checkpoint.key));
    value_set(cx->arena, json, "signature", value_text(checkpoint.signature));
    value_set(cx->arena, json, "text", value_text(audit_checkpoint_text(cx, &checkpoint)));
    response->json = json;
    return NULL;
}
