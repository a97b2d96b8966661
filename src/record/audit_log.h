// SPDX-License-Identifier: Apache-2.0
// The audit as a log that shows whether somebody laid hands on it.
//
// Each row is a leaf of a Merkle tree (merkle.h, audit_leaf.h), numbered and hashed in the
// transaction of its change. A sealer (app/sealer.h) adds what is new to the tree, a batch at a
// time, and signs its root: a checkpoint, with a key that does not lie in the database. Whoever may
// write to the database can change, delete or add rows; from the next checkpoint on that shows, and
// audit_verify names the place. What is newer than the last checkpoint is only numbered and hashed.
//
//   audit (leaf, proof, hash)   the rows that are there
//   audit_hash                  what proves the rows that retention took (audit_retention.h)
//   audit_checkpoint            the roots that were signed
//
// Rows from before there was a log get their leaves when it begins, before its first checkpoint.
#ifndef MILLRACE_RECORD_AUDIT_LOG_H
#define MILLRACE_RECORD_AUDIT_LOG_H

#include "record/audit_leaf.h"

#define AUDIT_KEY_TEXT 65 // hex, with its end

typedef struct AuditSigner {
    char key[AUDIT_KEY_TEXT]; // the public one
    unsigned char secret[64];
    bool takes_over; // goes on where another key signed
} AuditSigner;

typedef struct AuditCheckpoint {
    int64_t size; // leaves; 0: none was made
    Instant at;
    const char *root; // hex
    const char *key;
    const char *signature;
} AuditCheckpoint;

// In a unit of work that writes: adds at most AUDIT_SEAL_ROWS leaves and signs; *more when there
// are more. *out is the newest checkpoint. ERR_CONFLICT where a row is missing, or another key
// signed before.
#define AUDIT_SEAL_ROWS 5000
FALLIBLE audit_seal(Ctx *cx, const AuditSigner *signer, AuditCheckpoint *out, bool *more);
// Whether there is something to seal.
FALLIBLE audit_is_open(Ctx *cx, bool *out);
FALLIBLE audit_checkpoint_last(Ctx *cx, AuditCheckpoint *out);
// From a row of audit_checkpoint, and the tree that it was; false: that was changed.
void audit_checkpoint_read(const Row *row, AuditCheckpoint *out);
bool audit_tree_read(const Row *checkpoint, MerkleTree *out);
// What is signed, as text.
const char *audit_checkpoint_text(Ctx *cx, const AuditCheckpoint *checkpoint);
bool audit_checkpoint_is_signed(Ctx *cx, const AuditCheckpoint *checkpoint);

typedef enum AuditFinding {
    AUDIT_CHANGED,   // a row does not fit its leaf
    AUDIT_MISSING,   // rows are not there
    AUDIT_INSERTED,  // a row that is no leaf
    AUDIT_REWRITTEN, // rows and their leaves, somewhere between two checkpoints
    AUDIT_FORGED,    // a checkpoint that no trusted key signed
    AUDIT_CUT,       // a checkpoint that was kept elsewhere is not there
    AUDIT_UNRULED,   // retention took a row that no rule took
} AuditFinding;

typedef struct AuditProblem {
    AuditFinding finding;
    int64_t leaf; // the first and the last one; -1: none
    int64_t last;
    Id record; // 0 where it is not known
    char entity[49];
    char field[49];
    Instant at; // of the row; else of the rows around
    Instant until;
} AuditProblem;
const char *audit_finding_word(AuditFinding finding);

#define AUDIT_PROBLEMS 100
typedef struct AuditVerified {
    int64_t leaves;
    int64_t sealed; // of them, under the last checkpoint
    int64_t erased; // rows with erased values
    int64_t pruned; // rows that retention took
    int64_t checkpoints;
    AuditProblem problems[AUDIT_PROBLEMS]; // the first of them
    size_t problem_count;                  // and all
} AuditVerified;

typedef struct AuditTrust {
    const char *const *keys; // public keys that may have signed; none: any
    size_t key_count;
    AuditCheckpoint head; // one that was kept elsewhere; size 0: none
} AuditTrust;

struct Database;
// Outside any unit of work: walks the whole log, in constant memory.
FALLIBLE audit_verify(Ctx *cx, struct Database *database, const AuditTrust *trust,
                      AuditVerified *out);

#endif
