// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "channel/networks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static bool reaches(const Networks *open, const char *address)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return networks_allow(open, (const struct sockaddr *)&four);
    CHECK_INT(inet_pton(AF_INET6, address, &six.sin6_addr), 1);
    return networks_allow(open, (const struct sockaddr *)&six);
}

TEST(public_addresses_are_within_reach)
{
    static const char *const open[] = {"1.1.1.1",        "9.255.255.255",    "100.63.255.255",
                                       "172.32.0.1",     "223.255.255.255",  "2606:4700::1111",
                                       "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        CHECK(reaches(NULL, open[i]));
}

TEST(what_stands_beside_the_program_is_not_within_reach)
{
    static const char *const closed[] = {"127.0.0.1",
                                         "0.0.0.0",
                                         "10.0.0.1",
                                         "100.64.0.1",
                                         "169.254.169.254",
                                         "172.16.0.1",
                                         "192.168.1.1",
                                         "198.18.0.1",
                                         "203.0.113.1",
                                         "224.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::ffff:127.0.0.1",
                                         "::127.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "2002:7f00:1::1",
                                         "fe80::1",
                                         "fd00::1",
                                         "ff02::1",
                                         "2001:db8::1",
                                         "2001::1",
                                         "64:ff9b:1::1"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        CHECK(!reaches(NULL, closed[i]));
    struct sockaddr local = {.sa_family = AF_UNIX};
    CHECK(!networks_allow(NULL, &local));
}

TEST(an_operator_opens_networks_by_name)
{
    Networks reach;
    CHECK_OK(networks_parse(cx, "127.0.0.0/8,fd00::/8,192.168.1.7", &reach));
    CHECK(reaches(&reach, "127.9.9.9"));
    CHECK(reaches(&reach, "::ffff:127.0.0.1"));
    CHECK(reaches(&reach, "fd12::1"));
    CHECK(reaches(&reach, "192.168.1.7"));
    CHECK(!reaches(&reach, "192.168.1.8"));
    CHECK(!reaches(&reach, "10.0.0.1"));
    CHECK_OK(networks_parse(cx, NULL, &reach));
    CHECK(!reaches(&reach, "127.0.0.1"));
}

TEST(what_is_no_network_is_refused)
{
    static const char *const wrong[] = {"localhost", "127.0.0.0/33", "::/129",     "127.0.0.1/",
                                        "1.2.3",     "10.0.0.0/-1",  "10.0.0.0/8x"};
    Networks reach;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_FAILS(networks_parse(cx, wrong[i], &reach), ERR_INVALID, "is no network");
}
