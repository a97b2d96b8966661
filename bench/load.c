// SPDX-License-Identifier: Apache-2.0
// Load generator: sends prepared requests over many connections from one thread and tells how they
// went.
//
//   bench-load --url http://127.0.0.1:8080 [--connections 64] [--seconds 5] [--repeat] [--pid N]
//              [--header 'Name: value']... FILE
//
// A line of FILE is one request, "METHOD TARGET [BODY]"; each is sent once, or with --repeat again
// and again until the time is over. Every connection has one request under way. The answer is one
// line of JSON: requests, seconds, per_second, p50_us, p99_us, answer_bytes (mean), and with --pid
// cpu_us of that process for each request. An answer that is not 2xx, or comes without a
// Content-Length, ends the run with its text: a benchmark of failures measures nothing.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MOST 1000
#define ANSWER_BYTES (4L * 1024 * 1024)
#define LINE_BYTES (64 * 1024)
#define SILENCE_MS 20000

typedef struct Line {
    const char *method;
    const char *target;
    const char *body;
} Line;

typedef struct Connection {
    int socket;
    bool busy;
    int64_t started_ns;
    char *sent; // LINE_BYTES
    size_t sent_length;
    size_t sent_done;
    char *answer; // ANSWER_BYTES
    size_t length;
    size_t expected; // of head and body, 0 while the head is not complete
} Connection;

static struct {
    struct sockaddr_in address;
    int connections;
    double seconds;
    bool repeat;
    pid_t pid;
    char headers[LINE_BYTES / 4];
    Line *lines;
    size_t line_count;
} setup = {.connections = 64, .seconds = 5};

static struct {
    int epoll;
    Connection connections[CONNECTIONS_MOST];
    size_t next;
    int busy;
    int64_t ends_ns;
    uint32_t *latencies_us;
    size_t done;
    size_t latencies_room;
    uint64_t answer_bytes;
} run;

__attribute__((format(printf, 1, 2), noreturn)) static void end(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench-load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static void *room(size_t count, size_t size)
{
    void *bytes = calloc(count, size);
    if (!bytes)
        end("no memory");
    return bytes;
}

static int64_t clock_ns(clockid_t which)
{
    struct timespec time;
    if (clock_gettime(which, &time))
        end("cannot read the clock: %s", strerror(errno));
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t cpu_ns(void)
{
    clockid_t clock;
    if (!setup.pid)
        return 0;
    if (clock_getcpuclockid(setup.pid, &clock))
        end("process %d is not there", (int)setup.pid);
    return clock_ns(clock);
}

// ---- What to send

static char *read_file(const char *path)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &about))
        end("cannot read %s: %s", path, strerror(errno));
    char *text = room((size_t)about.st_size + 1, 1);
    for (off_t at = 0; at < about.st_size;) {
        ssize_t count = read(file, text + at, (size_t)(about.st_size - at));
        if (count <= 0)
            end("cannot read %s to its end", path);
        at += count;
    }
    close(file);
    return text;
}

static void read_lines(const char *path)
{
    char *text = read_file(path);
    size_t count = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        count++;
    setup.lines = room(count + 1, sizeof *setup.lines);
    for (char *at = text, *next; *at; at = next) {
        next = strchrnul(at, '\n');
        if (*next)
            *next++ = '\0';
        Line *line = &setup.lines[setup.line_count];
        line->method = strsep(&at, " ");
        line->target = strsep(&at, " ");
        line->body = at ? at : "";
        if (!line->target)
            end("%s line %zu is not METHOD TARGET [BODY]", path, setup.line_count + 1);
        setup.line_count++;
    }
    if (!setup.line_count)
        end("%s holds no request", path);
}

static void read_url(const char *url)
{
    char host[64];
    unsigned port;
    if (sscanf(url, "http://%63[^:/]:%u", host, &port) != 2 || port > 65535)
        end("--url needs http://ADDRESS:PORT, not %s", url);
    if (strcmp(host, "localhost") == 0)
        strcpy(host, "127.0.0.1");
    setup.address.sin_family = AF_INET;
    setup.address.sin_port = htons((uint16_t)port);
    if (inet_pton(AF_INET, host, &setup.address.sin_addr) != 1)
        end("%s is not an IPv4 address", host);
}

static void add_header(const char *header)
{
    size_t used = strlen(setup.headers);
    int length = snprintf(setup.headers + used, sizeof setup.headers - used, "%s\r\n", header);
    if (length < 0 || (size_t)length >= sizeof setup.headers - used)
        end("the headers are too long");
}

static void read_options(int count, char **arguments)
{
    static const struct option options[] = {
        {"url", required_argument, NULL, 'u'},
        {"connections", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'},
        {"repeat", no_argument, NULL, 'r'},
        {"pid", required_argument, NULL, 'p'},
        {"header", required_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(count, arguments, "", options, NULL)) != -1;) {
        if (option == 'u')
            read_url(optarg);
        else if (option == 'c')
            setup.connections = atoi(optarg);
        else if (option == 's')
            setup.seconds = atof(optarg);
        else if (option == 'r')
            setup.repeat = true;
        else if (option == 'p')
            setup.pid = atoi(optarg);
        else if (option == 'h')
            add_header(optarg);
        else
            exit(2);
    }
    if (!setup.address.sin_port || optind != count - 1 || setup.connections < 1 ||
        setup.connections > CONNECTIONS_MOST)
        end("needs --url and one FILE, and at most %d connections", CONNECTIONS_MOST);
    read_lines(arguments[optind]);
}

// ---- One connection

static void watch(Connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(run.epoll, EPOLL_CTL_MOD, connection->socket, &event))
        end("epoll: %s", strerror(errno));
}

static void open_connection(Connection *connection)
{
    int yes = 1;
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->socket < 0 ||
        connect(connection->socket, (struct sockaddr *)&setup.address, sizeof setup.address))
        end("cannot connect: %s", strerror(errno));
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(connection->socket, F_SETFL, O_NONBLOCK);
    connection->sent = room(1, LINE_BYTES);
    connection->answer = room(1, ANSWER_BYTES + 1);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(run.epoll, EPOLL_CTL_ADD, connection->socket, &event))
        end("epoll: %s", strerror(errno));
}

static void send_rest(Connection *connection)
{
    while (connection->sent_done < connection->sent_length) {
        ssize_t count = send(connection->socket, connection->sent + connection->sent_done,
                             connection->sent_length - connection->sent_done, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            watch(connection, EPOLLIN | EPOLLOUT);
            return;
        }
        if (count < 0)
            end("cannot send: %s", strerror(errno));
        connection->sent_done += (size_t)count;
    }
}

// Takes the next request, unless the time is over or all are sent.
static void send_next(Connection *connection)
{
    int64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    if (now_ns >= run.ends_ns || (!setup.repeat && run.next >= setup.line_count))
        return;
    const Line *line = &setup.lines[run.next++ % setup.line_count];
    size_t body = strlen(line->body);
    int length =
        body ? snprintf(connection->sent, LINE_BYTES,
                        "%s %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: "
                        "application/json\r\nContent-Length: %zu\r\n\r\n%s",
                        line->method, line->target, setup.headers, body, line->body)
             : snprintf(connection->sent, LINE_BYTES,
                        "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n", line->method, line->target,
                        setup.headers, strcmp(line->method, "GET") ? "Content-Length: 0\r\n" : "");
    if (length < 0 || length >= LINE_BYTES)
        end("request %zu is too long", run.next);
    connection->sent_length = (size_t)length;
    connection->sent_done = 0;
    connection->length = connection->expected = 0;
    connection->started_ns = now_ns;
    connection->busy = true;
    run.busy++;
    send_rest(connection);
}

static void note_done(Connection *connection)
{
    if (connection->answer[9] != '2')
        end("%.*s\nwas answered %.*s", (int)connection->sent_length, connection->sent,
            (int)connection->length, connection->answer);
    if (run.done == run.latencies_room) {
        run.latencies_room = run.latencies_room ? run.latencies_room * 2 : 65536;
        run.latencies_us = reallocarray(run.latencies_us, run.latencies_room, sizeof(uint32_t));
        if (!run.latencies_us)
            end("no memory");
    }
    int64_t took_ns = clock_ns(CLOCK_MONOTONIC) - connection->started_ns;
    run.latencies_us[run.done++] = (uint32_t)(took_ns / 1000);
    run.answer_bytes += connection->expected;
    connection->busy = false;
    run.busy--;
}

static void read_head(Connection *connection)
{
    connection->answer[connection->length] = '\0';
    char *close = strstr(connection->answer, "\r\n\r\n");
    if (!close)
        return;
    *close = '\0';
    const char *header = strcasestr(connection->answer, "\r\nContent-Length:");
    bool empty = strncmp(connection->answer + 9, "204", 3) == 0;
    if (!header && !empty)
        end("an answer without Content-Length:\n%s", connection->answer);
    size_t body = header ? strtoul(header + strlen("\r\nContent-Length:"), NULL, 10) : 0;
    *close = '\r';
    connection->expected = (size_t)(close - connection->answer) + 4 + body;
    if (connection->expected > ANSWER_BYTES)
        end("an answer of %zu bytes is too long", connection->expected);
}

static void receive(Connection *connection)
{
    for (;;) {
        ssize_t count = recv(connection->socket, connection->answer + connection->length,
                             ANSWER_BYTES - connection->length, 0);
        if (count < 0 && errno == EAGAIN)
            return;
        if (count <= 0)
            end("the server closed a connection: %s", count ? strerror(errno) : "end");
        connection->length += (size_t)count;
        if (!connection->busy)
            end("an answer that nobody asked for");
        if (!connection->expected)
            read_head(connection);
        if (connection->expected && connection->length >= connection->expected) {
            note_done(connection);
            send_next(connection);
            return; // what comes next wakes us again
        }
    }
}

// ---- All of them

static void run_all(void)
{
    struct epoll_event events[128];
    for (int i = 0; i < setup.connections; i++)
        send_next(&run.connections[i]);
    while (run.busy) {
        int count = epoll_wait(run.epoll, events, 128, SILENCE_MS);
        if (count == 0)
            end("no answer for %d seconds", SILENCE_MS / 1000);
        for (int i = 0; i < count; i++) {
            Connection *connection = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) {
                watch(connection, EPOLLIN);
                send_rest(connection);
            }
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                receive(connection);
        }
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void report(double seconds, double cpu_us)
{
    if (!run.done)
        end("no request was answered");
    qsort(run.latencies_us, run.done, sizeof *run.latencies_us, by_size);
    printf("{\"requests\": %zu, \"seconds\": %.6f, \"per_second\": %.1f, \"p50_us\": %u, "
           "\"p99_us\": %u, \"answer_bytes\": %.0f, \"cpu_us\": %.2f}\n",
           run.done, seconds, (double)run.done / seconds, run.latencies_us[run.done / 2],
           run.latencies_us[run.done - 1 - run.done / 100],
           (double)run.answer_bytes / (double)run.done, cpu_us / (double)run.done);
}

int main(int count, char **arguments)
{
    read_options(count, arguments);
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < setup.connections; i++)
        open_connection(&run.connections[i]);
    int64_t cpu_before_ns = cpu_ns();
    int64_t started_ns = clock_ns(CLOCK_MONOTONIC);
    run.ends_ns = started_ns + (int64_t)(setup.seconds * 1e9);
    run_all();
    double seconds = (double)(clock_ns(CLOCK_MONOTONIC) - started_ns) / 1e9;
    report(seconds, (double)(cpu_ns() - cpu_before_ns) / 1000);
    return 0;
}
