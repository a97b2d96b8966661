// SPDX-License-Identifier: Apache-2.0
#include "http/workers.h"

#include "base/waiting.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct Workers {
    pthread_mutex_t lock;
    pthread_cond_t added;
    pthread_cond_t begun; // for the minder: the queue is not empty any more
    Job *first;
    Job **last;
    int waiting; // jobs
    int at_work; // threads with a job that do not wait for others
    int at_work_usually;
    int idle;
    bool minder_sleeps;
    bool stopping;
    pthread_t minder;
    int count;
    pthread_t threads[];
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// With the lock.
static bool is_overdue(const Workers *workers)
{
    return workers->first && now_ms() - workers->first->added_ms >= WORKERS_PATIENCE_MS;
}

// With the lock.
static bool may_begin(const Workers *workers)
{
    return workers->first && (workers->at_work < workers->at_work_usually || workers->stopping ||
                              is_overdue(workers));
}

// Unlocks, and only then wakes a thread when there is something for it: else it would wait at once
// for the lock.
static void unlock(Workers *workers)
{
    bool wakes = workers->first && workers->idle && workers->at_work < workers->at_work_usually;
    pthread_mutex_unlock(&workers->lock);
    if (wakes)
        pthread_cond_signal(&workers->added);
}

// With the lock.
static Job *take(Workers *workers)
{
    while (!may_begin(workers) && !(workers->stopping && !workers->first)) {
        workers->idle++;
        pthread_cond_wait(&workers->added, &workers->lock);
        workers->idle--;
    }
    Job *job = workers->first;
    if (job) {
        workers->first = job->next;
        if (!workers->first)
            workers->last = &workers->first;
        workers->waiting--;
        workers->at_work++;
    }
    return job;
}

static void thread_waits(void *state, bool waits)
{
    Workers *workers = state;
    pthread_mutex_lock(&workers->lock);
    workers->at_work += waits ? -1 : 1;
    unlock(workers);
}

static void *work(void *state)
{
    Workers *workers = state;
    waiting_watch(thread_waits, workers);
    pthread_mutex_lock(&workers->lock);
    for (Job *job; (job = take(workers));) {
        unlock(workers);
        job->run(job);
        pthread_mutex_lock(&workers->lock);
        workers->at_work--;
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

// Looks whether the next job has waited too long behind those at work.
static void *mind(void *state)
{
    Workers *workers = state;
    pthread_mutex_lock(&workers->lock);
    while (!workers->stopping) {
        workers->minder_sleeps = !workers->first;
        if (workers->minder_sleeps)
            pthread_cond_wait(&workers->begun, &workers->lock);
        else
            waiting_for_ms(&workers->begun, &workers->lock, WORKERS_PATIENCE_MS);
        workers->minder_sleeps = false;
        if (is_overdue(workers))
            pthread_cond_signal(&workers->added);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static void free_workers(Workers *workers)
{
    pthread_cond_destroy(&workers->added);
    pthread_cond_destroy(&workers->begun);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}

Workers *workers_start(int count, int at_work)
{
    Workers *workers = calloc(1, sizeof *workers + (size_t)count * sizeof *workers->threads);
    if (!workers)
        return NULL;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->added, NULL);
    pthread_cond_init(&workers->begun, NULL);
    workers->last = &workers->first;
    workers->at_work_usually = at_work ? at_work : (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (pthread_create(&workers->minder, NULL, mind, workers)) {
        free_workers(workers);
        return NULL;
    }
    for (; workers->count < count; workers->count++)
        if (pthread_create(&workers->threads[workers->count], NULL, work, workers))
            break;
    if (workers->count)
        return workers;
    workers_stop(workers);
    return NULL;
}

void workers_add(Workers *workers, Job *job)
{
    job->next = NULL;
    job->added_ms = now_ms();
    pthread_mutex_lock(&workers->lock);
    *workers->last = job;
    workers->last = &job->next;
    workers->waiting++;
    if (workers->minder_sleeps)
        pthread_cond_signal(&workers->begun);
    unlock(workers);
}

int workers_waiting(Workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    int waiting = workers->waiting;
    pthread_mutex_unlock(&workers->lock);
    return waiting;
}

void workers_stop(Workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->added);
    pthread_cond_broadcast(&workers->begun);
    pthread_mutex_unlock(&workers->lock);
    for (int i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_join(workers->minder, NULL);
    free_workers(workers);
}
