// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { differenceOf, proposed, targetsOf } from '../../src/features/processes/migration-map';

const step = (key: string, name = key, kind = 'user task') => ({
  key,
  name,
  kind,
  department: null,
});

describe('a migration', () => {
  const old = [step('pack'), step('fly', 'Send'), step('ask', 'Ask'), step('say', 'Ask')];

  it('tells what is gone and what is new', () => {
    const next = [step('pack'), step('sail', 'Send')];
    const { gone, added } = differenceOf(old, next, {});
    expect(gone.map(({ key }) => key)).toEqual(['fly', 'ask', 'say']);
    expect(added.map(({ key }) => key)).toEqual(['sail']);
    expect(differenceOf(old, next, { fly: 'sail' }).added).toEqual([]);
  });

  it('proposes the one step of the same kind and name, and no other', () => {
    expect(proposed(old, [step('pack'), step('sail', 'Send')])).toEqual({ fly: 'sail' });
    expect(proposed(old, [step('sail', 'Send'), step('row', 'Send')])).toEqual({});
    expect(proposed(old, [step('sail', 'Send', 'service task')])).toEqual({});
    expect(proposed(old, [step('tell', 'Ask')])).toEqual({});
  });

  it('lets a step become new ones of its kind only', () => {
    const next = [step('pack'), step('sail', 'Sail'), step('call', 'Call', 'service task')];
    expect(targetsOf(step('fly'), old, next).map(({ key }) => key)).toEqual(['sail']);
  });
});
