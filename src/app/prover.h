// SPDX-License-Identifier: Apache-2.0
// The prover: a thread of the server that makes the certificates that are asked for
// (process/proofs.h), one after the other, each in a scratch company.
#ifndef MILLRACE_APP_PROVER_H
#define MILLRACE_APP_PROVER_H

#include "app/command.h"

typedef struct Prover Prover;

// `line` names the packs, and stays until prover_stop.
FALLIBLE prover_start(Ctx *cx, const CommandLine *line, Prover **out);
// A proof that is being made is left, for whoever starts next.
void prover_stop(Prover *prover);

#endif
