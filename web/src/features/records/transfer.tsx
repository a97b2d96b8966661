// SPDX-License-Identifier: Apache-2.0
// A list's way out as a file, and in.
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../api/client';
import type { Entity } from '../../api/types';
import { Icon } from '../../ui/icon';
import { recordsPath } from './paths';
import { type ListState, listQuery } from './url-state';

const FORMATS = ['csv', 'xlsx', 'jsonl'] as const;

// Out as a file of what the list shows, and in.
export function Transfer({ entity, state }: { entity: Entity; state: ListState }) {
  const { t } = useTranslation('records');
  const address = (format: string) =>
    api.address('/records/{entity}/export', {
      path: { entity: entity.name },
      query: {
        ...listQuery(state),
        columns: state.columns.join(','),
        format,
      },
    });
  return (
    <>
      {entity.may.import && (
        <Link to={`${recordsPath(entity.name)}/import`} className="button-plain">
          {t('import')}
        </Link>
      )}
      {entity.compared.length > 0 && (
        <Link to={`/records/${entity.name}/duplicates`} className="button-plain">
          {t('duplicates.title')}
        </Link>
      )}
      {entity.may.delete && (
        <Link to={`/records/${entity.name}/deleted`} className="button-plain">
          {t('deleted.open')}
        </Link>
      )}
      {entity.may.export && (
        <Dropdown
          autoFocus
          trigger={['click']}
          menu={{
            items: FORMATS.map((format) => ({
              key: format,
              label: <a href={address(format)}>{t(`exportAs.${format}`)}</a>,
            })),
          }}
        >
          <Button aria-haspopup="menu">
            {t('export')} <Icon name="down" size={14} />
          </Button>
        </Dropdown>
      )}
    </>
  );
}
