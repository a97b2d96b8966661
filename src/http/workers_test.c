// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "base/waiting.h"
#include "http/watch.h"
#include "http/workers.h"

#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define JOBS 1000

typedef struct Counted {
    Job job;
    atomic_int *done;
} Counted;

static void count(Job *job)
{
    atomic_fetch_add(((Counted *)job)->done, 1);
}

TEST(workers_do_every_job_before_they_stop)
{
    atomic_int done = 0;
    Counted *jobs = NEW_ARRAY(cx->arena, Counted, JOBS);
    Workers *workers = workers_start(8, 2);
    CHECK(workers != NULL);
    for (int i = 0; i < JOBS; i++) {
        jobs[i] = (Counted){{.run = count}, &done};
        workers_add(workers, &jobs[i].job);
    }
    workers_stop(workers);
    CHECK_INT(atomic_load(&done), JOBS);
}

// One that a later job lets go on.
typedef struct Meeting {
    Job job;
    pthread_mutex_t *lock;
    pthread_cond_t *came;
    bool *met;
    bool comes;
    bool tells;
} Meeting;

static void meet(Job *job)
{
    Meeting *meeting = (Meeting *)job;
    pthread_mutex_lock(meeting->lock);
    if (meeting->comes)
        *meeting->met = true;
    pthread_cond_broadcast(meeting->came);
    while (!*meeting->met)
        if (meeting->tells)
            waiting_for(meeting->came, meeting->lock);
        else
            pthread_cond_wait(meeting->came, meeting->lock);
    pthread_mutex_unlock(meeting->lock);
}

// More jobs wait for the last one than may be at work at once.
static void meet_all(bool tells)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t came = PTHREAD_COND_INITIALIZER;
    bool met = false;
    Meeting meetings[6];
    Workers *workers = workers_start(8, 2);
    CHECK(workers != NULL);
    for (int i = 0; i < 6; i++) {
        meetings[i] = (Meeting){{.run = meet}, &lock, &came, &met, i == 5, tells};
        workers_add(workers, &meetings[i].job);
    }
    pthread_mutex_lock(&lock);
    while (!met)
        pthread_cond_wait(&came, &lock);
    pthread_mutex_unlock(&lock);
    workers_stop(workers);
}

TEST(while_a_worker_says_that_it_waits_another_one_works)
{
    meet_all(true);
}

TEST(jobs_that_take_long_do_not_hold_up_those_behind_them)
{
    meet_all(false);
}

TEST(a_connection_past_its_deadline_is_shut_and_another_is_not)
{
    int late[2], kept[2];
    char byte;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, late) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, kept) == 0);
    Watchers *watchers = watchers_start();
    CHECK(watchers != NULL);
    Watch *first = watch_open(watchers, late[0], 1);
    Watch *second = watch_open(watchers, kept[0], 1);
    watch_set(second, 0);
    CHECK_INT(watchers_count(watchers), 2);
    CHECK_INT(read(late[1], &byte, 1), 0); // waits until the sweep shuts it
    CHECK_INT(recv(kept[1], &byte, 1, MSG_DONTWAIT), -1);
    watch_close(first);
    watch_close(second);
    CHECK_INT(watchers_count(watchers), 0);
    watchers_stop(watchers);
    for (int i = 0; i < 2; i++) {
        close(late[i]);
        close(kept[i]);
    }
}
