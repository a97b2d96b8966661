// SPDX-License-Identifier: Apache-2.0
// Fuzzers: every reader of strangers' bytes, driven by libFuzzer under ASan and UBSan.
//
// A target is one file that defines `fuzz_target`. Each input runs in a unit of work of its own: a
// fresh arena with a ceiling and a guard (passing it is a refusal, not a crash), and a clock that
// stands at FUZZ_NOW. Seeds are made at run time from texts that are in the tree anyway:
// `FUZZ_SEEDS=FOLDER build/fuzz/fuzz-json` writes them and ends. FUZZ_SOURCE_ROOT is the root of
// the sources.
#ifndef MILLRACE_TESTS_FUZZ_H
#define MILLRACE_TESTS_FUZZ_H

#include "base/ctx.h"
#include "base/text.h"

#define FUZZ_NOW 1790000000000000LL      // 2026-09-21T14:13:20Z
#define FUZZ_BYTES (64UL * 1024 * 1024)  // arena of one input
#define FUZZ_MESSAGE_BYTES (16UL * 1024) // no error's message is longer

typedef struct FuzzTarget {
    // Once, before the first input; cx and its arena live as long as the process. May be NULL.
    void (*setup)(Ctx *cx);
    void (*run)(Ctx *cx, const char *bytes, size_t length); // no NUL behind the bytes
    const char *const *seeds;                               // texts, NULL-terminated; NULL: none
    const char *const *files; // patterns of glob(7) from the root of the sources; NULL: none
    bool blocks;              // a file is not one seed but many, parted by blank lines
} FuzzTarget;

extern const FuzzTarget fuzz_target;

// What must hold whatever the input is; ends the run with the place and the condition.
#define FUZZ_HOLDS(condition) fuzz_holds((condition), #condition, __FILE__, __LINE__)
void fuzz_holds(bool holds, const char *what, const char *file, int line);

// A refusal must be one: never our own fault, with a message that is short and UTF-8. NULL is fine.
// True when there was no error.
bool fuzz_fine(const Error *error);
// For what the target itself needs: ends the run with the error.
void fuzz_needs(const Error *error);

// Input as a source of decisions; past its end everything is 0.
typedef struct FuzzBytes {
    const char *at;
    const char *end;
} FuzzBytes;

unsigned fuzz_byte(FuzzBytes *bytes);
unsigned fuzz_below(FuzzBytes *bytes, size_t count); // 0 when count is 0
// The next line without its end; "" past the end. Cut at a NUL, for a text holds none.
char *fuzz_line(Ctx *cx, FuzzBytes *bytes);

// A file of the sources, in the arena; ends the run when it is not there.
Text fuzz_file(Ctx *cx, const char *path);

#endif
