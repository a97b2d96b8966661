// SPDX-License-Identifier: Apache-2.0
// The frame of every page: navigation, commands, the person signed in.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, useLocation, useNavigate } from 'react-router';
import { api, rememberSession } from '../api/client';
import { deviationsWaitingQuery } from '../api/owner';
import {
  incidentsQuery,
  metaQuery,
  queryClient,
  sessionQuery,
  workCount,
  workQuery,
} from '../api/queries';
import { NoticeBell } from '../features/notices/bell';
import { MarksMenu } from '../features/records/marks';
import { recordsPath } from '../features/records/paths';
import { Boundary } from '../ui/boundary';
import { DepartmentTag } from '../ui/department';
import { Icon, type IconName } from '../ui/icon';
import { usePositionName } from '../ui/position';
import { Loading } from '../ui/states';
import { LanguageSwitch, ThemeSwitch } from './controls';
import { useKeys } from './keys';
import { Pages } from './router';
import { isPermitted, useUser } from './session';
import { changeSettings, useSettings } from './settings';

const Palette = lazy(() => import('../ui/palette'));
const KeyHelp = lazy(() => import('../ui/key-help'));
const Substitutes = lazy(() => import('../features/session/substitutes'));

const ENTITY_ICONS: Record<string, IconName> = {
  sales_order: 'orders',
  account: 'people',
  contact: 'user',
  product: 'product',
  opportunity: 'opportunity',
};
const IN_NAVIGATION = ['sales_order', 'account', 'contact', 'opportunity', 'product'];

// For those who decide on them; with how many wait.
function DeviationLink() {
  const { t } = useTranslation();
  const may = isPermitted(useUser(), 'deviation.grant');
  const { data } = useQuery({ ...deviationsWaitingQuery, enabled: may });
  if (!may) return null;
  return (
    <NavLink to="/deviations" title={t('nav.deviations')}>
      <Icon name="deviation" />
      <span className="navigation-text">{t('nav.deviations')}</span>
      {data !== undefined && data.count > 0 && <span className="count">{data.count}</span>}
    </NavLink>
  );
}

function Navigation() {
  const { t } = useTranslation();
  const { data: meta } = useQuery(metaQuery);
  const { data: mine } = useInfiniteQuery(workQuery('mine'));
  const count = workCount(mine) ?? 0;
  const overdue =
    mine?.pages.flatMap(({ items }) => items).filter((item) => item.overdue).length ?? 0;
  const entities = [
    ...IN_NAVIGATION.flatMap((name) => meta?.entities.find((entity) => entity.name === name) ?? []),
    ...(meta?.entities.filter((entity) => entity.own) ?? []),
  ];
  return (
    <nav className="navigation" aria-label={t('navigation')}>
      <NavLink to="/work" title={t('nav.work')}>
        <Icon name="work" />
        <span className="navigation-text">{t('nav.work')}</span>
        {count > 0 && (
          <span
            className={overdue > 0 ? 'count count-overdue' : 'count'}
            title={overdue > 0 ? t('nav.overdue', { count: overdue }) : undefined}
          >
            {count}
            {overdue > 0 && <span className="hidden">{t('nav.overdue', { count: overdue })}</span>}
          </span>
        )}
      </NavLink>
      {meta?.entities.some(({ name }) => name === 'activity') && (
        <NavLink to="/calendar" title={t('nav.calendar')}>
          <Icon name="calendar" />
          <span className="navigation-text">{t('nav.calendar')}</span>
        </NavLink>
      )}
      {entities.map((entity) => (
        <NavLink key={entity.name} to={recordsPath(entity.name)} title={entity.plural}>
          <Icon name={ENTITY_ICONS[entity.name] ?? 'records'} />
          <span className="navigation-text">{entity.plural}</span>
        </NavLink>
      ))}
      <NavLink to="/processes" title={t('nav.processes')}>
        <Icon name="process" />
        <span className="navigation-text">{t('nav.processes')}</span>
      </NavLink>
      <IncidentLink />
      <DeviationLink />
      <PermittedLink to="customise" needs="pack.edit" icon="records" />
      <PermittedLink to="webhooks" needs="webhook.manage" icon="globe" />
    </nav>
  );
}

// For whoever handles incidents, or has one to see to.
function IncidentLink() {
  const { t } = useTranslation();
  const user = useUser();
  const { data } = useInfiniteQuery(incidentsQuery('mine'));
  const count = workCount(data) ?? 0;
  if (count === 0 && !isPermitted(user, 'process.retry')) return null;
  return (
    <NavLink to="/incidents" title={t('nav.incidents')}>
      <Icon name="alert" />
      <span className="navigation-text">{t('nav.incidents')}</span>
      {count > 0 && <span className="count">{count}</span>}
    </NavLink>
  );
}

// For those who have the permission.
function PermittedLink({ to, needs, icon }: { to: string; needs: string; icon: IconName }) {
  const { t } = useTranslation();
  if (!isPermitted(useUser(), needs)) return null;
  const name = t(`nav.${to}`);
  return (
    <NavLink to={`/${to}`} title={name}>
      <Icon name={icon} />
      <span className="navigation-text">{name}</span>
    </NavLink>
  );
}

function UserMenu({ show }: { show: (dialog: 'keys' | 'substitutes') => void }) {
  const { t } = useTranslation();
  const user = useUser();
  const { letterKeys } = useSettings();
  const positionOf = usePositionName();
  return (
    <Dropdown
      autoFocus
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items: [
          {
            key: 'person',
            disabled: true,
            label: (
              <span className="user-card">
                <strong>{user.name}</strong>
                <span>{user.positions.map(positionOf).join(', ')}</span>
              </span>
            ),
          },
          { type: 'divider' },
          {
            key: 'substitutes',
            label: t('session:substitutes.title'),
            onClick: () => show('substitutes'),
          },
          { key: 'keys', label: t('keys.title'), onClick: () => show('keys') },
          {
            key: 'letters',
            label: t(letterKeys ? 'keys.turnOff' : 'keys.turnOn'),
            onClick: () => changeSettings({ letterKeys: !letterKeys }),
          },
          { type: 'divider' },
          {
            key: 'out',
            label: t('signOut'),
            onClick: async () => {
              await api.delete('/session').catch(() => undefined);
              rememberSession(null);
              queryClient.setQueryData(sessionQuery.queryKey, null);
              queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
            },
          },
        ],
      }}
    >
      <Button type="text" icon={<Icon name="user" />} className="user-button">
        <span className="user-name">{user.name}</span>
      </Button>
    </Dropdown>
  );
}

export function Shell() {
  const { t } = useTranslation();
  const user = useUser();
  const { data: meta } = useQuery(metaQuery); // names in the language of now, not of the sign-in
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [dialog, setDialog] = useState<'palette' | 'keys' | 'substitutes' | null>(null);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);

  useKeys({
    'Ctrl+k': () => setDialog('palette'),
    '?': () => setDialog('keys'),
    '/': () => setDialog('palette'),
    g: () => navigate('/work'),
    o: () => navigate('/orders'),
    n: () => navigate('/orders/new'),
  });

  // A new page begins at its top, with the focus on it, as a loaded document would.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what has to change.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    main.current?.focus({ preventScroll: true });
    main.current?.scrollTo(0, 0);
  }, [pathname]);

  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        {t('skipToContent')}
      </a>
      <header className="header">
        <Link to="/work" className="brand">
          <span className="brand-mark" aria-hidden="true" />
          <span className="brand-text">Millrace</span>
        </Link>
        <button
          type="button"
          className="command-button"
          aria-keyshortcuts="Control+K"
          onClick={() => setDialog('palette')}
        >
          <Icon name="search" />
          <span className="command-text">{t('palette.open')}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <div className="header-end">
          <DepartmentTag
            department={
              meta?.departments.find(({ key }) => key === user.department?.key) ?? user.department
            }
          />
          <MarksMenu />
          <NoticeBell />
          <LanguageSwitch />
          <ThemeSwitch />
          <UserMenu show={setDialog} />
        </div>
      </header>
      <Navigation />
      <main className="main" id="main" ref={main} tabIndex={-1}>
        <Boundary key={pathname}>
          <Suspense fallback={<Loading />}>
            <Pages />
          </Suspense>
        </Boundary>
      </main>
      <Suspense fallback={null}>
        {dialog === 'palette' && <Palette close={() => setDialog(null)} />}
        {dialog === 'keys' && <KeyHelp close={() => setDialog(null)} />}
        {dialog === 'substitutes' && <Substitutes close={() => setDialog(null)} />}
      </Suspense>
    </div>
  );
}
