// SPDX-License-Identifier: Apache-2.0
// A private PostgreSQL cluster for one run of the tests: UTF8, collation C, on a Unix socket only,
// without fsync. Run by root it belongs to the system's user postgres. Its keeper stops it.
#ifndef MILLRACE_DB_TEST_POSTGRES_H
#define MILLRACE_DB_TEST_POSTGRES_H

#include <stdbool.h>
#include <stddef.h>

bool cluster_installed(void);
bool cluster_start(void); // says on standard error why not
void cluster_address(const char *database, char *out, size_t size);
// One statement outside of any transaction.
bool cluster_run(const char *database, const char *sql);

#endif
