// SPDX-License-Identifier: Apache-2.0
// The certificate of a process: whether it held when somebody tried to break it at every door. It
// is made in the background, signed, and read here; ?proof= shows an older one.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { certificateFile, certificateQuery, isBusy, proofsQuery } from '../../api/proofs';
import { queryClient } from '../../api/queries';
import type { Certificate, Process, Proof } from '../../api/types';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { formatInstant, InstantText } from '../../ui/time';
import { ProcessFrame } from './frame';
import { Doors, Refused, Through } from './tried-tables';
import '../../app/certificate.css';

function Working({ proof }: { proof: Proof }) {
  const { t, i18n } = useTranslation('certificate');
  const format = new Intl.NumberFormat(i18n.language);
  const cancel = useMutation({
    mutationFn: () => api.post('/proofs/{id}/cancel', { path: { id: proof.id } }),
    onSettled: () => queryClient.invalidateQueries(proofsQuery(proof.process)),
  });
  const { progress } = proof;
  return (
    <section className="card card-body" aria-label={t('working')}>
      <progress
        aria-label={t('working')}
        value={progress ? progress.reached : undefined}
        max={progress ? progress.steps : undefined}
      />
      <p role="status">
        {progress
          ? t('progress', {
              reached: progress.reached,
              steps: progress.steps,
              attempts: format.format(progress.attempts),
            })
          : t('begins')}
      </p>
      {cancel.isError && <ProblemNotice problem={problemFrom(cancel.error)} />}
      <div>
        <Button
          onClick={() => cancel.mutate()}
          loading={cancel.isPending}
          disabled={proof.state === 'cancelling'}
        >
          {t('cancel')}
        </Button>
      </div>
    </section>
  );
}

function Verdict({ proof, certificate }: { proof: Proof; certificate: Certificate }) {
  const { t, i18n } = useTranslation('certificate');
  const format = new Intl.NumberFormat(i18n.language);
  return (
    <section className="card card-body" aria-label={t('verdict')}>
      <p className="chosen-line">
        <span className={`state state-${certificate.holds ? 'completed' : 'failed'}`}>
          {t(certificate.holds ? 'holds' : 'failed')}
        </span>
        {t('counts', {
          attempts: format.format(certificate.attempts),
          refused: format.format(certificate.refused),
        })}
      </p>
      <dl className="certificate-facts">
        <dt>{t('version')}</dt>
        <dd>{certificate.version}</dd>
        <dt>{t('hash')}</dt>
        <dd className="certificate-code">{certificate.hash}</dd>
        <dt>{t('made')}</dt>
        <dd>
          <InstantText value={certificate.at} />
          {proof.asked_by && ` · ${proof.asked_by.name}`}
        </dd>
        <dt>{t('signature')}</dt>
        <dd className="certificate-code">{proof.signature}</dd>
      </dl>
      <p className="link-pair">
        <a href={certificateFile(proof.id, 'certificate')} download>
          {t('download')}
        </a>
        <a href={certificateFile(proof.id, 'text')} download>
          {t('downloadText')}
        </a>
      </p>
    </section>
  );
}

function Steps({ certificate, names }: { certificate: Certificate; names: Map<string, string> }) {
  const { t } = useTranslation('certificate');
  return (
    <section className="card" aria-label={t('reached')}>
      <div className="card-head">
        <h2>{t('reached')}</h2>
        <span className="tab-count">
          {t('of', {
            reached: certificate.reached.length,
            steps: certificate.reached.length + certificate.missed.length,
          })}
        </span>
      </div>
      <ul className="card-body certificate-steps">
        {certificate.reached.map((key) => (
          <li key={key}>{names.get(key) ?? key}</li>
        ))}
        {certificate.missed.map(({ step, why }) => (
          <li key={step}>
            <span className="state state-failed">{t('missed')}</span> {names.get(step) ?? step}
            <div className="quiet">{why}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Made({ proof, process }: { proof: Proof; process: Process }) {
  const signed = useQuery(certificateQuery(proof.id));
  if (signed.isError)
    return <ProblemNotice problem={problemFrom(signed.error)} retry={() => signed.refetch()} />;
  if (signed.isPending) return <Loading />;
  const { certificate } = signed.data;
  const names = new Map(process.steps.map((step) => [step.key, step.name || step.key]));
  return (
    <>
      <Verdict proof={proof} certificate={certificate} />
      <Through certificate={certificate} names={names} />
      <div className="halves">
        <Steps certificate={certificate} names={names} />
        <Doors certificate={certificate} />
      </div>
      <Refused certificate={certificate} names={names} />
    </>
  );
}

function Choice({ made, chosen }: { made: Proof[]; chosen: Proof | undefined }) {
  const { t, i18n } = useTranslation('certificate');
  const [, setParameters] = useSearchParams();
  if (made.length < 2) return null;
  return (
    <label className="check-label">
      {t('which')}
      <select
        className="plain-select"
        value={chosen?.id}
        onChange={(event) => setParameters({ proof: event.target.value }, { replace: true })}
      >
        {made.map((proof) => (
          <option key={proof.id} value={proof.id}>
            {t('made_of', {
              version: proof.version,
              at: formatInstant(proof.asked_at, i18n.language),
            })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Proofs({ process }: { process: Process }) {
  const { t } = useTranslation('certificate');
  const [parameters] = useSearchParams();
  const proofs = useQuery(proofsQuery(process.key));
  const begin = useMutation({
    mutationFn: () => api.post('/processes/{key}/proofs', { path: { key: process.key }, body: {} }),
    onSettled: () => queryClient.invalidateQueries(proofsQuery(process.key)),
  });
  if (proofs.isError)
    return <ProblemNotice problem={problemFrom(proofs.error)} retry={() => proofs.refetch()} />;
  if (proofs.isPending) return <Loading />;
  const { items } = proofs.data;
  const busy = items.find(isBusy);
  const made = items.filter(({ state }) => state === 'done');
  const chosen = made.find(({ id }) => id === parameters.get('proof')) ?? made[0];
  const last = items[0];
  return (
    <>
      <p className="quiet">{t('about')}</p>
      <div className="choice-line">
        <Button type="primary" onClick={() => begin.mutate()} disabled={!!busy || begin.isPending}>
          {t('begin')}
        </Button>
        <Choice made={made} chosen={chosen} />
      </div>
      {begin.isError && <ProblemNotice problem={problemFrom(begin.error)} />}
      {busy && <Working proof={busy} />}
      {last?.state === 'failed' && (
        <p role="alert">{t('broke', { message: last.message ?? '' })}</p>
      )}
      {chosen && <Made proof={chosen} process={process} />}
      {!chosen && !busy && <Empty title={t('none')} />}
    </>
  );
}

export default function CertificatePage() {
  const { t } = useTranslation('owner');
  return (
    <ProcessFrame page={t('tab.certificate')}>
      {(process) => <Proofs process={process} />}
    </ProcessFrame>
  );
}
