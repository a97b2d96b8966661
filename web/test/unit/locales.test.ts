// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import en from '../../locales/en';
import zh from '../../locales/zh-CN';

type Tree = { [key: string]: string | Tree };

function keysOf(tree: Tree, before = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [before + key] : keysOf(value, `${before}${key}.`),
  );
}

function textAt(tree: Tree, path: string): string {
  return path
    .split('.')
    .reduce<Tree | string>((at, key) => (at as Tree)[key] ?? '', tree) as string;
}

const placeholders = (text: string) => [...text.matchAll(/{{\w+}}/g)].map(String).sort();

describe('locales', () => {
  const english = en as unknown as Tree;
  const chinese = zh as unknown as Tree;

  it('have the same keys', () => {
    expect(keysOf(chinese).sort()).toEqual(keysOf(english).sort());
  });

  it('have no empty text and the same placeholders', () => {
    for (const key of keysOf(english)) {
      expect(textAt(chinese, key), key).not.toBe('');
      expect(placeholders(textAt(chinese, key)), key).toEqual(placeholders(textAt(english, key)));
    }
  });

  it('hold every key that the source asks for literally', () => {
    const sources = import.meta.glob('../../src/**/*.tsx', {
      query: '?raw',
      import: 'default',
      eager: true,
    }) as Record<string, string>;
    const missing: string[] = [];
    for (const [file, text] of Object.entries(sources)) {
      const own = [...text.matchAll(/useTranslation\('(\w+)'\)/g)].map(([, name]) => name ?? '');
      const spaces = [...own, 'common'];
      for (const [, asked = ''] of text.matchAll(/\bt\(\s*'([^']+)'/g)) {
        const [space, key] = asked.includes(':') ? asked.split(':') : [undefined, asked];
        const found = (space ? [space] : spaces).some(
          (name) =>
            textAt(english, `${name}.${key}`) !== '' ||
            textAt(english, `${name}.${key}_one`) !== '',
        );
        if (!found) missing.push(`${file}: ${asked}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
