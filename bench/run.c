// SPDX-License-Identifier: Apache-2.0
// The process room without HTTP, on a database of its own: durable steps, timers, signals.
//
//   bench-run DATABASE-URL steps SECONDS THREADS   {commits, steps, instances, p50_us, p99_us}
//   bench-run DATABASE-URL steady SECONDS THREADS RATE  as steps: units come at that rate a
//                                                  second, and count from when they come
//   bench-run DATABASE-URL timers COUNT            {seconds, per_second, people, people_p99_us}
//   bench-run DATABASE-URL signals COUNT           the same: so many instances hear one signal
//   bench-run DATABASE-URL wait COUNT              {count}: so many instances wait for a timer
//   bench-run DATABASE-URL open 0                  {first_us, bytes}: of a program that opens them
//
// The process is the order of issue 4: start, service, exclusive, user, split, two services, join,
// end; nine elements in two units of work. DATABASE-URL must be empty; each unit is committed
// durably before the next of its thread begins.
#include "base/calendar.h"
#include "base/ids.h"
#include "db/database.h"
#include "process/function_point.h"
#include "process/process.h"
#include "record/record.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MOST 64
#define SAMPLES 200000
#define ELEMENTS 9
#define SECOND_US 1000000LL

FUNCTION_POINT(bench_nothing, "bench.nothing", "Does nothing, for measuring.", "", "")
{
    *output = value_context(cx->arena);
    return NULL;
}

#define TASK(id)                                                                                   \
    "<serviceTask id='" id "'><extensionElements><m:call function='bench.nothing'/>"               \
    "</extensionElements></serviceTask>"
#define FLOW(id, from, to) "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define MODEL(key, body)                                                                           \
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' expressionLanguage='FEEL' "  \
    "xmlns:m='https://millrace.example/ns/1.0' targetNamespace='urn:bench'><process id='" key      \
    "' isExecutable='true'>" body "</process><signal id='Bell' name='bell'/></definitions>"

// The exclusive gateway's other way leads straight to the end.
static const char order[] = MODEL(
    "order",
    "<startEvent id='s'/>" TASK(
        "check") "<exclusiveGateway id='which' default='f3'/>"
                 "<userTask id='approve'/><parallelGateway id='split'/>" TASK("pick")
                     TASK("bill") "<parallelGateway id='join'/><endEvent id='e'/>" FLOW(
                         "f1", "s", "check") FLOW("f2", "check", "which")
                         FLOW("f3", "which",
                              "approve") "<sequenceFlow id='f10' sourceRef='which' "
                                         "targetRef='e'><conditionExpression>false"
                                         "</conditionExpression></sequenceFlow>" FLOW(
                                             "f4", "approve", "split") FLOW("f5", "split", "pick")
                                             FLOW("f6", "split", "bill") FLOW("f7", "pick", "join")
                                                 FLOW("f8", "bill", "join")
                                                     FLOW("f9", "join", "e"));
static const char waiting[] =
    MODEL("waiting",
          "<startEvent id='s'/>" FLOW(
              "f1", "s",
              "wait") "<intermediateCatchEvent id='wait'><timerEventDefinition><timeDuration>PT1H"
                      "</timeDuration></timerEventDefinition></intermediateCatchEvent>" FLOW(
                          "f2", "wait", "e") "<endEvent id='e'/>");

static const char hearing[] = MODEL(
    "hearing",
    "<startEvent id='s'/>" FLOW("f1", "s", "wait") "<intermediateCatchEvent id='wait'>"
                                                   "<signalEventDefinition signalRef='Bell'/>"
                                                   "</intermediateCatchEvent>" FLOW(
                                                       "f2", "wait", "e") "<endEvent id='e'/>");

QUERY(bench_item, "SELECT id FROM work_item WHERE instance = $1 AND wait > 0"
                  " AND state = 'offered' LIMIT 1");
QUERY(bench_copy_instances,
      "INSERT INTO instance (id, process_key, version, model, state, row_version, events, blob,"
      " started_at, started_by, depth) SELECT t.id + $1 * n.id, t.process_key, t.version, t.model,"
      " t.state, 1, 1, t.blob, t.started_at, t.started_by, 0 FROM instance t, bench_number n"
      " WHERE t.id = $2 AND n.id <= $3");
QUERY(bench_copy_jobs,
      "INSERT INTO process_job (id, queue, kind, owner, wait, node, due_at, ready_at, attempts)"
      " SELECT t.id + $1 * n.id, t.queue, t.kind, t.owner + $1 * n.id, t.wait, t.node, t.due_at,"
      " t.ready_at, 0 FROM process_job t, bench_number n WHERE t.owner = $2 AND n.id <= $3");

QUERY(bench_copy_waits,
      "INSERT INTO process_wait (id, kind, name, key, starts, owner, wait, node) SELECT"
      " t.id + $1 * n.id, t.kind, t.name, t.key, 0, t.owner + $1 * n.id, t.wait, t.node"
      " FROM process_wait t, bench_number n WHERE t.owner = $2 AND n.id <= $3");

// Only this program has it: the numbers 1 to a million, to copy rows by.
MIGRATION(bench_0001_numbers, 90,
          "CREATE TABLE bench_number (id BIGINT PRIMARY KEY);\n"
          "INSERT INTO bench_number (id) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
          " FROM n WHERE i < 1000000) SELECT i FROM n");

static const char *const everything[] = {"*"};
static const Actor somebody = {.user = 1,
                               .login = "bench",
                               .name = "bench",
                               .permissions = everything,
                               .permission_count = 1,
                               .door = DOOR_STEP};
static Company company;

static Ctx unit_of(Arena *arena)
{
    return (Ctx){.arena = arena,
                 .company = &company,
                 .actor = &somebody,
                 .now = instant_now(),
                 .language = "en"};
}

static void check(const Error *error)
{
    if (!error)
        return;
    fprintf(stderr, "bench-run: %s%s%s\n", error->message, error->detail ? ": " : "",
            error->detail ? error->detail : "");
    exit(1);
}

static int by_number(const void *a, const void *b)
{
    int left = *(const int *)a, right = *(const int *)b;
    return left < right ? -1 : left > right;
}

static int percentile(int *samples, int count, int of_thousand)
{
    qsort(samples, (size_t)count, sizeof *samples, by_number);
    return count ? samples[(int64_t)count * of_thousand / 1000] : 0;
}

// ---- steps ----------------------------------------------------------------------------------

typedef struct Worker {
    pthread_t thread;
    Instant until;
    Instant next;     // the unit that comes next, where they come at a rate; 0: one after the other
    Instant interval; // between two
    Id instance;
    int64_t commits;
    int64_t instances;
    int *samples; // of commits, in microseconds
    int sample_count;
} Worker;

static FALLIBLE begin(Ctx *cx, void *state)
{
    return instance_start(cx, "order", NULL, 0, value_null(), &((Worker *)state)->instance);
}

static FALLIBLE approve(Ctx *cx, void *state)
{
    Row *row;
    Value next;
    TRY(db_row(cx, &row, bench_item, ((Worker *)state)->instance));
    return work_item_complete(cx, row_integer(row, "id"), value_context(cx->arena), &next);
}

// When the next unit comes; where they come at a rate, one that could not begin then is late.
static Instant comes(Worker *worker)
{
    if (!worker->next)
        return instant_now();
    Instant at = worker->next;
    Instant early = at - instant_now();
    worker->next += worker->interval;
    if (early > 0)
        nanosleep(&(struct timespec){early / SECOND_US, early % SECOND_US * 1000}, NULL);
    return at;
}

static void timed(Worker *worker, Arena *arena, UnitWork work)
{
    Instant before = comes(worker);
    Ctx cx = unit_of(arena);
    check(database_write(&cx, company.database, work, worker));
    worker->commits++;
    if (worker->sample_count < SAMPLES)
        worker->samples[worker->sample_count++] = (int)(instant_now() - before);
}

static void *work(void *state)
{
    Worker *worker = state;
    Arena *arena = arena_new(64UL << 20);
    ArenaMark mark = arena_mark(arena);
    while (instant_now() < worker->until) {
        timed(worker, arena, begin);
        timed(worker, arena, approve);
        worker->instances++;
        arena_rewind(arena, mark);
    }
    arena_free(arena);
    return NULL;
}

// `rate`: units a second of all together; 0: as fast as they can.
static void measure_steps(int seconds, int threads, int rate)
{
    Worker *workers = calloc((size_t)threads, sizeof *workers);
    int *all = calloc((size_t)threads * SAMPLES, sizeof *all), count = 0;
    int64_t commits = 0, instances = 0;
    if (!workers || !all)
        abort();
    for (int i = 0; i < threads; i++) {
        workers[i] = (Worker){.until = instant_now() + seconds * SECOND_US,
                              .samples = calloc(SAMPLES, sizeof(int))};
        if (rate) {
            workers[i].interval = SECOND_US * threads / rate;
            workers[i].next = instant_now() + workers[i].interval * i / threads;
        }
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
            abort();
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        commits += workers[i].commits;
        instances += workers[i].instances;
        memcpy(all + count, workers[i].samples, (size_t)workers[i].sample_count * sizeof(int));
        count += workers[i].sample_count;
        free(workers[i].samples);
    }
    printf("{\"commits\": %lld, \"steps\": %lld, \"instances\": %lld, \"p50_us\": %d, "
           "\"p99_us\": %d}\n",
           (long long)commits / seconds, (long long)instances * ELEMENTS / seconds,
           (long long)instances / seconds, percentile(all, count, 500),
           percentile(all, count, 990));
    free(all);
    free(workers);
}

// ---- many that wait -------------------------------------------------------------------------

typedef struct Filling {
    const char *process;
    int64_t count;
    Id first;
} Filling;

static FALLIBLE fill(Ctx *cx, void *state)
{
    Filling *filling = state;
    cx->now -= 3600 * SECOND_US; // due now
    TRY(instance_start(cx, filling->process, NULL, 0, value_null(), &filling->first));
    TRY(db_run(cx, NULL, bench_copy_instances, 4096, filling->first, filling->count - 1));
    TRY(db_run(cx, NULL, bench_copy_waits, 4096, filling->first, filling->count - 1));
    return db_run(cx, NULL, bench_copy_jobs, 4096, filling->first, filling->count - 1);
}

static void fill_all(const char *process, int64_t count)
{
    Arena *arena = arena_new(256UL << 20);
    Ctx cx = unit_of(arena);
    Filling filling = {.process = process, .count = count};
    check(database_write(&cx, company.database, fill, &filling));
    arena_free(arena);
}

#define JOBS_OF_UNIT 20 // as src/app/executor.c

typedef struct Shift {
    Id ids[100];
    int count;
    int from;
    int size;
} Shift;

static FALLIBLE take(Ctx *cx, void *state)
{
    Shift *shift = state;
    return jobs_take(cx, "bench", 100, cx->now + 60 * SECOND_US, shift->ids, &shift->count);
}

static FALLIBLE run(Ctx *cx, void *state)
{
    Shift *shift = state;
    return jobs_run(cx, "bench", shift->ids + shift->from, shift->size);
}

// As src/app/executor.c does it.
static void measure_drain(int64_t count)
{
    Worker person = {.until = INT64_MAX, .samples = calloc(SAMPLES, sizeof(int))};
    Arena *arena = arena_new(256UL << 20);
    ArenaMark mark = arena_mark(arena);
    // One person works all the time while the timers are drained.
    Instant before = instant_now();
    pthread_t thread;
    if (!person.samples || pthread_create(&thread, NULL, work, &person))
        abort();
    Shift shift = {.count = 1};
    while (shift.count) {
        Ctx cx = unit_of(arena);
        check(database_write(&cx, company.database, take, &shift));
        for (shift.from = 0; shift.from < shift.count; shift.from += JOBS_OF_UNIT) {
            int rest = shift.count - shift.from;
            shift.size = rest < JOBS_OF_UNIT ? rest : JOBS_OF_UNIT;
            cx = unit_of(arena);
            check(database_write(&cx, company.database, run, &shift));
            arena_rewind(arena, mark);
        }
    }
    double seconds = (double)(instant_now() - before) / SECOND_US;
    person.until = 0;
    pthread_join(thread, NULL);
    printf("{\"seconds\": %.1f, \"per_second\": %.0f, \"people\": %.0f, \"people_p99_us\": %d}\n",
           seconds, (double)count / seconds, (double)person.commits / seconds,
           percentile(person.samples, person.sample_count, 990));
    free(person.samples);
    arena_free(arena);
}

static FALLIBLE ring(Ctx *cx, void *state)
{
    (void)state;
    int reached;
    bool queued;
    return signal_publish(cx, "bell", value_null(), &reached, &queued);
}

static void measure_timers(int64_t count)
{
    fill_all("waiting", count);
    measure_drain(count);
}

static void measure_signals(int64_t count)
{
    fill_all("hearing", count);
    Arena *arena = arena_new(256UL << 20);
    Ctx cx = unit_of(arena);
    check(database_write(&cx, company.database, ring, NULL));
    arena_free(arena);
    measure_drain(count);
}

static int64_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long long pages = 0, resident = 0;
    if (!file || fscanf(file, "%lld %lld", &pages, &resident) != 2)
        abort();
    fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

static FALLIBLE look(Ctx *cx, void *state)
{
    return jobs_next(cx, state);
}

// What a program that opens such a database needs until it knows what is due, and how much memory.
static void measure_open(Ctx *cx, const char *url)
{
    Instant before = instant_now(), next;
    DatabaseOptions options = {.url = url};
    check(database_open(cx, &options, &company.database));
    check(database_read(cx, company.database, look, &next));
    printf("{\"first_us\": %lld, \"bytes\": %lld}\n", (long long)(instant_now() - before),
           (long long)resident_bytes());
    database_close(company.database);
}

// ---- the company ----------------------------------------------------------------------------

static FALLIBLE deploy(Ctx *cx, void *state)
{
    (void)state;
    const char *key;
    int version;
    TRY(process_deploy(cx, order, strlen(order), &key, &version));
    TRY(process_deploy(cx, hearing, strlen(hearing), &key, &version));
    return process_deploy(cx, waiting, strlen(waiting), &key, &version);
}

static void company_make(Ctx *cx, const char *url)
{
    DatabaseOptions options = {.url = url, .create = true, .statement_ms = 600000};
    int node, applied;
    check(database_open(cx, &options, &company.database));
    check(database_migrate(cx, company.database, &applied));
    check(database_lease_node(cx, company.database, &node));
    company.ids = ids_new(node);
    check(database_write(cx, company.database, deploy, NULL));
}

static void company_end(void)
{
    deployments_close(&company);
    database_close(company.database);
    free(company.ids);
}

int main(int count, char **words)
{
    if (count < 4) {
        fprintf(stderr, "bench-run DATABASE-URL steps SECONDS THREADS | steady SECONDS THREADS"
                        " RATE | timers COUNT | signals COUNT | wait COUNT | open 0\n");
        return 2;
    }
    Arena *arena = arena_new(256UL << 20);
    Ctx cx = unit_of(arena);
    int number = atoi(words[3]), threads = count > 4 ? atoi(words[4]) : 1;
    if (strcmp(words[2], "open") == 0) {
        measure_open(&cx, words[1]);
        return 0;
    }
    company_make(&cx, words[1]);
    if (strcmp(words[2], "steps") == 0)
        measure_steps(number, threads < THREADS_MOST ? threads : THREADS_MOST, 0);
    else if (strcmp(words[2], "steady") == 0)
        measure_steps(number, threads < THREADS_MOST ? threads : THREADS_MOST,
                      count > 5 ? atoi(words[5]) : 1000);
    else if (strcmp(words[2], "signals") == 0)
        measure_signals(number);
    else if (strcmp(words[2], "timers") == 0)
        measure_timers(number);
    else {
        fill_all("waiting", number);
        printf("{\"count\": %d}\n", number);
    }
    company_end();
    arena_free(arena);
    return 0;
}
