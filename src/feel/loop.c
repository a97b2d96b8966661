// SPDX-License-Identifier: Apache-2.0
// What iterations run over: lists, ranges of integers and of dates, single values.
#include "feel/machine.h"

static Loop *over_items(Machine *machine, const Value *items, size_t count)
{
    Loop *loop = NEW(machine->arena, Loop);
    loop->items = items;
    loop->count = count;
    return loop;
}

// Both ends included, upwards or downwards; NULL, diagnosed, when it has no steps.
static Loop *over_steps(Machine *machine, Value low, Value high, bool low_closed, bool high_closed)
{
    Loop *loop = NEW(machine->arena, Loop);
    int64_t last = 0;
    bool known = false;
    if (low.kind == VALUE_NUMBER && high.kind == VALUE_NUMBER) {
        loop->kind = LOOP_INTEGERS;
        known =
            decimal_to_integer(low.number, &loop->low) && decimal_to_integer(high.number, &last);
    } else if (low.kind == VALUE_DATE && high.kind == VALUE_DATE) {
        loop->kind = LOOP_DAYS;
        loop->low = date_to_days(low.date);
        last = date_to_days(high.date);
        known = true;
    }
    if (!known) {
        machine_diagnose(machine, "type-mismatch", NULL,
                         "an iteration from %s to %s: only integers and dates have steps",
                         value_kind_word(low.kind), value_kind_word(high.kind));
        return NULL;
    }
    loop->step = loop->low <= last ? 1 : -1;
    __int128 count = ((__int128)last - loop->low) * loop->step + 1;
    if (!low_closed) {
        loop->low += loop->step;
        count--;
    }
    if (!high_closed)
        count--;
    loop->count = count < 0 ? 0 : count > INT64_MAX ? INT64_MAX : (size_t)count;
    return loop;
}

Loop *loop_between(Machine *machine, Value low, Value high)
{
    return over_steps(machine, low, high, true, true);
}

Loop *loop_new(Machine *machine, Value domain)
{
    if (domain.kind == VALUE_LIST)
        return over_items(machine, domain.list.items, domain.list.count);
    if (domain.kind == VALUE_RANGE) {
        const ValueRange *range = domain.range;
        return over_steps(machine, range->low, range->high, range->low_closed, range->high_closed);
    }
    if (domain.kind == VALUE_NULL) {
        machine_diagnose(machine, "type-mismatch", NULL, "an iteration over null");
        return NULL;
    }
    Value *only = NEW(machine->arena, Value);
    *only = domain;
    return over_items(machine, only, 1);
}

bool loop_next(Loop *loop, Value *item)
{
    if (loop->index >= loop->count)
        return false;
    int64_t offset = (int64_t)loop->index * loop->step;
    if (loop->kind == LOOP_ITEMS)
        *item = loop->items[loop->index];
    else if (loop->kind == LOOP_INTEGERS)
        *item = value_integer(loop->low + offset);
    else
        *item = value_date(date_from_days(loop->low + offset));
    loop->index++;
    return true;
}

void loop_keep(Machine *machine, Loop *loop, Value value)
{
    loop->kept = array_grow(machine->arena, loop->kept, &loop->kept_capacity, loop->kept_count,
                            sizeof *loop->kept);
    loop->kept[loop->kept_count++] = value;
}
