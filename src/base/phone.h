// SPDX-License-Identifier: Apache-2.0
// Telephone numbers: what somebody types as E.164, and E.164 as people write it.
//
// Pure. The rules of each country are libphonenumber's metadata, made into tables when Millrace is
// built. A number is asked for the length that numbers have in its country, not for its range: a
// new one must not be refused because the tables are a year old. A number on a company's own
// exchange keeps its extension as RFC 3966 writes it: "+494215551234;ext=12".
#ifndef MILLRACE_BASE_PHONE_H
#define MILLRACE_BASE_PHONE_H

#include "base/text.h"

#define PHONE_EXTENSION 7 // digits of an extension

typedef enum PhoneFault {
    PHONE_RIGHT,
    PHONE_NO_NUMBER, // holds something else than a number
    PHONE_NO_REGION, // as it is dialled at home, and nobody says where that is
    PHONE_NO_CODE,   // no country has this code
    PHONE_TOO_SHORT,
    PHONE_TOO_LONG,
    PHONE_NO_LENGTH, // between the two, and no number of that country is so long
} PhoneFault;

// Whether there is such a country: "DE", two capital letters.
bool phone_region_known(const char *region);

// *out is set when the number is right. `region`: where a number without "+" is dialled; NULL:
// nowhere.
PhoneFault phone_read(Arena *arena, const char *text, const char *region, char **out);

// As people write it: within `region` as at home, else with "+". Anything that is no E.164 as it
// is.
const char *phone_write(Arena *arena, const char *number, const char *region);

// "+494215551234" or "+494215551234;ext=12".
bool phone_is_e164(const char *text);

#endif
