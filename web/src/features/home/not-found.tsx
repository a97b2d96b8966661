// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty } from '../../ui/states';

export default function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <title>{`${t('notFound.title')} · Millrace`}</title>
      <h1>{t('notFound.title')}</h1>
      <Empty title={t('notFound.why')}>
        <Link to="/work">{t('notFound.goToWork')}</Link>
      </Empty>
    </div>
  );
}
