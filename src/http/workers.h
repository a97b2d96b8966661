// SPDX-License-Identifier: Apache-2.0
// A fixed pool of threads that take jobs from one queue, first come first served.
#ifndef MILLRACE_HTTP_WORKERS_H
#define MILLRACE_HTTP_WORKERS_H

#include <stdbool.h>

typedef struct Workers Workers;

// Embedded in what is to be done; owned by the caller.
typedef struct Job {
    struct Job *next;
    void (*run)(struct Job *job);
} Job;

Workers *workers_start(int count); // NULL when the system gives no threads
void workers_add(Workers *workers, Job *job);
int workers_waiting(Workers *workers);
// Runs what is queued, then ends the threads.
void workers_stop(Workers *workers);

#endif
