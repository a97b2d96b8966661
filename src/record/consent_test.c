// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "record/consent.h"
#include "record/test_packs.h"

static bool allowed(Ctx *cx, Id person, const char *purpose, const char *channel)
{
    bool allows = true;
    CHECK_OK(consent_allows(cx, "customer", person, purpose, channel, &allows));
    return allows;
}

PACK_TEST(the_newest_entry_of_a_purpose_and_a_channel_stands)
{
    Record *customer;
    Consent *entries, yes = {.purpose = "newsletter",
                             .channel = "email",
                             .granted = true,
                             .source = "trade fair",
                             .proof = "Send me your news."};
    AuditEntry *changes;
    size_t count;
    CHECK_OK(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    Id id = customer->id;
    CHECK(!allowed(cx, id, "newsletter", "email")); // nobody said so
    CHECK_OK(consent_add(cx, "customer", id, &yes));
    CHECK(allowed(cx, id, "newsletter", "email"));
    CHECK(!allowed(cx, id, "newsletter", "phone") && !allowed(cx, id, "survey", "email"));
    yes.granted = false;
    yes.source = "a letter";
    CHECK_OK(consent_add(cx, "customer", id, &yes));
    CHECK(!allowed(cx, id, "newsletter", "email"));
    CHECK_OK(consent_list(cx, "customer", id, &entries, &count));
    CHECK_INT(count, 2);
    CHECK(!entries[0].granted && entries[1].granted);
    CHECK_TEXT(entries[1].proof, "Send me your news.");
    CHECK_OK(record_history(cx, "customer", id, 0, 2, &changes, &count));
    CHECK_TEXT(changes[0].action, "consent");
    CHECK_JSON(changes[0].after,
               "{\"purpose\":\"newsletter\",\"channel\":\"email\",\"granted\":false}");
    CHECK_OK(consent_erase(cx, "customer", id));
    CHECK_OK(consent_list(cx, "customer", id, &entries, &count));
    CHECK(count == 2 && !entries[1].proof);
    yes.channel = "pigeon";
    CHECK_FAILS(consent_add(cx, "customer", id, &yes), ERR_INVALID, "channel is email");
    yes = (Consent){.purpose = "News!", .channel = "email", .source = "x"};
    CHECK_FAILS(consent_add(cx, "customer", id, &yes), ERR_INVALID, "purpose is a name");
    yes = (Consent){.purpose = "news", .channel = "email"};
    CHECK_FAILS(consent_add(cx, "customer", id, &yes), ERR_INVALID, "needs its source");
    yes.source = "x";
    CHECK_FAILS(consent_add(cx, "customer", id + 1, &yes), ERR_NOT_FOUND, "no customer");
    return NULL;
}

static Error *add(Ctx *cx, void *state)
{
    Record *customer;
    (void)state;
    TRY(record_find(cx, "customer", "tax_id", value_text("DE1"), &customer));
    return consent_add(cx, "customer", customer->id,
                       &(Consent){.purpose = "news", .channel = "post", .source = "a call"});
}

DB_TEST(whoever_may_not_edit_a_record_notes_no_consent)
{
    test_packs_open(cx);
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, add, NULL), ERR_DENIED, "may not edit");
    test_as(cx, "sofia", DOOR_API, add, NULL);
}
