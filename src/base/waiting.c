// SPDX-License-Identifier: Apache-2.0
#include "base/waiting.h"

#include <time.h>

static _Thread_local WaitingWatch watching;
static _Thread_local void *watched_for;
static _Thread_local int depth; // of one wait within another

void waiting_watch(WaitingWatch watch, void *state)
{
    watching = watch;
    watched_for = state;
}

void waiting_begin(void)
{
    if (watching && depth++ == 0)
        watching(watched_for, true);
}

void waiting_end(void)
{
    if (watching && --depth == 0)
        watching(watched_for, false);
}

void waiting_for(pthread_cond_t *condition, pthread_mutex_t *lock)
{
    waiting_begin();
    pthread_cond_wait(condition, lock);
    waiting_end();
}

void waiting_for_ms(pthread_cond_t *condition, pthread_mutex_t *lock, int milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += milliseconds % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    waiting_begin();
    pthread_cond_clockwait(condition, lock, CLOCK_MONOTONIC, &until);
    waiting_end();
}
