// SPDX-License-Identifier: Apache-2.0
#include "http/watch.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct Watch {
    Watchers *watchers;
    Watch *before;
    Watch *after;
    int socket;
    time_t deadline; // of the monotonic clock; 0: none
};

struct Watchers {
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    pthread_t thread;
    Watch *first;
    long count;
    bool stopping;
};

static time_t seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void *sweep(void *state)
{
    Watchers *watchers = state;
    pthread_mutex_lock(&watchers->lock);
    while (!watchers->stopping) {
        time_t now = seconds_now();
        for (Watch *watch = watchers->first; watch; watch = watch->after)
            if (watch->deadline && now >= watch->deadline) {
                shutdown(watch->socket, SHUT_RDWR);
                watch->deadline = 0;
            }
        struct timespec until = {.tv_sec = now + 1};
        pthread_cond_timedwait(&watchers->stopped, &watchers->lock, &until);
    }
    pthread_mutex_unlock(&watchers->lock);
    return NULL;
}

Watchers *watchers_start(void)
{
    Watchers *watchers = calloc(1, sizeof *watchers);
    if (!watchers)
        return NULL;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&watchers->lock, NULL);
    pthread_cond_init(&watchers->stopped, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&watchers->thread, NULL, sweep, watchers) == 0)
        return watchers;
    free(watchers);
    return NULL;
}

void watchers_stop(Watchers *watchers)
{
    pthread_mutex_lock(&watchers->lock);
    watchers->stopping = true;
    pthread_cond_signal(&watchers->stopped);
    pthread_mutex_unlock(&watchers->lock);
    pthread_join(watchers->thread, NULL);
    free(watchers);
}

Watch *watch_open(Watchers *watchers, int socket, int seconds)
{
    Watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    *watch = (Watch){.watchers = watchers, .socket = socket, .deadline = seconds_now() + seconds};
    pthread_mutex_lock(&watchers->lock);
    watch->after = watchers->first;
    if (watch->after)
        watch->after->before = watch;
    watchers->first = watch;
    watchers->count++;
    pthread_mutex_unlock(&watchers->lock);
    return watch;
}

void watch_set(Watch *watch, int seconds)
{
    if (!watch)
        return;
    pthread_mutex_lock(&watch->watchers->lock);
    watch->deadline = seconds ? seconds_now() + seconds : 0;
    pthread_mutex_unlock(&watch->watchers->lock);
}

void watch_grant(Watch *watch, int seconds, int most)
{
    if (!watch)
        return;
    pthread_mutex_lock(&watch->watchers->lock);
    time_t furthest = seconds_now() + most;
    if (watch->deadline)
        watch->deadline =
            watch->deadline + seconds < furthest ? watch->deadline + seconds : furthest;
    pthread_mutex_unlock(&watch->watchers->lock);
}

void watch_close(Watch *watch)
{
    if (!watch)
        return;
    Watchers *watchers = watch->watchers;
    pthread_mutex_lock(&watchers->lock);
    if (watch->before)
        watch->before->after = watch->after;
    else
        watchers->first = watch->after;
    if (watch->after)
        watch->after->before = watch->before;
    watchers->count--;
    pthread_mutex_unlock(&watchers->lock);
    free(watch);
}

long watchers_count(Watchers *watchers)
{
    pthread_mutex_lock(&watchers->lock);
    long count = watchers->count;
    pthread_mutex_unlock(&watchers->lock);
    return count;
}
