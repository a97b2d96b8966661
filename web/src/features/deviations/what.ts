// SPDX-License-Identifier: Apache-2.0
// A deviation in one sentence, and what each kind of it has to name.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { entityOf, metaQuery } from '../../api/queries';
import type { Deviation } from '../../api/types';

// Those that a person asks for at an instance; to begin again is asked for at its history.
export const KINDS = ['skip', 'move', 'add', 'cancel', 'set', 'data'] as const;
export type Kind = (typeof KINDS)[number];

export const namesToken = (kind: Kind) => kind === 'skip' || kind === 'move' || kind === 'cancel';
export const namesTarget = (kind: Kind) => kind === 'move' || kind === 'add';

const said = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

export function useWhat(): (deviation: Deviation) => string {
  const { t } = useTranslation('deviations');
  const { data: meta } = useQuery(metaQuery);
  const titleOf = (entity: string | undefined, name: string) =>
    entityOf(meta, entity)?.fields.find((field) => field.name === name)?.title ?? name;
  return ({ kind, step, to, fields, subject }) =>
    t(`what.${kind}`, {
      step: step?.name ?? '',
      to: to?.name ?? '',
      fields: Object.entries(fields ?? {})
        .map(
          ([name, value]) =>
            `${kind === 'set' ? titleOf(subject?.entity, name) : name}: ${said(value)}`,
        )
        .join(', '),
    });
}
