// SPDX-License-Identifier: Apache-2.0
#include "db/test_postgres.h"

#include "db/test_keeper.h"

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static Keeper cluster;

// The newest installed, as Debian lays them out, or what the environment names.
static bool binaries(char *out, size_t size)
{
    const char *named = getenv("MILLRACE_POSTGRES_BIN");
    if (named) {
        snprintf(out, size, "%s", named);
        return true;
    }
    glob_t found;
    bool any = glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0;
    if (any) {
        const char *newest = found.gl_pathv[found.gl_pathc - 1];
        snprintf(out, size, "%.*s", (int)(strrchr(newest, '/') - newest), newest);
    }
    globfree(&found);
    return any;
}

// The server refuses to run as root.
static const struct passwd *server_user(void)
{
    return getuid() == 0 ? getpwnam("postgres") : getpwuid(getuid());
}

bool cluster_installed(void)
{
    char path[256];
    return binaries(path, sizeof path) && server_user();
}

__attribute__((noreturn)) static void run_as_server(const char *program, char **arguments)
{
    const struct passwd *user = server_user();
    char log[128];
    snprintf(log, sizeof log, "%s/tools.log", cluster.folder);
    if (getuid() == 0 &&
        (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(126);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (out < 0 || chdir(cluster.folder) != 0)
        _exit(126);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    setenv("LC_ALL", "C", 1);
    execv(program, arguments);
    _exit(127);
}

static bool server_tool(const char *tool, char **arguments)
{
    char program[512], folder[400];
    if (!binaries(folder, sizeof folder))
        return false;
    snprintf(program, sizeof program, "%s/%s", folder, tool);
    arguments[0] = program;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        run_as_server(program, arguments);
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

// In the keeper, when the test program has ended.
static void cluster_stop(const char *folder)
{
    char path[128];
    snprintf(path, sizeof path, "%s/data/postmaster.pid", folder);
    FILE *file = fopen(path, "r");
    char line[32] = "";
    int process = file && fgets(line, sizeof line, file) ? (int)strtol(line, NULL, 10) : 0;
    if (process > 1) {
        kill(process, SIGQUIT);
        int waits = 0;
        while (kill(process, 0) == 0 && waits++ < 500)
            usleep(10000);
        if (waits >= 500)
            kill(process, SIGKILL);
    }
    if (file)
        fclose(file);
}

static bool write_settings(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/data/postgresql.conf", cluster.folder);
    FILE *file = fopen(path, "a");
    if (!file)
        return false;
    fprintf(file,
            "\nlisten_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\n"
            "full_page_writes = off\nsynchronous_commit = off\nautovacuum = off\n"
            "wal_level = minimal\nmax_wal_senders = 0\nmax_connections = 100\n"
            "shared_buffers = 32MB\nmax_wal_size = 256MB\njit = off\n",
            cluster.folder);
    return fclose(file) == 0;
}

bool cluster_start(void)
{
    const char *place = getenv("TMPDIR");
    const struct passwd *user = server_user();
    keeper_last_act = cluster_stop;
    bool kept = user && keeper_start(&cluster, place && *place ? place : "/tmp", user->pw_uid,
                                     user->pw_gid);
    keeper_last_act = NULL;
    char *make[] = {NULL,    "-D", "data",     "--locale=C",        "--encoding=UTF8", "-A",
                    "trust", "-U", "postgres", "--no-instructions", "--no-sync",       NULL};
    char *start[] = {NULL, "-D", "data", "-l", "server.log", "-w", "-t", "30", "start", NULL};
    if (kept && server_tool("initdb", make) && write_settings() && server_tool("pg_ctl", start))
        return true;
    fprintf(stderr, "the private PostgreSQL cluster does not start (in %s)\n", cluster.folder);
    return false;
}

void cluster_address(const char *database, char *out, size_t size)
{
    snprintf(out, size, "postgresql://postgres@/%s?host=%s", database, cluster.folder);
}

bool cluster_run(const char *database, const char *sql)
{
    char address[200];
    cluster_address(database, address, sizeof address);
    PGconn *connection = PQconnectdb(address);
    PGresult *result = PQexec(connection, sql);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!good)
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return good;
}
