// SPDX-License-Identifier: Apache-2.0
// One request and its answer on a connection of libmicrohttpd, with their arena.
//
// Made when the request line is read, freed when the answer is sent or the connection is lost, and
// no worker holds it any more. Between suspension and resumption it belongs to a worker, otherwise
// to the connection's thread; while a long answer flows the worker has the arena, and the
// connection only the pipe.
#ifndef MILLRACE_HTTP_EXCHANGE_H
#define MILLRACE_HTTP_EXCHANGE_H

#include "http/events.h"
#include "http/http.h"
#include "http/parking.h"
#include "http/pipe.h"
#include "http/server.h"
#include "http/spool.h"
#include "http/watch.h"
#include "http/workers.h"

struct MHD_Connection;

typedef struct Exchange {
    Job job;
    Server *server;
    const char *trusted_proxy;
    struct MHD_Connection *connection;
    Watch *watch;
    EventHub *events;
    Parked parked;
    Arena *arena;
    ArenaMark asked; // the arena as it was when the handler was first asked
    Instant asked_at;
    const char *target; // as sent
    bool is_head;
    bool is_last; // on its connection
    enum {
        EXCHANGE_NEW,
        EXCHANGE_ASKING,   // of a streamed body: a worker asks whether the request is admitted
        EXCHANGE_ADMITTED, // or refused
        EXCHANGE_BODY,
        EXCHANGE_WORKING,
        EXCHANGE_ANSWER,
    } state;
    atomic_int holders;   // the connection, and a worker while it works
    const char *line_end; // of the header line before, while they are read
    Error *refused; // why the request itself is no good; the connection is closed after the answer
    Ctx cx;
    size_t body_most;
    Buffer *body;
    Spool *spool; // instead of `body`, of a route that streams
    size_t spare; // bytes of the body that have not yet earned a second
    Pipe pipe;
    Request request;
    Response response;
} Exchange;

// NULL when memory is out.
Exchange *exchange_new(Server *server, struct MHD_Connection *connection, const char *target,
                       Watch *watch);
// True when it was the last holder: it is freed.
bool exchange_release(Exchange *exchange);

// Reads method, target and headers; what could be read in two ways is refused. The spool is for the
// body of a route that streams. `version` is libmicrohttpd's own text, before the first header
// line.
void exchange_begin(Exchange *exchange, const char *method, const char *version, SpoolRoom *room);
void exchange_body(Exchange *exchange, const char *bytes, size_t length, int body_s);
// Queues the answer on the connection; false when it cannot.
bool exchange_answer(Exchange *exchange, int answer_s);

#endif
