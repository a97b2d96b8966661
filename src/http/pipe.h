// SPDX-License-Identifier: Apache-2.0
// Pipe: a long answer on its way from the worker that makes it to the connection that sends it.
//
//   gathering --full: the connection takes the answer--> flowing --pipe_end--> ended
//     an answer that ends before PIPE_BYTES is sent at once, with its length
//     flowing and full: the worker waits; flowing and empty: the connection is suspended
//     the client left, is too slow or the server stops (pipe_leave): the next write fails
//
// Belongs to the exchange; the worker writes, the connection's thread reads.
#ifndef MILLRACE_HTTP_PIPE_H
#define MILLRACE_HTTP_PIPE_H

#include "base/ctx.h"
#include "http/watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#define PIPE_BYTES (256UL * 1024)
#define PIPES_FLOWING 4 // at once: each holds a worker and a reader of the database

struct MHD_Connection;
struct MHD_Response;

// What the pipes of a server share.
typedef struct PipeRoom {
    atomic_int flowing;
    atomic_bool stopping;
} PipeRoom;

typedef struct Pipe {
    PipeRoom *room;
    struct MHD_Connection *connection;
    Watch *watch;
    int answer_s;                     // the time to take PIPE_BYTES
    void (*begin)(struct Pipe *pipe); // the connection shall take the answer: in the worker
    bool is_head;                     // no body is wanted
    pthread_mutex_t lock;
    pthread_cond_t changed;
    char *bytes; // PIPE_BYTES, from the first write on
    size_t length;
    size_t spare; // bytes taken that have not yet earned a second
    bool flowing, taken, suspended, ended, failed, left;
} Pipe;

void pipe_open(Pipe *pipe);
void pipe_close(Pipe *pipe);

// The worker's side. A write that fails is ERR_UNAVAILABLE: nobody takes the answer any more.
FALLIBLE pipe_write(Ctx *cx, Pipe *pipe, const char *bytes, size_t length);
// What was gathered before, unless it flows already: ERR_UNAVAILABLE.
FALLIBLE pipe_restart(Ctx *cx, Pipe *pipe);
bool pipe_flows(Pipe *pipe);
void pipe_end(Pipe *pipe, bool failed);

// The connection's side.
struct MHD_Response *pipe_response(Pipe *pipe); // NULL when memory is out
void pipe_taken(Pipe *pipe);                    // its head is on the way
void pipe_leave(Pipe *pipe);

#endif
