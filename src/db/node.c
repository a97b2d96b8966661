// SPDX-License-Identifier: Apache-2.0
// Node numbers: the 10 bits of an id that keep the ids of two processes apart.
//
// A number is a row with the end of its lease, taken by compare-and-set; the one taken longest ago
// goes first, so that a clock stepping back over a restart does not repeat ids. On SQLite the lock
// file already keeps others out, so every lease found is a dead one. On PostgreSQL a thread renews
// it; when that fails until the end, writing stops (node_held).
#include "base/calendar.h"
#include "base/limits.h"
#include "db/driver.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NODES 1024
#define LEASE_US (600 * 1000000LL)
#define RENEW_S 60

typedef struct NodeLease {
    Database *database;
    int node;
    int64_t until;
    bool renewed; // by the thread below
    bool stop;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
} NodeLease;

MIGRATION(db_0001_node, 10,
          "CREATE TABLE db_node (node BIGINT PRIMARY KEY, taken_at BIGINT NOT NULL, "
          "held_until BIGINT NOT NULL)");

QUERY_FULL(node_oldest_free,
           "SELECT node, held_until FROM db_node WHERE held_until < $1 ORDER BY taken_at LIMIT 1",
           NULL, "at most 1024 rows, read once a start");
QUERY_FULL(node_count, "SELECT COUNT(*) AS nodes FROM db_node", NULL,
           "at most 1024 rows, read once a start");
QUERY(node_add, "INSERT INTO db_node (node, taken_at, held_until) VALUES ($1, $2, $3)");
QUERY(node_take,
      "UPDATE db_node SET taken_at = $1, held_until = $2 WHERE node = $3 AND held_until = $4");
QUERY(node_hold, "UPDATE db_node SET held_until = $1 WHERE node = $2 AND held_until = $3");

static FALLIBLE lease_work(Ctx *cx, void *state)
{
    NodeLease *lease = state;
    int64_t now = instant_now(), changed = 1;
    Row *row;
    lease->until = now + LEASE_US;
    TRY(db_row(cx, &row, node_count));
    int64_t nodes = row_integer(row, "nodes");
    if (nodes < NODES) {
        lease->node = (int)nodes;
        return db_run(cx, NULL, node_add, nodes, now, lease->until);
    }
    bool all_free = db_driver(cx) == DRIVER_SQLITE;
    TRY(db_row(cx, &row, node_oldest_free, all_free ? INT64_MAX : now));
    if (row) {
        lease->node = (int)row_integer(row, "node");
        TRY(db_run(cx, &changed, node_take, now, lease->until, lease->node,
                   row_integer(row, "held_until")));
    }
    if (!row || !changed)
        return error_hint(FAIL(cx, ERR_UNAVAILABLE, "no node number is free"),
                          "Try again in ten minutes, when leases of dead processes end.");
    return NULL;
}

typedef struct Renewal {
    NodeLease *lease;
    int64_t until;
} Renewal;

static FALLIBLE renew_work(Ctx *cx, void *state)
{
    Renewal *renewal = state;
    int64_t changed;
    TRY(db_run(cx, &changed, node_hold, renewal->until, renewal->lease->node,
               renewal->lease->until));
    return changed ? NULL : FAIL(cx, ERR_CONFLICT, "the lease of the node number was lost");
}

static void lease_hold(NodeLease *lease, int64_t until)
{
    Ctx cx = {.arena = arena_new(LIMIT_UNIT_BYTES), .now = instant_now(), .language = "en"};
    Renewal renewal = {lease, until};
    Database *database = lease->database;
    // A failure is no harm yet: it is tried again, and node_held watches the end.
    if (!database->calls->unit(&cx, database, true, renew_work, &renewal)) {
        lease->until = until;
        atomic_store(&database->node_until, until);
    }
    arena_free(cx.arena);
}

static void *lease_keep(void *state)
{
    NodeLease *lease = state;
    pthread_mutex_lock(&lease->lock);
    while (!lease->stop) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += RENEW_S;
        if (pthread_cond_timedwait(&lease->stopped, &lease->lock, &until) != 0 && !lease->stop) {
            pthread_mutex_unlock(&lease->lock);
            lease_hold(lease, instant_now() + LEASE_US);
            pthread_mutex_lock(&lease->lock);
        }
    }
    pthread_mutex_unlock(&lease->lock);
    return NULL;
}

FALLIBLE database_lease_node(Ctx *cx, Database *database, int *node)
{
    if (database->node)
        return FAIL(cx, ERR_INTERNAL, "this process has a node number already");
    NodeLease *lease = calloc(1, sizeof *lease);
    if (!lease)
        abort();
    lease->database = database;
    Error *error = NULL;
    for (int attempt = 0; attempt < 20; attempt++) {
        error = database_write(cx, database, lease_work, lease);
        // Another process took the same new number.
        if (!error || error->code != ERR_CONFLICT)
            break;
    }
    if (error) {
        free(lease);
        return error;
    }
    pthread_mutex_init(&lease->lock, NULL);
    pthread_cond_init(&lease->stopped, NULL);
    if (database_driver(database) == DRIVER_POSTGRES) {
        atomic_store(&database->node_until, lease->until);
        lease->renewed = pthread_create(&lease->thread, NULL, lease_keep, lease) == 0;
    }
    database->node = lease;
    *node = lease->node;
    return NULL;
}

void node_release(Database *database)
{
    NodeLease *lease = database->node;
    if (!lease)
        return;
    pthread_mutex_lock(&lease->lock);
    lease->stop = true;
    pthread_cond_signal(&lease->stopped);
    pthread_mutex_unlock(&lease->lock);
    if (lease->renewed)
        pthread_join(lease->thread, NULL);
    lease_hold(lease, 0);
    pthread_mutex_destroy(&lease->lock);
    pthread_cond_destroy(&lease->stopped);
    free(lease);
    database->node = NULL;
}

FALLIBLE node_held(Ctx *cx, Database *database)
{
    int64_t until = atomic_load(&database->node_until);
    if (until && instant_now() > until)
        return error_hint(FAIL(cx, ERR_UNAVAILABLE, "the lease of this process's node ended"),
                          "The database was out of reach for ten minutes; restart the server.");
    return NULL;
}
