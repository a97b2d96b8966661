// SPDX-License-Identifier: Apache-2.0
// What one entry of the history changed, put back: those values alone, or the whole record as it
// was before. What a process owns is refused as any change of it.
import { Button, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import type { Entity, RecordRow } from '../../api/types';
import { AskDialog } from '../../ui/ask-dialog';
import type { TimelineEntry } from '../../ui/timeline';

interface Props {
  entity: Entity;
  record: RecordRow;
  entry: TimelineEntry;
}

export function RestoreButton({ entity, record, entry }: Props) {
  const { t } = useTranslation('records');
  const [open, setOpen] = useState(false);
  const [whole, setWhole] = useState(false);
  const titles = new Map(entity.fields.map((field) => [field.name, field]));
  const fields = entry.changes.flatMap(({ field }) => {
    const known = field ? titles.get(field) : undefined;
    return known && !known.read_only ? [known] : [];
  });
  if (!entity.may.edit || fields.length === 0) return null;
  const put = (reason: string) =>
    api.post('/records/{entity}/{id}/restore', {
      path: { entity: entity.name, id: record.id },
      body: {
        before: entry.at,
        version: record.version,
        ...(whole ? {} : { fields: fields.map(({ name }) => name) }),
        ...(reason ? { reason } : {}),
      },
    });
  const changed = () => {
    void queryClient.invalidateQueries({ queryKey: ['record', entity.name, record.id] });
    void queryClient.invalidateQueries({ queryKey: ['records', entity.name] });
  };
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('restore.open')}
      </Button>
      {open && (
        <AskDialog
          title={t('restore.title')}
          confirm={t('restore.open')}
          reason={fields.some((field) => field.asks_reason) ? 'needed' : 'welcome'}
          act={put}
          done={t('restore.done')}
          after={changed}
          close={() => setOpen(false)}
        >
          <Radio.Group
            value={whole}
            onChange={({ target }) => setWhole(target.value === true)}
            options={[
              {
                value: false,
                label: t('restore.these', { fields: fields.map(({ title }) => title).join(', ') }),
              },
              { value: true, label: t('restore.whole') },
            ]}
          />
        </AskDialog>
      )}
    </>
  );
}
