// SPDX-License-Identifier: Apache-2.0
// Generated migrations: the database is brought to a schema. Not for other rooms.
//
// What the schema has and the database has not is added; what the database has and the schema has
// not is parked. What the database has is remembered in schema_column and schema_index, never
// guessed from the store's own catalogue; each statement is logged in schema_change. A column of
// another type is refused by name.
#ifndef MILLRACE_RECORD_MIGRATE_H
#define MILLRACE_RECORD_MIGRATE_H

#include "db/database.h"
#include "record/schema.h"

// First tables and columns; then the indexes of tables that were there, each by itself, so that a
// long one stops nobody for long (PostgreSQL: concurrently); then what is not declared is parked
// and `finish` runs, in one unit of work. Until then a failure leaves only what nobody sees.
// *changes counts statements. Outside any unit of work.
FALLIBLE schema_migrate(Ctx *cx, Database *database, const Schema *schema, UnitWork finish,
                        void *state, int *changes);
// What it would do: a list of statements.
FALLIBLE schema_migration(Ctx *cx, Database *database, const Schema *schema, Value *out);

#endif
