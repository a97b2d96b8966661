// SPDX-License-Identifier: Apache-2.0
// Which addresses this program may call when a company says where.
//
// Whoever may write an address into the company must not thereby reach what stands beside this
// program: other services of the machine, of its network, of its cloud. So by default only public
// unicast addresses are called (IANA's registries of special-purpose addresses, RFC 6890); the
// operator opens further networks by name. It is the resolved address that is asked, at the moment
// of connecting, so that no spelling of it and no name that changes its mind gets past.
#ifndef MILLRACE_CHANNEL_NETWORKS_H
#define MILLRACE_CHANNEL_NETWORKS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct sockaddr;

#define NETWORKS_MOST 32

typedef struct Network {
    uint8_t address[16]; // IPv4 as ::ffff:a.b.c.d
    int bits;
} Network;

typedef struct Networks {
    Network networks[NETWORKS_MOST]; // besides what is public
    int count;
} Networks;

// "10.1.0.0/16,fd00::/8,192.0.2.7"; NULL: none.
FALLIBLE networks_parse(struct Ctx *cx, const char *text, Networks *out);

// `open` NULL: public addresses alone.
bool networks_allow(const Networks *open, const struct sockaddr *address);

#endif
