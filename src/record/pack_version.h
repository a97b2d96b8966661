// SPDX-License-Identifier: Apache-2.0
// Versions of the packs: what was shipped and what the company says, each time either changed, kept
// as text with who and when. The newest is what the company works with.
//
// The company's layer is text like that of any pack: entities/*.yaml, roles.yaml, texts/*.yaml. It
// is laid over what was shipped (overlay.h), so that an upgrade never overwrites it; what the two
// say differently after an upgrade is in the version's `conflicts`.
#ifndef MILLRACE_RECORD_PACK_VERSION_H
#define MILLRACE_RECORD_PACK_VERSION_H

#include "record/pack.h"

#define COMPANY_PACK "company"
#define COMPANY_FILES 1000
#define COMPANY_FILE_BYTES (256 * 1024)

typedef struct PackVersion {
    int64_t revision; // from 1; 0: there is none yet
    Instant at;
    Id actor; // 0: the system
    const char *note;
    Value shipped;   // context: "orders/entities/sales_order.yaml" -> text
    Value company;   // context: "entities/machine.yaml" -> text
    Value conflicts; // list: see overlay.h
} PackVersion;

// In an open unit of work. A revision that is not there is ERR_NOT_FOUND.
FALLIBLE pack_revision(Ctx *cx, int64_t *out);
FALLIBLE pack_version_newest(Ctx *cx, PackVersion *out);
FALLIBLE pack_version_read(Ctx *cx, int64_t revision, PackVersion *out);
FALLIBLE pack_version_add(Ctx *cx, const PackVersion *version);
// The newest first: {revision, at, by, note, conflicts}.
FALLIBLE pack_version_list(Ctx *cx, Value *out);

// The shipped files that a version keeps: all YAML.
Value packs_files(Ctx *cx, const Packs *packs);
// The company's texts as a pack, behind the others; ERR_INVALID for a name that it cannot have.
FALLIBLE pack_of_company(Ctx *cx, Value files, Pack *out);
// Two sets of files: "--- a", "+++ b" and lines, "" when they are the same.
FALLIBLE pack_diff(Ctx *cx, Value before, Value after, const char **out);

#endif
