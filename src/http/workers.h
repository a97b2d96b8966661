// SPDX-License-Identifier: Apache-2.0
// A fixed pool of threads that take jobs from one queue, first come first served.
//
// As many of them are at work as there are processors, and more only where that helps: while one
// waits for another thread (base/waiting.h), or when the jobs at work take so long that the next
// one has waited for WORKERS_PATIENCE_MS. More threads at work than that only take the processors
// and the locks away from each other.
#ifndef MILLRACE_HTTP_WORKERS_H
#define MILLRACE_HTTP_WORKERS_H

#include <stdbool.h>
#include <stdint.h>

#define WORKERS_PATIENCE_MS 5

typedef struct Workers Workers;

// Embedded in what is to be done; owned by the caller.
typedef struct Job {
    struct Job *next;
    void (*run)(struct Job *job);
    int64_t added_ms;
} Job;

// `at_work` 0: as many as there are processors. NULL when the system gives no threads.
Workers *workers_start(int count, int at_work);
void workers_add(Workers *workers, Job *job);
int workers_waiting(Workers *workers);
// Runs what is queued, then ends the threads.
void workers_stop(Workers *workers);

#endif
