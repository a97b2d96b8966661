// SPDX-License-Identifier: Apache-2.0
#include "record/consent.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "record/audit.h"
#include "record/compile.h"
#include "record/labels.h"
#include "record/rights.h"
#include "record/row.h"

MIGRATION(record_0054_consent, 20,
          "CREATE TABLE consent (id BIGINT NOT NULL PRIMARY KEY, entity TEXT NOT NULL,"
          " record BIGINT NOT NULL, at BIGINT NOT NULL, purpose TEXT NOT NULL,"
          " channel TEXT NOT NULL, granted BIGINT NOT NULL, source TEXT NOT NULL, proof TEXT,"
          " actor BIGINT NOT NULL);\n"
          "CREATE INDEX consent_of_record ON consent (record, entity, id)");

QUERY(consent_insert, "INSERT INTO consent (id, entity, record, at, purpose, channel, granted,"
                      " source, proof, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
QUERY(consent_of_record, "SELECT at, purpose, channel, granted, source, proof, actor FROM consent"
                         " WHERE record = $1 AND entity = $2 ORDER BY id DESC LIMIT $3");
QUERY(consent_newest, "SELECT granted FROM consent WHERE record = $1 AND entity = $2"
                      " AND purpose = $3 AND channel = $4 ORDER BY id DESC LIMIT 1");
QUERY(consent_forget, "UPDATE consent SET proof = NULL WHERE record = $1 AND entity = $2");

static bool channel_known(const char *channel)
{
    static const char *const channels[] = {"email", "phone", "sms", "messenger", "post"};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
        if (text_equal(channels[i], channel))
            return true;
    return false;
}

static FALLIBLE check(Ctx *cx, const Consent *consent)
{
    if (!consent->purpose || !compile_name_valid(consent->purpose))
        return error_field(FAIL(cx, ERR_INVALID, "the purpose is a name, as newsletter"),
                           "purpose");
    if (!channel_known(consent->channel))
        return error_field(
            FAIL(cx, ERR_INVALID, "the channel is email, phone, sms, messenger or post"),
            "channel");
    if (!consent->source || !*consent->source)
        return error_field(FAIL(cx, ERR_INVALID, "a consent needs its source"), "source");
    return NULL;
}

FALLIBLE consent_add(Ctx *cx, const char *entity, Id id, const Consent *consent)
{
    Record *record, *whole;
    bool covered = false;
    Value told = value_context(cx->arena);
    TRY(check(cx, consent));
    TRY(record_get(cx, entity, id, &record));
    TRY(row_load(cx, record->entity, id, &whole));
    TRY(rights_cover(cx, whole, VERB_EDIT, value_null(), &covered));
    if (!covered)
        return FAIL(cx, ERR_DENIED, "you may not %s a record of '%s'", verb_word(VERB_EDIT),
                    entity);
    TRY(db_run(cx, NULL, consent_insert, id_new(cx), entity, id, cx->now, consent->purpose,
               consent->channel, consent->granted, consent->source, consent->proof,
               cx->actor->user));
    value_set(cx->arena, told, "purpose", value_text(consent->purpose));
    value_set(cx->arena, told, "channel", value_text(consent->channel));
    value_set(cx->arena, told, "granted", value_boolean(consent->granted));
    return audit_add(cx, &(AuditRow){.record = id,
                                     .entity = entity,
                                     .action = "consent",
                                     .after = json_text(cx->arena, told)});
}

FALLIBLE consent_list(Ctx *cx, const char *entity, Id id, Consent **out, size_t *count)
{
    Record *record;
    Rows rows;
    TRY(record_get(cx, entity, id, &record));
    TRY(db_rows(cx, &rows, consent_of_record, id, entity, CONSENT_ENTRIES));
    *out = NEW_ARRAY(cx->arena, Consent, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        Consent *consent = &(*out)[i];
        *consent = (Consent){.at = row_integer(row, "at"),
                             .purpose = row_text(row, "purpose"),
                             .channel = row_text(row, "channel"),
                             .granted = row_integer(row, "granted") != 0,
                             .source = row_text(row, "source"),
                             .proof = row_text(row, "proof"),
                             .actor = row_integer(row, "actor")};
        if (consent->actor)
            TRY(record_label_of(cx, "user", consent->actor, &consent->actor_name));
    }
    return NULL;
}

FALLIBLE consent_allows(Ctx *cx, const char *entity, Id record, const char *purpose,
                        const char *channel, bool *out)
{
    Row *row;
    TRY(db_row(cx, &row, consent_newest, record, entity, purpose, channel));
    *out = row && row_integer(row, "granted");
    return NULL;
}

FALLIBLE consent_erase(Ctx *cx, const char *entity, Id record)
{
    return db_run(cx, NULL, consent_forget, record, entity);
}
