// SPDX-License-Identifier: Apache-2.0
// Zones: the cache of the process, the offset of an instant, the instant of a local time.
//
// Files come from $TZDIR or /usr/share/zoneinfo. Where that folder is missing, "UTC" and "Etc/UTC"
// still exist and every other name is unknown: a wrong offset would be worse.
#include "base/zone_parts.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/usr/share/zoneinfo"
#define FILE_MOST (256 * 1024)
#define OFFSET_MOST (18 * 3600)
#define BUCKETS 256
#define SECONDS_A_DAY 86400LL
// No zone was ever further from Greenwich, and none changed its clocks twice in so short a time.
#define LOCAL_MOST (16 * 3600)

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(Zone *) named[BUCKETS];                     // chains that only grow at their heads
static _Atomic(Zone *) fixed_offsets[2 * OFFSET_MOST + 1]; // untouched pages cost nothing

// Letters, digits, '_', '+', '-', and '/' between parts: no dots, so no way out of the folder. The
// copies with leap seconds ("right/") and the doubles ("posix/") are no names of zones.
static bool is_name(const char *name)
{
    size_t length = strlen(name);
    if (!length || length >= ZONE_NAME_SIZE || name[0] == '/' || name[length - 1] == '/' ||
        strstr(name, "//") || strncmp(name, "right/", 6) == 0 || strncmp(name, "posix/", 6) == 0)
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/") ==
           length;
}

static unsigned bucket_of(const char *name)
{
    unsigned hash = 2166136261U; // FNV-1a: the names are the system's, nobody chooses them
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619U;
    return hash % BUCKETS;
}

static Zone *find_named(const char *name, unsigned bucket)
{
    for (Zone *zone = atomic_load_explicit(&named[bucket], memory_order_acquire); zone;
         zone = zone->next)
        if (strcmp(zone->name, name) == 0)
            return zone;
    return NULL;
}

static bool load_file(const char *name, Zone *zone)
{
    char path[4096];
    const char *folder = secure_getenv("TZDIR");
    int length = snprintf(path, sizeof path, "%s/%s", folder && *folder ? folder : FOLDER, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return false;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (file < 0)
        return false;
    bool sound = false;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= FILE_MOST) {
        size_t size = (size_t)about.st_size;
        unsigned char *bytes = malloc(size + 1);
        sound = bytes && read(file, bytes, size) == (ssize_t)size && zone_read(bytes, size, zone);
        free(bytes);
    }
    close(file);
    return sound;
}

static Zone *make_named(const char *name)
{
    Zone *zone = calloc(1, sizeof *zone);
    if (!zone)
        abort();
    snprintf(zone->name, sizeof zone->name, "%s", name);
    if (load_file(name, zone) || strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0)
        return zone;
    free(zone);
    return NULL;
}

const Zone *zone_named(const char *name)
{
    if (!is_name(name))
        return NULL;
    unsigned bucket = bucket_of(name);
    Zone *zone = find_named(name, bucket);
    if (zone)
        return zone;
    pthread_mutex_lock(&making);
    zone = find_named(name, bucket);
    if (!zone && (zone = make_named(name))) {
        zone->next = atomic_load_explicit(&named[bucket], memory_order_relaxed);
        atomic_store_explicit(&named[bucket], zone, memory_order_release);
    }
    pthread_mutex_unlock(&making);
    return zone;
}

static void name_offset(Zone *zone)
{
    int offset = abs(zone->first_offset);
    if (!offset) {
        strcpy(zone->name, "Z");
        return;
    }
    int length = snprintf(zone->name, sizeof zone->name, "%c%02d:%02d",
                          zone->first_offset < 0 ? '-' : '+', offset / 3600, offset / 60 % 60);
    if (offset % 60)
        snprintf(zone->name + length, sizeof zone->name - (size_t)length, ":%02d", offset % 60);
}

const Zone *zone_offset(int offset_seconds)
{
    if (offset_seconds < -OFFSET_MOST || offset_seconds > OFFSET_MOST)
        return NULL;
    _Atomic(Zone *) *place = &fixed_offsets[offset_seconds + OFFSET_MOST];
    Zone *zone = atomic_load_explicit(place, memory_order_acquire);
    if (zone)
        return zone;
    pthread_mutex_lock(&making);
    zone = atomic_load_explicit(place, memory_order_relaxed);
    if (!zone) {
        zone = calloc(1, sizeof *zone);
        if (!zone)
            abort();
        zone->fixed = true;
        zone->first_offset = offset_seconds;
        name_offset(zone);
        atomic_store_explicit(place, zone, memory_order_release);
    }
    pthread_mutex_unlock(&making);
    return zone;
}

const Zone *zone_utc(void)
{
    return zone_offset(0);
}

const char *zone_name(const Zone *zone)
{
    return zone->name;
}

bool zone_is_offset(const Zone *zone)
{
    return zone->fixed;
}

static int64_t floor_days(int64_t seconds)
{
    return seconds / SECONDS_A_DAY - (seconds % SECONDS_A_DAY < 0);
}

// The local second, counted from 1970, at which the rule changes the clocks in this year.
static int64_t rule_second(const Rule *rule, int32_t year)
{
    int64_t day = date_to_days((Date){year, 1, 1});
    if (rule->form == RULE_MONTH) {
        Date first = {year, (uint8_t)rule->month, 1};
        int ahead = (rule->weekday - date_weekday(first) % 7 + 7) % 7 + (rule->week - 1) * 7;
        while (ahead >= date_month_length(year, rule->month))
            ahead -= 7;
        day = date_to_days(first) + ahead;
    } else if (rule->form == RULE_JULIAN) {
        bool after_leap_day = rule->day >= 60 && date_month_length(year, 2) == 29;
        day += rule->day - 1 + after_leap_day;
    } else {
        day += rule->day;
    }
    return day * SECONDS_A_DAY + rule->second;
}

static int footer_offset(const Footer *footer, int64_t utc)
{
    if (!footer->changes)
        return footer->offset;
    int32_t year = date_from_days(floor_days(utc + footer->offset)).year;
    int64_t start = rule_second(&footer->start, year) - footer->offset;
    int64_t end = rule_second(&footer->end, year) - footer->summer_offset;
    bool summer = start < end ? utc >= start && utc < end : !(utc >= end && utc < start);
    return summer ? footer->summer_offset : footer->offset;
}

int zone_offset_at(const Zone *zone, int64_t utc_seconds)
{
    if (!zone->count || utc_seconds < zone->times[0])
        return zone->count || !zone->footer.exists ? zone->first_offset
                                                   : footer_offset(&zone->footer, utc_seconds);
    int low = 0, high = zone->count; // times[low] <= utc_seconds < times[high]
    if (utc_seconds >= zone->times[high - 1]) {
        if (zone->footer.exists)
            return footer_offset(&zone->footer, utc_seconds);
        return zone->offsets[high - 1];
    }
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (zone->times[middle] <= utc_seconds)
            low = middle;
        else
            high = middle;
    }
    return zone->offsets[low];
}

int64_t zone_to_utc(const Zone *zone, Date date, int64_t second_of_day)
{
    int64_t local = date_to_days(date) * SECONDS_A_DAY + second_of_day;
    if (zone->fixed)
        return local - zone->first_offset;
    int before = zone_offset_at(zone, local - LOCAL_MOST);
    int after = zone_offset_at(zone, local + LOCAL_MOST);
    // Of a repeated time the first is taken, which has the offset from before the change.
    if (before == after || zone_offset_at(zone, local - before) == before)
        return local - before;
    if (zone_offset_at(zone, local - after) == after)
        return local - after;
    return local - before; // skipped: the old offset moves it on by the skip
}
