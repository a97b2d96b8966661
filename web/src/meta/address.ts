// SPDX-License-Identifier: Apache-2.0
// An address in the order of its country.
import type { FieldValue } from '../api/types';

export const PARTS = ['street', 'postal_code', 'city', 'region', 'country'] as const;
export type Part = (typeof PARTS)[number];
export type Address = Record<Part, string | null>;

const LETTERS: Record<string, Part> = { S: 'street', P: 'postal_code', C: 'city', R: 'region' };

// Lines with ";" between them, after the formats of Google's libaddressinput. S: the street's lines.
const STREET_CODE_CITY = 'S;P C';
const FORMATS: Record<string, string> = {
  AU: 'S;C R P',
  BR: 'S;C-R;P',
  CA: 'S;C R P',
  CN: 'P;RCS',
  ES: 'S;P C R',
  GB: 'S;C;R;P',
  HK: 'R;C;S',
  IE: 'S;C;R;P',
  IN: 'S;C P;R',
  IT: 'S;P C R',
  JP: '〒P;RC;S',
  KR: 'R C;S;P',
  MX: 'S;P C, R',
  MO: 'S',
  NZ: 'S;C P',
  SG: 'S;C P',
  TW: 'P;RCS',
  US: 'S;C, R P',
};
const OTHERS = `${STREET_CODE_CITY};R`;

export function addressOf(value: FieldValue): Address {
  const given = (value ?? {}) as Partial<Address>;
  return Object.fromEntries(PARTS.map((part) => [part, given[part] ?? null])) as Address;
}

export function countryName(code: string, language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

// One line of a format: what stands between parts goes with them when they are missing.
function lineOf(format: string, address: Address): string {
  const filled = [...format]
    .map((letter) => {
      const part = LETTERS[letter];
      return part ? (address[part] ?? '').replaceAll('\n', '\u0000') : letter;
    })
    .join('');
  return filled
    .replace(/ {2,}/g, ' ')
    .replace(/^[\s,〒-]+$/, '')
    .replace(/^[\s,-]+|[\s,-]+$/g, '');
}

export function addressLines(value: FieldValue, language: string): string[] {
  const address = addressOf(value);
  const format = FORMATS[address.country ?? ''] ?? OTHERS;
  const lines = format.split(';').flatMap((line) => lineOf(line, address).split('\u0000'));
  const country = address.country ? countryName(address.country, language) : '';
  return [...lines, country].filter(Boolean);
}
