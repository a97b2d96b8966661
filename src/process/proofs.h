// SPDX-License-Identifier: Apache-2.0
// Proofs as long work: somebody asks for the certificate of a deployed process, a prover of the
// program makes it in a scratch company (prove.h), and whoever asks sees how far it is.
//
//     waiting --proof_take--> working --proof_end--> done, failed
//        |                       |  ^ '--cancel--> cancelling --> cancelled
//        '--cancel--> cancelled  '--' taken again when its prover has not been heard of
//
// Of each version of a process the newest PROOFS_KEPT that are done are kept, as many that failed
// and as many that were cancelled; whoever needs one for longer stores it: it is signed.
//
// One prover has a proof at a time: whoever takes it is its holder until PROOF_LEASE_US after the
// last sign of life. All of it needs "process.prove".
#ifndef MILLRACE_PROCESS_PROOFS_H
#define MILLRACE_PROCESS_PROOFS_H

#include "base/value.h"

#define PROOF_LEASE_US (60 * 1000000LL)
#define LIMIT_PROOF_RUNS 2000
#define PROOF_RUNS 40 // when nothing is said
#define PROOFS_KEPT 20

// --- For those who ask, inside a unit of work.

// {runs?, seed?} of the newest version. ERR_CONFLICT while one of the process is made.
FALLIBLE proof_request(Ctx *cx, const char *process, Value asked, Id *proof);
// {id, process, version, hash, state, runs, seed, progress: {runs, reached, steps, attempts},
// asked_by, asked_at, ended_at, message, holds, signature}.
FALLIBLE proof_show(Ctx *cx, Id proof, Value *out);
// {items, next}: of the process, newest first.
FALLIBLE proof_list(Ctx *cx, const char *process, Id before, int limit, Value *out);
FALLIBLE proof_cancel(Ctx *cx, Id proof);
// {certificate, key, signature}; ERR_CONFLICT while there is none.
FALLIBLE proof_certificate(Ctx *cx, Id proof, Value *out);
// The certificate for people, in the reader's language; `certificate` is what was signed.
const char *proof_text(Ctx *cx, Value signed_certificate);

// --- For the prover, each inside a unit of work.

typedef struct ProofJob {
    Id id; // 0: nothing waits
    const char *process;
    const char *language;
    int runs;
    uint64_t seed;
} ProofJob;
// Whether there is anything to take, without writing.
FALLIBLE proof_awaited(Ctx *cx, bool *out);
FALLIBLE proof_take(Ctx *cx, const char *holder, ProofJob *out);
typedef struct ProofProgress {
    int runs;
    int reached;
    int steps;
    int attempts;
} ProofProgress;
// A sign of life. *go_on is false when it was cancelled, or another prover has it.
FALLIBLE proof_progress(Ctx *cx, Id proof, const char *holder, const ProofProgress *progress,
                        bool *go_on);
// With the signed certificate, or why there is none; cancelled when that was asked for.
FALLIBLE proof_end(Ctx *cx, Id proof, const char *holder, Value signed_certificate,
                   const char *why);

#endif
