// SPDX-License-Identifier: Apache-2.0
// One request and its answer on a connection of libmicrohttpd, with their arena.
//
// Made when the request line is read, freed when the answer is sent or the connection is lost.
// Between suspension and resumption it belongs to a worker, otherwise to the connection's thread.
#ifndef MILLRACE_HTTP_EXCHANGE_H
#define MILLRACE_HTTP_EXCHANGE_H

#include "http/events.h"
#include "http/http.h"
#include "http/server.h"
#include "http/watch.h"
#include "http/workers.h"

struct MHD_Connection;

typedef struct Exchange {
    Job job;
    Server *server;
    struct MHD_Connection *connection;
    Watch *watch;
    EventHub *events;
    Arena *arena;
    const char *target; // as sent
    bool is_head;
    enum { EXCHANGE_NEW, EXCHANGE_BODY, EXCHANGE_WORKING, EXCHANGE_ANSWER } state;
    Error *refused; // why the request itself is no good; the connection is closed after the answer
    Ctx cx;
    Buffer *body;
    Request request;
    Response response;
} Exchange;

// NULL when memory is out.
Exchange *exchange_new(Server *server, struct MHD_Connection *connection, const char *target,
                       Watch *watch);
void exchange_free(Exchange *exchange);

// Reads method, target and headers; what could be read in two ways is refused.
void exchange_begin(Exchange *exchange, const char *method, const char *trusted_proxy);
void exchange_body(Exchange *exchange, const char *bytes, size_t length);
// Queues the answer on the connection; false when it cannot.
bool exchange_answer(Exchange *exchange);

#endif
