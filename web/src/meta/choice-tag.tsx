// SPDX-License-Identifier: Apache-2.0
import type { CSSProperties } from 'react';
import type { Choice, FieldValue } from '../api/types';

// Packs name colours by word or by #code; the words are those of the departments' palette.
const COLOURS: Record<string, string> = {
  grey: '#64748b',
  blue: '#2563eb',
  green: '#15803d',
  orange: '#c2410c',
  red: '#b91c1c',
  purple: '#7c3aed',
  teal: '#0f766e',
  yellow: '#a16207',
};

export function colourOf(name: string | null | undefined): string | undefined {
  if (!name) return undefined;
  return COLOURS[name] ?? (/^#[0-9a-f]{3,8}$/i.test(name) ? name : undefined);
}

export function ChoiceTag({ choice, value }: { choice: Choice | undefined; value: FieldValue }) {
  const title = choice?.title ?? String(value);
  const colour = colourOf(choice?.colour);
  if (!colour) return title;
  return (
    <span className="tag" style={{ '--tag': colour } as CSSProperties}>
      {title}
    </span>
  );
}
