// SPDX-License-Identifier: Apache-2.0
// Deadlines of connections: libmicrohttpd's own timeout starts again with each byte, so that a
// client who drips one byte a second would stay for ever. A thread shuts down the socket of whoever
// is late.
#ifndef MILLRACE_HTTP_WATCH_H
#define MILLRACE_HTTP_WATCH_H

typedef struct Watchers Watchers;
typedef struct Watch Watch; // one connection

Watchers *watchers_start(void); // NULL when the system gives no thread
void watchers_stop(Watchers *watchers);
Watch *watch_open(Watchers *watchers, int socket, int seconds); // NULL when memory is out
void watch_set(Watch *watch, int seconds);                      // 0: no deadline
// That many seconds more, as long as the deadline stays within `most` from now; none stays none.
void watch_grant(Watch *watch, int seconds, int most);
void watch_close(Watch *watch);
long watchers_count(Watchers *watchers);

#endif
