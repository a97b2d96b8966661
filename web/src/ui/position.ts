// SPDX-License-Identifier: Apache-2.0
// Positions arrive as keys ("finance_clerk"); their names are records that rarely change.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { entityOf, metaQuery, positionsQuery } from '../api/queries';
import type { RecordRow } from '../api/types';

type Position = string | null | undefined;

function readable(key: string): string {
  const words = key.replace(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function positionName(
  position: Position,
  rows: RecordRow[] | undefined,
  language: string,
): string | undefined {
  if (!position) return undefined;
  const row = rows?.find(({ fields }) => fields.key === position);
  const chinese = language === 'zh-CN' ? row?.fields.title_zh : undefined;
  const name = chinese ?? row?.fields.title_en ?? row?.label;
  return typeof name === 'string' ? name : readable(position);
}

export function usePositionName(): (position: Position) => string | undefined {
  const { i18n } = useTranslation();
  const { data: meta } = useQuery(metaQuery);
  const readable = entityOf(meta, 'position') !== undefined;
  const { data } = useQuery({ ...positionsQuery, enabled: readable });
  return (position) => positionName(position, data?.items, i18n.language);
}
