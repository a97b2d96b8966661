// SPDX-License-Identifier: Apache-2.0
// The HTTP server: libmicrohttpd (epoll, thread pool) behind this room.
//
// A connection is suspended while a worker thread runs the unit of work of its request. Limits:
// header SERVER_HEADER_BYTES, body LIMIT_BODY_BYTES or, where the route streams it,
// LIMIT_STREAM_BYTES (413 from the length at once, cut when chunked), times below, connections in
// all and for one address. A client that drips its request or takes its answer by drops past the
// deadline is dropped. Requests that could be read in two ways (two lengths, a length beside
// chunks, control bytes) are 400 and closed.
#ifndef MILLRACE_HTTP_SERVER_H
#define MILLRACE_HTTP_SERVER_H

#include "http/http.h"

#define SERVER_HEADER_BYTES (32UL * 1024)
#define SERVER_IDLE_S 75    // from one answer to the whole header of the next request
#define SERVER_BODY_S 60    // for the body; a streamed one earns a second more by each 10 KB
#define SERVER_ANSWER_S 120 // to take the answer, and a second more for each 10 KB
#define SERVER_CONNECTIONS 4096
#define SERVER_CONNECTIONS_OF_ADDRESS 1024

typedef struct Server Server;

// 0: those above.
typedef struct ServerLimits {
    int idle_s, body_s, answer_s;
    int connections, connections_of_address;
} ServerLimits;

typedef struct ServerOptions {
    const char *address;     // "127.0.0.1" unless told
    int port;                // 0: any free one
    int workers;             // 0: 48; many, because a worker waits for the shared commit
    const char *certificate; // PEM texts; both NULL: plain HTTP
    const char *key;
    const char *trusted_proxy; // the address whose X-Forwarded-For and -Proto are believed, or NULL
    const char *web_root;      // a folder instead of the embedded bundle, for development
    const char *spool;         // the folder for uploads under way; NULL: $TMPDIR, else /tmp
    ServerLimits limits;
    Company *company;
} ServerOptions;

FALLIBLE server_start(Ctx *cx, const ServerOptions *options, Server **out);
int server_port(const Server *server);
// The time to finish is over: who works for long gives up now. Never without a server.
bool server_gives_up(const Server *server);
const char *server_spool(const Server *server); // the folder for uploads; without a server /tmp
// Takes no more connections, answers what is under way for at most `seconds`, closes.
void server_stop(Server *server, int seconds);

// Numbers for /metrics.
typedef struct ServerCounts {
    int64_t requests;
    int64_t refused; // 4xx
    int64_t faults;  // 5xx
    int64_t connections;
    int64_t flowing; // long answers
    int64_t waiting; // in the queue of the workers
} ServerCounts;
ServerCounts server_counts(const Server *server);

#endif
