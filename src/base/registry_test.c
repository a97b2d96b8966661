// SPDX-License-Identifier: Apache-2.0
#include "base/registry.h"

#include "base/test.h"

#include <sys/wait.h>
#include <unistd.h>

static Registry things = {.what = "thing"};
static const int pear = 1, apple = 2, fig = 3;
REGISTER(things, pear, "pear", &pear);
REGISTER(things, apple, "apple", &apple);
REGISTER(things, fig, "fig", &fig);

static Registry doubles = {.what = "double"};
REGISTER(doubles, first, "same", &pear);
REGISTER(doubles, second, "same", &fig);

TEST(entries_are_read_by_name)
{
    size_t count;
    const int *const *all = (const int *const *)registry_all(&things, &count);
    CHECK_INT((long long)count, 3);
    CHECK_INT(*all[0], apple);
    CHECK_INT(*all[1], fig);
    CHECK_INT(*all[2], pear);
    CHECK(registry_find(&things, "fig") == &fig);
    CHECK(!registry_find(&things, "figs"));
}

TEST(an_empty_registry_has_no_entries)
{
    static Registry nothing = {.what = "nothing"};
    size_t count = 7;
    CHECK(registry_all(&nothing, &count) != NULL);
    CHECK_INT((long long)count, 0);
}

TEST(two_entries_of_one_name_abort_at_the_first_reading)
{
    pid_t child = fork();
    if (!child) {
        close(STDERR_FILENO);
        size_t count;
        (void)registry_all(&doubles, &count);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
}
