// SPDX-License-Identifier: Apache-2.0
#include "http/parking.h"

#include "base/calendar.h"
#include "base/waiting.h"

#include <pthread.h>
#include <stdlib.h>

#define LOOK_EVERY_MS 20

struct Parking {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    Parked *first;
    bool stopping;
    void (*again)(Parked *parked);
    void (*closed)(Parked *parked);
};

// With the lock: takes out all whose time has come, or all.
static Parked *ready_take(Parking *parking, Instant now)
{
    Parked *ready = NULL, **at = &parking->first;
    while (*at) {
        Parked *parked = *at;
        if (parked->until > now && !parking->stopping) {
            at = &parked->next;
            continue;
        }
        *at = parked->next;
        parked->next = ready;
        ready = parked;
    }
    return ready;
}

static void each(Parked *list, void (*tell)(Parked *parked))
{
    while (list) {
        Parked *next = list->next;
        tell(list);
        list = next;
    }
}

static void wait_a_little(Parking *parking)
{
    if (!parking->first) {
        pthread_cond_wait(&parking->changed, &parking->lock);
        return;
    }
    waiting_for_ms(&parking->changed, &parking->lock, LOOK_EVERY_MS);
}

static void *watch_all(void *state)
{
    Parking *parking = state;
    pthread_mutex_lock(&parking->lock);
    for (;;) {
        Parked *ready = ready_take(parking, instant_now());
        bool stopping = parking->stopping;
        pthread_mutex_unlock(&parking->lock);
        each(ready, stopping ? parking->closed : parking->again);
        if (stopping)
            return NULL;
        pthread_mutex_lock(&parking->lock);
        if (!parking->stopping)
            wait_a_little(parking);
    }
}

Parking *parking_start(void (*again)(Parked *parked), void (*closed)(Parked *parked))
{
    Parking *parking = calloc(1, sizeof *parking);
    if (!parking)
        return NULL;
    parking->again = again;
    parking->closed = closed;
    pthread_mutex_init(&parking->lock, NULL);
    pthread_cond_init(&parking->changed, NULL);
    if (pthread_create(&parking->thread, NULL, watch_all, parking)) {
        free(parking);
        return NULL;
    }
    return parking;
}

void parking_add(Parking *parking, Parked *parked, int milliseconds)
{
    parked->until = instant_now() + milliseconds * 1000LL;
    pthread_mutex_lock(&parking->lock);
    bool stopping = parking->stopping;
    if (!stopping) {
        parked->next = parking->first;
        parking->first = parked;
        pthread_cond_signal(&parking->changed);
    }
    pthread_mutex_unlock(&parking->lock);
    if (stopping)
        parking->closed(parked);
}

void parking_stop(Parking *parking)
{
    pthread_mutex_lock(&parking->lock);
    parking->stopping = true;
    pthread_cond_signal(&parking->changed);
    pthread_mutex_unlock(&parking->lock);
    pthread_join(parking->thread, NULL);
}

void parking_free(Parking *parking)
{
    pthread_mutex_destroy(&parking->lock);
    pthread_cond_destroy(&parking->changed);
    free(parking);
}
