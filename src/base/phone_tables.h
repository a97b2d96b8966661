// SPDX-License-Identifier: Apache-2.0
// What tools/phones makes of libphonenumber's metadata when Millrace is built. Only for phone.c.
#ifndef MILLRACE_BASE_PHONE_TABLES_H
#define MILLRACE_BASE_PHONE_TABLES_H

#include <stddef.h>
#include <stdint.h>

#define PHONE_NO_PATTERN 0xFFFF

// Of one code the main country stands first. Patterns are numbers in phone_patterns.
typedef struct PhoneRegion {
    char name[4]; // "DE"; "001" where the code is no country's
    uint16_t code;
    uint32_t lengths;      // 1 << digits of a number as it is dialled from abroad
    uint16_t abroad;       // what is dialled before a code
    uint16_t home;         // what is dialled before a number within the country
    const char *transform; // what becomes of it; NULL: it goes
    uint16_t general;
    uint16_t first_format;
    uint16_t format_count;
} PhoneRegion;

typedef struct PhoneFormat {
    uint16_t shape;
    uint16_t leading;          // what such a number begins with
    const char *national;      // with \1 for a group
    const char *international; // NULL: it cannot be dialled from abroad
    const char *rule;          // what stands for the first group at home; NULL or "": the group
} PhoneFormat;

extern const PhoneRegion phone_regions[];
extern const size_t phone_region_count;
extern const PhoneFormat phone_formats[];
extern const char *const phone_patterns[];
extern const size_t phone_pattern_count;

#endif
