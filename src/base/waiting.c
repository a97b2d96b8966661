// SPDX-License-Identifier: Apache-2.0
#include "base/waiting.h"

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
