// SPDX-License-Identifier: Apache-2.0
// The page of one record: the path of its process, the step to do, its fields, what belongs to it,
// and what happened.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useParams } from 'react-router';
import { problemFrom } from '../../api/client';
import { entityOf, metaQuery, movesQuery, recordQuery } from '../../api/queries';
import type { Entity, Id, Moves, OpenStep } from '../../api/types';
import { FieldDisplay } from '../../meta/registry';
import { PathBar } from '../../ui/pathbar';
import { OpenStepLines, ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import NotFound from '../home/not-found';
import { StepPanel } from '../work/step-panel';
import { AccessButton } from './access';
import { ConsentCard } from './consents';
import { DuplicatePanel } from './duplicates';
import { RecordFields } from './fields';
import { FavouriteStar, useSeen } from './marks';
import { recordPath, recordsPath } from './paths';
import { RelatedLists } from './related';
import { Story } from './story';

function Paths({ moves }: { moves: Moves }) {
  const { t } = useTranslation('process');
  // What a path bar already names as blocking is not told twice.
  const told = new Set(moves.instances.flatMap((one) => one.blocked_by.map(({ key }) => key)));
  const untold = (block: Moves['blocks'][number]) => !told.has(block.open_step?.key ?? '');
  return (
    <>
      {moves.instances.map((instance) => (
        <PathBar key={instance.id} instance={instance} />
      ))}
      {moves.blocks.filter(untold).map((block) => (
        <section className="card card-body" key={block.message} aria-label={t('path.blocks')}>
          <p>{block.message}</p>
          {block.open_step && <OpenStepLines step={block.open_step} />}
        </section>
      ))}
    </>
  );
}

// The steps this person can do now, in the order must, then may; each once.
export function myWork(moves: Moves): Id[] {
  const mine = moves.instances.flatMap(({ now }) =>
    now.flatMap((step) => (step.mine && step.work_item ? [step.work_item] : [])),
  );
  const ids = [
    ...moves.must.map((one) => one.work_item),
    ...mine,
    ...moves.may.map((one) => one.work_item),
  ];
  return [...new Set(ids)];
}

// The step that stands open, as a refusal by the server would name it.
function openStepOf(moves: Moves | undefined): OpenStep | undefined {
  for (const instance of moves?.instances ?? []) {
    const [now] = instance.now;
    if (now) {
      const { key, name, work_item, department, position, users } = now;
      const where = work_item ? `/work/${work_item}` : `/instances/${instance.id}`;
      return { key, name, instance: instance.id, where, who: { department, position, users } };
    }
  }
  return undefined;
}

function EntityRecord({ entity, id }: { entity: Entity; id: Id }) {
  const { t } = useTranslation('records');
  const record = useQuery(recordQuery(entity.name, id));
  // One that was merged into another is not there: the other's page is shown.
  const enabled = record.data?.id === id;
  const moves = useQuery({ ...movesQuery(entity.name, id), enabled });
  useSeen(entity.name, id, enabled);
  if (record.isPending) return <Loading />;
  if (record.isError) {
    const problem = problemFrom(record.error);
    if (problem.status === 404) return <NotFound />;
    return (
      <div className="page">
        <ProblemNotice problem={problem} retry={() => record.refetch()} />
      </div>
    );
  }
  const { data } = record;
  if (data.id !== id) return <Navigate to={recordPath(entity.name, data.id)} replace />;
  const status = entity.fields.find(({ name }) => name === 'status');
  return (
    <div className="page">
      <title>{`${data.label} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to={recordsPath(entity.name)}>{entity.plural}</Link>
      </nav>
      <div className="page-head">
        <h1>
          <span className="quiet">{entity.title}</span> {data.label}
        </h1>
        {status && <FieldDisplay field={status} value={data.fields.status} />}
        <FavouriteStar entity={entity.name} id={id} label={data.label} />
        <AccessButton entity={entity} record={data} />
      </div>
      {moves.data && <Paths moves={moves.data} />}
      <div className="columns">
        <div>
          {moves.data &&
            myWork(moves.data).map((work) => <StepPanel key={work} id={work} linked />)}
          <RecordFields entity={entity} record={data} openStep={openStepOf(moves.data)} />
          <RelatedLists entity={entity} record={data} />
          {entity.compared.length > 0 && <DuplicatePanel entity={entity} id={data.id} />}
        </div>
        <div>
          {entity.fields.some((field) => field.personal) && (
            <ConsentCard entity={entity} record={data} />
          )}
          <Story entity={entity} record={data} />
        </div>
      </div>
    </div>
  );
}

export default function RecordPage({ entity: fixed }: { entity?: string }) {
  const { id = '', entity: named } = useParams();
  const meta = useQuery(metaQuery);
  if (meta.isPending) return <Loading />;
  if (meta.isError) return <ProblemNotice problem={problemFrom(meta.error)} />;
  const entity = entityOf(meta.data, fixed ?? named);
  return entity ? (
    <EntityRecord key={`${entity.name}/${id}`} entity={entity} id={id} />
  ) : (
    <NotFound />
  );
}
