// SPDX-License-Identifier: Apache-2.0
// The team of a lead: what nobody has taken, and who holds how much.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { problemFrom } from '../../api/client';
import { workTeamQuery } from '../../api/queries';
import type { WorkTeam } from '../../api/types';
import { DepartmentTag } from '../../ui/department';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';

function Load({ held, capacity, name }: { held: number; capacity: number | null; name: string }) {
  const { t } = useTranslation('work');
  const most = capacity ?? Math.max(held, 10);
  const text = capacity === null ? String(held) : t('heldOf', { held, capacity });
  return (
    <span className="load">
      <meter
        aria-label={t('loadOf', { name })}
        min={0}
        max={Math.max(most, 1)}
        high={capacity === null ? most : Math.max(most * 0.8, 0)}
        value={held}
      >
        {text}
      </meter>
      {text}
    </span>
  );
}

function Late({ count }: { count: number }) {
  return <span className={count > 0 ? 'late-text' : undefined}>{count}</span>;
}

function Departments({ team }: { team: WorkTeam }) {
  const { t } = useTranslation('work');
  return (
    <table className="table table-tight">
      <caption className="hidden">{t('team.departments')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('team.department')}</th>
          <th scope="col">{t('state.offered')}</th>
          <th scope="col">{t('group.overdue')}</th>
          <th scope="col">{t('blocked')}</th>
        </tr>
      </thead>
      <tbody>
        {team.departments.map((department) => (
          <tr key={department.key}>
            <th scope="row">
              <DepartmentTag department={department} />
            </th>
            <td>{department.offered}</td>
            <td>
              <Late count={department.overdue} />
            </td>
            <td>{department.blocked}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Members({ team }: { team: WorkTeam }) {
  const { t } = useTranslation('work');
  return (
    <table className="table table-tight">
      <caption className="hidden">{t('team.members')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('team.member')}</th>
          <th scope="col">{t('team.load')}</th>
          <th scope="col">{t('state.started')}</th>
          <th scope="col">{t('group.overdue')}</th>
          <th scope="col">{t('team.department')}</th>
        </tr>
      </thead>
      <tbody>
        {team.members.map((member) => (
          <tr key={member.id}>
            <th scope="row">
              {member.name} {member.absent && <span className="badge">{t('absent')}</span>}
            </th>
            <td>
              <Load
                held={member.claimed + member.started}
                capacity={member.capacity}
                name={member.name}
              />
            </td>
            <td>{member.started}</td>
            <td>
              <Late count={member.overdue} />
            </td>
            <td className="quiet">{member.department?.name}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export default function TeamPage() {
  const { t } = useTranslation('work');
  const team = useQuery(workTeamQuery);
  return (
    <div className="page">
      <title>{`${t('team.title')} · Millrace`}</title>
      <div className="page-head">
        <h1>{t('team.title')}</h1>
        <Link to="/work?view=team">{t('empty.seeTeam')}</Link>
      </div>
      {team.isPending && <Loading />}
      {team.isError && (
        <ProblemNotice problem={problemFrom(team.error)} retry={() => team.refetch()} />
      )}
      {team.data && (
        <>
          <section className="card table-card" aria-label={t('team.members')}>
            <Members team={team.data} />
          </section>
          <section className="card table-card" aria-label={t('team.departments')}>
            <Departments team={team.data} />
          </section>
        </>
      )}
    </div>
  );
}
