// SPDX-License-Identifier: Apache-2.0
// Certificates: a proof of a deployed process as long work.
#include "api/list_query.h"
#include "base/ids.h"
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
    int limit;
    Id after;
    TRY(id_page_query_read(cx, request, &limit, &after));
    return proof_list(cx, request_parameter(request, "key"), after, limit, &response->json);
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
