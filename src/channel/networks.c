// SPDX-License-Identifier: Apache-2.0
#include "channel/networks.h"

#include "base/arena.h"
#include "base/ctx.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define IPV4_PREFIX_BITS 96

static const uint8_t ipv4_prefix[12] = {[10] = 0xff, [11] = 0xff};

static bool address_of(const struct sockaddr *from, uint8_t out[static 16])
{
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, from, sizeof six);
        memcpy(out, &six.sin6_addr, 16);
        return true;
    }
    if (from->sa_family != AF_INET)
        return false;
    struct sockaddr_in four;
    memcpy(&four, from, sizeof four);
    memcpy(out, ipv4_prefix, sizeof ipv4_prefix);
    memcpy(out + sizeof ipv4_prefix, &four.sin_addr, 4);
    return true;
}

static bool parse_address(const char *text, uint8_t out[static 16], bool *is_ipv4)
{
    *is_ipv4 = inet_pton(AF_INET, text, out + sizeof ipv4_prefix) == 1;
    if (*is_ipv4)
        memcpy(out, ipv4_prefix, sizeof ipv4_prefix);
    return *is_ipv4 || inet_pton(AF_INET6, text, out) == 1;
}

static bool parse_network(const char *text, Network *out)
{
    char address[INET6_ADDRSTRLEN];
    bool is_ipv4;
    size_t length = strcspn(text, "/");
    if (length >= sizeof address)
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    if (!parse_address(address, out->address, &is_ipv4))
        return false;
    int most = is_ipv4 ? 32 : 128;
    long bits = most;
    if (text[length]) {
        char *end;
        bits = strtol(text + length + 1, &end, 10);
        if (end == text + length + 1 || *end || bits < 0 || bits > most)
            return false;
    }
    out->bits = (int)bits + (is_ipv4 ? IPV4_PREFIX_BITS : 0);
    return true;
}

FALLIBLE networks_parse(Ctx *cx, const char *text, Networks *out)
{
    *out = (Networks){0};
    for (const char *at = text; at && *at;) {
        size_t length = strcspn(at, ",");
        const char *network = text_slice(cx->arena, at, length);
        if (out->count == NETWORKS_MOST)
            return FAIL(cx, ERR_LIMIT, "more than %d networks", NETWORKS_MOST);
        if (!parse_network(network, &out->networks[out->count]))
            return error_hint(FAIL(cx, ERR_INVALID, "'%s' is no network", network),
                              "Write it as 10.1.0.0/16, fd00::/8 or 192.0.2.7.");
        out->count++;
        at += length + (at[length] == ',');
    }
    return NULL;
}

static bool lies_in(const uint8_t address[static 16], const Network *network)
{
    int bytes = network->bits / 8, rest = network->bits % 8;
    if (memcmp(address, network->address, (size_t)bytes) != 0)
        return false;
    uint8_t mask = rest ? (uint8_t)(0xff << (8 - rest)) : 0;
    return !rest || ((address[bytes] ^ network->address[bytes]) & mask) == 0;
}

// RFC 6890 and what followed: everything of IPv4 that is no address of one host in the open
// network.
static const char *const closed_ipv4[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
};

static bool ipv4_is_public(const uint8_t address[static 16])
{
    for (size_t i = 0; i < sizeof closed_ipv4 / sizeof *closed_ipv4; i++) {
        Network closed;
        if (!parse_network(closed_ipv4[i], &closed) || lies_in(address, &closed))
            return false;
    }
    return true;
}

// Of the networks that carry an IPv4 address within, that address counts.
static bool carries_ipv4(const uint8_t address[static 16], uint8_t out[static 16])
{
    static const struct {
        const char *network;
        size_t at; // of the IPv4 address
    } carriers[] = {{"::ffff:0:0/96", 12}, {"64:ff9b::/96", 12}, {"2002::/16", 2}};
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++) {
        Network network;
        if (!parse_network(carriers[i].network, &network) || !lies_in(address, &network))
            continue;
        uint8_t inner[4];
        memcpy(inner, address + carriers[i].at, 4);
        memcpy(out, ipv4_prefix, sizeof ipv4_prefix);
        memcpy(out + sizeof ipv4_prefix, inner, 4);
        return true;
    }
    return false;
}

static bool ipv6_is_public(const uint8_t address[static 16])
{
    static const char *const open = "2000::/3";
    static const char *const closed[] = {"2001::/23", "2001:db8::/32", "3fff::/20"};
    Network network;
    if (!parse_network(open, &network) || !lies_in(address, &network))
        return false;
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (!parse_network(closed[i], &network) || lies_in(address, &network))
            return false;
    return true;
}

bool networks_allow(const Networks *open, const struct sockaddr *to)
{
    uint8_t address[16], inner[16];
    if (!address_of(to, address))
        return false;
    bool has_ipv4 = carries_ipv4(address, inner);
    for (int i = 0; open && i < open->count; i++)
        if (lies_in(address, &open->networks[i]))
            return true;
    return has_ipv4 ? ipv4_is_public(inner) : ipv6_is_public(address);
}
