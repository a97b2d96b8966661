// SPDX-License-Identifier: Apache-2.0
// Certificates: a proof of a deployed process as long work.
#include "base/ids.h"
#include "base/limits.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/proofs.h"

#include <string.h>

#define PROOFS "/api/v1/processes/{key}/proofs"
#define PROOF "/api/v1/proofs/{id}"

ROUTE(proof_request_route, POST, PROOFS, "process.prove",
      "Begin to prove a process in the background: try to break it at every door of a scratch"
      " company",
      .input = SCHEMA("ProofInput"), .output = SCHEMA("Proof"))
{
    Id proof;
    TRY(proof_request(cx, request_parameter(request, "key"), request->json, &proof));
    response->status = 202;
    return proof_show(cx, proof, &response->json);
}

ROUTE(proof_list_route, GET, PROOFS, "process.prove", "The proofs of a process, newest first",
      .query = "limit:integer after", .output = SCHEMA("ProofPage"))
{
    int64_t limit;
    Id after = 0;
    const char *text = request_query(request, "after");
    TRY(request_query_integer(cx, request, "limit", 20, &limit));
    if (limit < 1 || limit > LIMIT_PAGE_ROWS)
        return error_field(FAIL(cx, ERR_INVALID, "limit is a number from 1 to %d", LIMIT_PAGE_ROWS),
                           "limit");
    if (text && !id_parse(text, &after))
        return error_field(FAIL(cx, ERR_INVALID, "after is not what a page before gave"), "after");
    return proof_list(cx, request_parameter(request, "key"), after, (int)limit, &response->json);
}

ROUTE(proof_show_route, GET, PROOF, "process.prove", "How far a proof is, and what came of it",
      .output = SCHEMA("Proof"))
{
    Id proof;
    TRY(request_id(cx, request, "id", &proof));
    return proof_show(cx, proof, &response->json);
}

ROUTE(proof_cancel_route, POST, PROOF "/cancel", "process.prove", "Stop a proof that is being made",
      .output = SCHEMA("Proof"))
{
    Id proof;
    TRY(request_id(cx, request, "id", &proof));
    TRY(proof_cancel(cx, proof));
    return proof_show(cx, proof, &response->json);
}

ROUTE(proof_certificate_route, GET, PROOF "/certificate", "process.prove",
      "The signed certificate: what was tried, refused and why",
      .output = SCHEMA("SignedCertificate"))
{
    Id proof;
    TRY(request_id(cx, request, "id", &proof));
    value_set(cx->arena, response->headers, "Content-Disposition",
              value_text("attachment; filename=\"certificate.json\""));
    return proof_certificate(cx, proof, &response->json);
}

ROUTE(proof_text_route, GET, PROOF "/text", "process.prove",
      "The signed certificate as a text to read")
{
    Id proof;
    Value certificate;
    TRY(request_id(cx, request, "id", &proof));
    TRY(proof_certificate(cx, proof, &certificate));
    response->type = "text/plain; charset=utf-8";
    response->body = proof_text(cx, certificate);
    response->body_length = strlen(response->body);
    value_set(cx->arena, response->headers, "Content-Disposition",
              value_text("attachment; filename=\"certificate.txt\""));
    return NULL;
}
