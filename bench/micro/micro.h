// SPDX-License-Identifier: Apache-2.0
// Micro benchmarks: one operation, many times, in this process.
//
// bench-micro runs them all (or those named) and prints a line of JSON for each: {name, ns, bytes},
// for one round. The runner finds how many rounds fill MICRO_ROUND_MS of this thread's CPU, repeats
// them MICRO_REPEATS times and takes the median. The arena is rewound between repeats; whoever
// fills it faster rewinds it too. What a benchmark prepares counts, so it should be little.
#ifndef MILLRACE_BENCH_MICRO_H
#define MILLRACE_BENCH_MICRO_H

#include "base/ctx.h"
#include "base/registry.h"

#define MICRO_ROUND_MS 60
#define MICRO_REPEATS 7

typedef struct Micro {
    const char *name; // "decimal-add"
    // *bytes, when set, is what one round works through.
    Error *(*run)(Ctx *cx, int64_t rounds, int64_t *bytes);
} Micro;

extern Registry micros;

#define MICRO(identifier, name_text)                                                               \
    static FALLIBLE identifier(Ctx *cx, int64_t rounds, int64_t *bytes);                           \
    static const Micro micro_##identifier = {name_text, identifier};                               \
    REGISTER(micros, micro_##identifier, name_text, &micro_##identifier);                          \
    static FALLIBLE identifier([[maybe_unused]] Ctx *cx, int64_t rounds,                           \
                               [[maybe_unused]] int64_t *bytes)

// Makes the compiler believe that the value is needed, and that it may have changed.
#define MICRO_KEEP(value) __asm__ volatile("" : "+m"(value) : : "memory")

#endif
