// SPDX-License-Identifier: Apache-2.0
#include "http/workers.h"

#include <pthread.h>
#include <stdlib.h>

struct Workers {
    pthread_mutex_t lock;
    pthread_cond_t added;
    Job *first;
    Job **last;
    int waiting;
    bool stopping;
    int count;
    pthread_t threads[];
};

static Job *take(Workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    while (!workers->first && !workers->stopping)
        pthread_cond_wait(&workers->added, &workers->lock);
    Job *job = workers->first;
    if (job) {
        workers->first = job->next;
        if (!workers->first)
            workers->last = &workers->first;
        workers->waiting--;
    }
    pthread_mutex_unlock(&workers->lock);
    return job;
}

static void *work(void *state)
{
    Workers *workers = state;
    for (Job *job; (job = take(workers));)
        job->run(job);
    return NULL;
}

Workers *workers_start(int count)
{
    Workers *workers = calloc(1, sizeof *workers + (size_t)count * sizeof *workers->threads);
    if (!workers)
        return NULL;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->added, NULL);
    workers->last = &workers->first;
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
    pthread_mutex_lock(&workers->lock);
    *workers->last = job;
    workers->last = &job->next;
    workers->waiting++;
    pthread_cond_signal(&workers->added);
    pthread_mutex_unlock(&workers->lock);
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
    pthread_mutex_unlock(&workers->lock);
    for (int i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->added);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}
