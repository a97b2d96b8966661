// SPDX-License-Identifier: Apache-2.0
// A certificate made: the company's process in a scratch company of its own, proven at every door
// of the program, and signed with the company's key (Ed25519).
#ifndef MILLRACE_APP_PROOF_H
#define MILLRACE_APP_PROOF_H

#include "app/command.h"
#include "process/prove.h"

// Outside any unit of work, on the open company of `cx`. The scratch company takes the packs that
// `line` names, the models from this one; it is a file of its own, gone afterwards. `language` is
// what the certificate is written in. *out is {certificate, key, signature}.
typedef struct ProofOrder {
    const char *process;
    int runs;
    uint64_t seed;
    const char *language;
    Error *(*may_go_on)(Ctx *cx, void *state, const struct ProofProgress *progress); // may be NULL
    void *state;
} ProofOrder;
FALLIBLE proof_make(Ctx *cx, const CommandLine *line, const ProofOrder *order, Value *out);

// ERR_INVALID when the signature does not fit; `key`: the public key it must be made with, or NULL.
FALLIBLE proof_verify(Ctx *cx, Value signed_certificate, const char *name, const char *key);

#endif
