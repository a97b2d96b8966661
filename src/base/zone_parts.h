// SPDX-License-Identifier: Apache-2.0
// What a zone is made of; for zone.c and zone_file.c alone.
#ifndef MILLRACE_BASE_ZONE_PARTS_H
#define MILLRACE_BASE_ZONE_PARTS_H

#include "base/calendar.h"

#define ZONE_NAME_SIZE 48

typedef enum RuleForm {
    RULE_MONTH,       // Mm.w.d
    RULE_JULIAN,      // Jn: 1-365, February 29 is never counted
    RULE_DAY_OF_YEAR, // n: 0-365
} RuleForm;

// When a change of clocks happens each year (POSIX TZ).
typedef struct Rule {
    RuleForm form;
    int month;
    int week;    // 1-5, 5 is the last
    int weekday; // 0 Sunday ... 6
    int day;
    int second; // of local time, may be negative or beyond the day
} Rule;

typedef struct Footer {
    bool exists;
    bool changes; // there is summer time; else `offset` alone holds
    int offset;
    int summer_offset;
    Rule start;
    Rule end;
} Footer;

struct Zone {
    struct Zone *next; // in the cache
    char name[ZONE_NAME_SIZE];
    bool fixed;
    int first_offset; // before the first change
    int count;
    int64_t *times;   // of the changes, in UTC seconds, ascending
    int32_t *offsets; // from then on
    Footer footer;
};

// Fills the zone from the bytes of a TZif file of version 2 or later (RFC 8536); false when they
// are not one. The arrays are allocated and never freed: zones live as long as the process.
bool zone_read(const unsigned char *bytes, size_t length, Zone *out);
// The POSIX TZ text of a footer; false when it is none.
bool zone_rule_read(const char *text, Footer *out);

#endif
