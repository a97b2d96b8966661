// SPDX-License-Identifier: Apache-2.0
// What tools/phones writes down of libphonenumber's own answers. Only for phone_test.c.
#ifndef MILLRACE_BASE_PHONE_EXAMPLES_H
#define MILLRACE_BASE_PHONE_EXAMPLES_H

typedef struct PhoneExample {
    const char *region;
    const char *national;
    const char *e164;
    const char *international;
} PhoneExample;

extern const PhoneExample phone_examples[]; // the last one has no region

#endif
