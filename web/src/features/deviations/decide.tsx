// SPDX-License-Identifier: Apache-2.0
// What can be done with a deviation that is asked for: somebody else grants or refuses it, whoever
// asked takes it back.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { invalidateProcesses } from '../../api/owner';
import type { Deviation } from '../../api/types';
import { isPermitted, useUser } from '../../app/session';
import { AskDialog } from '../../ui/ask-dialog';
import { useWhat } from './what';

type Deed = 'grant' | 'refuse' | 'close';

const CALLS = {
  grant: '/deviations/{id}/grant',
  refuse: '/deviations/{id}/refuse',
  close: '/deviations/{id}/close',
} as const;

function DeedDialog({
  deed,
  deviation,
  close,
}: {
  deed: Deed;
  deviation: Deviation;
  close: () => void;
}) {
  const { t } = useTranslation('deviations');
  const what = useWhat();
  return (
    <AskDialog
      title={t(`${deed}.title`)}
      confirm={t(`${deed}.confirm`)}
      danger={deed === 'refuse'}
      reason={deed === 'refuse' ? 'needed' : 'welcome'}
      label={t(deed === 'refuse' ? 'refuse.why' : 'comment')}
      act={(comment) =>
        api.post(CALLS[deed], { path: { id: deviation.id }, body: comment ? { comment } : {} })
      }
      done={t(`${deed}.done`)}
      after={invalidateProcesses}
      close={close}
    >
      <p>
        <strong>{what(deviation)}</strong>
      </p>
      <blockquote className="quote">{deviation.reason}</blockquote>
      <p className="quiet">{t(`${deed}.explain`)}</p>
    </AskDialog>
  );
}

export function Decide({ deviation }: { deviation: Deviation }) {
  const { t } = useTranslation('deviations');
  const user = useUser();
  const what = useWhat();
  const [deed, setDeed] = useState<Deed | null>(null);
  if (deviation.state !== 'requested') return null;
  const own = deviation.requested_by?.id === user.id;
  const deeds: Deed[] = own
    ? ['close']
    : isPermitted(user, 'deviation.grant')
      ? ['grant', 'refuse']
      : [];
  return (
    <span className="link-pair">
      {own && <span className="quiet">{t('ownNote')}</span>}
      {deeds.map((each) => (
        <Button
          key={each}
          size="small"
          type={each === 'grant' ? 'primary' : 'default'}
          aria-label={t(`${each}.of`, { what: what(deviation) })}
          onClick={() => setDeed(each)}
        >
          {t(`${each}.open`)}
        </Button>
      ))}
      {deed && <DeedDialog deed={deed} deviation={deviation} close={() => setDeed(null)} />}
    </span>
  );
}
