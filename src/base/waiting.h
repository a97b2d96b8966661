// SPDX-License-Identifier: Apache-2.0
// Waiting: a thread that is about to wait for another one says so to whoever counts the threads at
// work, so that a processor which has nothing to do meanwhile gets something.
#ifndef MILLRACE_BASE_WAITING_H
#define MILLRACE_BASE_WAITING_H

#include <pthread.h>
#include <stdbool.h>

// Called when this thread begins to wait (true) and when it goes on (false). It may be called with
// locks held, and must not wait for another thread itself.
typedef void (*WaitingWatch)(void *state, bool waits);
// Of this thread; NULL: nobody counts it.
void waiting_watch(WaitingWatch watch, void *state);

// Nest: what is within a wait is part of it.
void waiting_begin(void);
void waiting_end(void);
// pthread_cond_wait between the two.
void waiting_for(pthread_cond_t *condition, pthread_mutex_t *lock);
// The same for so long at most, whatever happens to the clock of the day.
void waiting_for_ms(pthread_cond_t *condition, pthread_mutex_t *lock, int milliseconds);

#endif
