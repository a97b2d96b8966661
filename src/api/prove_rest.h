// SPDX-License-Identifier: Apache-2.0
// The doors of REST for a proof: the routes themselves, through the dispatcher, with a token of
// whoever makes the move. No socket is needed.
#ifndef MILLRACE_API_PROVE_REST_H
#define MILLRACE_API_PROVE_REST_H

#include "process/prove_move.h"

// Records, work items, messages and starts; the bulk edit. `state` is a RestTokens.
Error *rest_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer);
Error *rest_bulk_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer);

// Tokens by user, made when they are needed; they live in `arena`.
typedef struct RestTokens RestTokens;
RestTokens *rest_tokens_new(Arena *arena);

#endif
