// SPDX-License-Identifier: Apache-2.0
// The doors of the program for a proof: process/prove_move.h, filled in.
#ifndef MILLRACE_APP_PROVE_DOORS_H
#define MILLRACE_APP_PROVE_DOORS_H

#include "process/prove_move.h"

// `millrace work`, without what it prints; in work.c.
Error *work_command_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer);

#endif
