// SPDX-License-Identifier: Apache-2.0
// What stands above every page of a process: its name, its version, and the ways to its other pages.
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import type { Process } from '../../api/types';
import { isPermitted, useUser } from '../../app/session';
import { SuspendedTag } from '../../ui/suspended';
import { SuspendedProcess, SuspendProcessButton } from './suspend';
import '../../app/owner.css';

const PAGES = [
  { page: '', permission: null },
  { page: 'heat', permission: 'process.read' },
  { page: 'instances', permission: 'process.read' },
  { page: 'deviations', permission: 'process.read' },
  { page: 'migrations', permission: 'process.migrate' },
  { page: 'certificate', permission: 'process.prove' },
] as const;

function Tabs({ process }: { process: string }) {
  const { t } = useTranslation('owner');
  const user = useUser();
  const { pathname } = useLocation();
  // A page below a page belongs to it; all of them are below the overview.
  const isAt = (path: string, page: string) =>
    path === pathname || (page !== '' && pathname.startsWith(`${path}/`));
  const shown = PAGES.filter(({ permission }) => !permission || isPermitted(user, permission));
  if (shown.length < 2) return null;
  return (
    <nav className="tabs" aria-label={t('tabs')}>
      {shown.map(({ page }) => {
        const path = `/processes/${process}${page && `/${page}`}`;
        return (
          <Link key={page} to={path} aria-current={isAt(path, page) ? 'page' : undefined}>
            {t(`tab.${page || 'overview'}`)}
          </Link>
        );
      })}
    </nav>
  );
}

interface Props {
  process: Process;
  version?: number | undefined;
  page?: string; // the page's own title, for the window
}

export function ProcessHead({ process, version, page }: Props) {
  const { t } = useTranslation('process');
  return (
    <>
      <title>{`${page ? `${page} · ` : ''}${process.name} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to="/processes">{t('title')}</Link>
      </nav>
      <div className="page-head">
        <h1>{process.name}</h1>
        <span className="quiet">{t('version', { version: version ?? process.version })}</span>
        {process.drawing && <span className="tag">{t('drawing')}</span>}
        {process.suspended !== null && <SuspendedTag />}
        {!process.drawing && (
          <div className="page-end">
            <SuspendProcessButton process={process} />
          </div>
        )}
      </div>
      {process.suspended !== null && <SuspendedProcess process={process} />}
      {!process.drawing && <Tabs process={process.key} />}
    </>
  );
}
