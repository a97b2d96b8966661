// SPDX-License-Identifier: Apache-2.0
import type { CSSProperties } from 'react';
import type { Choice, FieldValue } from '../api/types';

export function ChoiceTag({ choice, value }: { choice: Choice | undefined; value: FieldValue }) {
  const title = choice?.title ?? String(value);
  if (!choice?.colour) return <>{title}</>;
  return (
    <span className="tag" style={{ '--tag': choice.colour } as CSSProperties}>
      {title}
    </span>
  );
}
