// SPDX-License-Identifier: Apache-2.0
import { Button } from 'antd';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { changeSettings, useSettings } from '../app/settings';
import { Dialog } from './dialog';

const KEYS = [
  ['Ctrl K', 'palette'],
  ['?', 'help'],
  ['g', 'work'],
  ['o', 'orders'],
  ['n', 'newOrder'],
  ['j / k', 'move'],
  ['Enter', 'open'],
  ['c', 'claim'],
  ['x', 'select'],
  ['v', 'next'],
  ['1 2 3', 'views'],
  ['d f a l m', 'deeds'],
] as const;

export default function KeyHelp({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { letterKeys } = useSettings();
  return (
    <Dialog
      title={t('keys.title')}
      onCancel={close}
      width={420}
      footer={
        <Button onClick={() => changeSettings({ letterKeys: !letterKeys })}>
          {t(letterKeys ? 'keys.turnOff' : 'keys.turnOn')}
        </Button>
      }
    >
      <dl className="key-list">
        {KEYS.map(([key, name]) => (
          <Fragment key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(`keys.${name}`)}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}
