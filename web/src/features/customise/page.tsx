// SPDX-License-Identifier: Apache-2.0
// What this company has changed: an entity of its own by a form, everything else as text, and the
// versions to go back to.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { metaQuery, queryClient } from '../../api/queries';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { formatInstant } from '../../ui/time';
import { recordsPath } from '../records/paths';
import type { Packs } from './declaration';
import { EntityForm } from './entity-form';
import { packsQuery, versionsQuery } from './queries';
import { TextForm } from './text-form';
import '../../app/customise.css';
import '../../app/owner.css';

function Conflicts({ packs }: { packs: Packs }) {
  const { t } = useTranslation('customise');
  if (packs.conflicts.length === 0) return null;
  return (
    <section className="card card-body" aria-label={t('conflicts')}>
      <h2>{t('conflicts')}</h2>
      <ul>
        {packs.conflicts.map(({ file, place, company, shipped }) => (
          <li key={`${file} ${place}`}>
            {t('conflict', {
              file,
              place,
              company: JSON.stringify(company),
              shipped: JSON.stringify(shipped),
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Versions({ revision }: { revision: number }) {
  const { t, i18n } = useTranslation('customise');
  const tell = useNotice();
  const versions = useQuery(versionsQuery);
  const back = useMutation({
    mutationFn: (to: number) =>
      api.post('/packs/versions/{revision}/rollback', { path: { revision: String(to) } }),
    onSuccess: () => tell(t('wentBack')),
    onSettled: () => queryClient.invalidateQueries(),
  });
  return (
    <section className="card card-body" aria-label={t('versions')}>
      <h2>{t('versions')}</h2>
      {back.isError && <ProblemNotice problem={problemFrom(back.error)} />}
      <ol className="customise-versions">
        {(versions.data?.items ?? []).slice(0, 20).map((version) => (
          <li key={version.revision}>
            <strong>{version.revision}</strong> {formatInstant(version.at, i18n.language)}{' '}
            {version.note}{' '}
            {version.revision !== revision && (
              <Button size="small" onClick={() => back.mutate(version.revision)}>
                {t('goBack', { revision: version.revision })}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

type Open = { kind: 'none' } | { kind: 'entity' } | { kind: 'file'; name: string };

function Files({ packs, open }: { packs: Packs; open: (what: Open) => void }) {
  const { t } = useTranslation('customise');
  const { data: meta } = useQuery(metaQuery);
  return (
    <section className="card card-body" aria-label={t('files')}>
      <h2>{t('files')}</h2>
      {packs.files.length === 0 && <p className="quiet">{t('noFiles')}</p>}
      <ul className="customise-files">
        {packs.files.map(({ name, value }) => {
          const declared = (value as { entity?: string } | null)?.entity;
          const entity = meta?.entities.find((each) => each.name === declared);
          return (
            <li key={name}>
              <Button type="link" onClick={() => open({ kind: 'file', name })}>
                {name}
              </Button>
              {entity && <Link to={recordsPath(entity.name)}>{entity.plural}</Link>}
            </li>
          );
        })}
      </ul>
      <div className="choice-line">
        <Button type="primary" onClick={() => open({ kind: 'entity' })}>
          {t('newEntity')}
        </Button>
        <NewFile open={(name) => open({ kind: 'file', name })} />
      </div>
    </section>
  );
}

// Of a shipped entity, too: what the company changes of it is a file of the same name.
function NewFile({ open }: { open: (name: string) => void }) {
  const { t } = useTranslation('customise');
  const { data: meta } = useQuery(metaQuery);
  const id = useId();
  return (
    <label htmlFor={id}>
      {t('changeEntity')}{' '}
      <select
        id={id}
        className="plain-select"
        value=""
        onChange={({ target }) => target.value && open(target.value)}
      >
        <option value="">{t('choose')}</option>
        {(meta?.entities ?? []).map(({ name, title }) => (
          <option key={name} value={`entities/${name}.yaml`}>
            {title}
          </option>
        ))}
        <option value="roles.yaml">{t('roles')}</option>
      </select>
    </label>
  );
}

export default function CustomisePage() {
  const { t } = useTranslation('customise');
  const packs = useQuery(packsQuery);
  const [open, setOpen] = useState<Open>({ kind: 'none' });
  if (packs.isPending) return <Loading />;
  if (packs.isError) return <ProblemNotice problem={problemFrom(packs.error)} />;
  const close = () => setOpen({ kind: 'none' });
  return (
    <div className="page">
      <title>{`${t('title')} · Millrace`}</title>
      <div className="page-head">
        <h1>{t('title')}</h1>
      </div>
      <p className="quiet">{t('about')}</p>
      <Conflicts packs={packs.data} />
      {open.kind === 'none' && <Files packs={packs.data} open={setOpen} />}
      {open.kind === 'entity' && <EntityForm packs={packs.data} close={close} />}
      {open.kind === 'file' && (
        <TextForm key={open.name} packs={packs.data} name={open.name} close={close} />
      )}
      {open.kind === 'none' && <Versions revision={packs.data.revision} />}
    </div>
  );
}
