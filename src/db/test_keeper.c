// SPDX-License-Identifier: Apache-2.0
#include "db/test_keeper.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void (*keeper_last_act)(const char *folder);

static Keeper *kept[4];
static pid_t owner_process;

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *at)
{
    (void)about, (void)type, (void)at;
    remove(path);
    return 0;
}

__attribute__((noreturn)) static void keep(const Keeper *keeper, int end)
{
    setsid();
    signal(SIGPIPE, SIG_IGN);
    char byte;
    while (read(end, &byte, 1) > 0)
        continue;
    if (keeper_last_act)
        keeper_last_act(keeper->folder);
    nftw(keeper->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    _exit(0);
}

// The forked tests run this too when they exit; only the test program itself waits.
static void keepers_end(void)
{
    if (getpid() != owner_process)
        return;
    for (size_t i = 0; i < sizeof kept / sizeof *kept && kept[i]; i++) {
        close(kept[i]->pipe);
        waitpid(kept[i]->process, NULL, 0);
    }
}

bool keeper_start(Keeper *keeper, const char *place, uid_t owner, gid_t group)
{
    snprintf(keeper->folder, sizeof keeper->folder, "%s/millrace-test-XXXXXX", place);
    int ends[2];
    if (!mkdtemp(keeper->folder) || chown(keeper->folder, owner, group) != 0 ||
        pipe2(ends, O_CLOEXEC) != 0)
        return false;
    size_t count = 0;
    while (kept[count])
        count++;
    if (!count) {
        owner_process = getpid();
        atexit(keepers_end);
    }
    keeper->process = fork();
    if (keeper->process < 0)
        return false;
    if (keeper->process == 0) {
        close(ends[1]);
        for (size_t i = 0; i < count; i++)
            close(kept[i]->pipe);
        keep(keeper, ends[0]);
    }
    close(ends[0]);
    keeper->pipe = ends[1];
    kept[count] = keeper;
    return true;
}
