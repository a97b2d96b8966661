// SPDX-License-Identifier: Apache-2.0
#include "micro.h"

#include "base/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Registry micros = {"micro benchmark", NULL, NULL, 0};

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static FALLIBLE measure(Ctx *cx, const Micro *micro, int64_t rounds, int64_t *took_ns,
                        int64_t *bytes)
{
    ArenaMark mark = arena_mark(cx->arena);
    int64_t started_ns = now_ns();
    Error *error = micro->run(cx, rounds, bytes);
    *took_ns = now_ns() - started_ns;
    if (!error)
        arena_rewind(cx->arena, mark);
    return error;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static FALLIBLE run_micro(Ctx *cx, const Micro *micro)
{
    const int64_t wanted_ns = MICRO_ROUND_MS * 1000000L;
    int64_t rounds = 1, took_ns = 0, bytes = 0;
    double ns[MICRO_REPEATS];
    for (;; rounds *= 4) {
        TRY(measure(cx, micro, rounds, &took_ns, &bytes));
        if (took_ns > wanted_ns / 8)
            break;
    }
    rounds = rounds * wanted_ns / took_ns + 1;
    for (int i = 0; i < MICRO_REPEATS; i++) {
        TRY(measure(cx, micro, rounds, &took_ns, &bytes));
        ns[i] = (double)took_ns / (double)rounds;
    }
    qsort(ns, MICRO_REPEATS, sizeof *ns, by_size);
    printf("{\"name\": \"%s\", \"ns\": %.3f, \"bytes\": %" PRId64 "}\n", micro->name,
           ns[MICRO_REPEATS / 2], bytes);
    fflush(stdout);
    return NULL;
}

static bool is_wanted(const char *name, int count, char **arguments)
{
    for (int i = 1; i < count; i++)
        if (strcmp(name, arguments[i]) == 0)
            return true;
    return count < 2;
}

int main(int argument_count, char **arguments)
{
    Ctx cx = {.arena = arena_new(LIMIT_UNIT_BYTES), .language = "en"};
    size_t count;
    const void *const *all = registry_all(&micros, &count);
    for (size_t i = 0; i < count; i++) {
        const Micro *micro = all[i];
        if (!is_wanted(micro->name, argument_count, arguments))
            continue;
        Error *error = run_micro(&cx, micro);
        if (error) {
            fprintf(stderr, "bench-micro: %s: %s\n", micro->name, error->message);
            return 1;
        }
    }
    arena_free(cx.arena);
    return 0;
}
