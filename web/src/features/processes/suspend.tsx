// SPDX-License-Identifier: Apache-2.0
// Letting an instance or a process stand still and go on again, and saying that it does.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { invalidateProcesses, suspensionQuery } from '../../api/owner';
import type { InstanceEntry, Process } from '../../api/types';
import { isPermitted, useUser } from '../../app/session';
import { AskDialog } from '../../ui/ask-dialog';
import { Icon } from '../../ui/icon';
import { InstantText } from '../../ui/time';

function Banner({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="suspended-banner" aria-label={title}>
      <Icon name="pause" size={18} />
      <div>
        <p className="problem-message">{title}</p>
        {children}
      </div>
    </section>
  );
}

export function SuspendedInstance({ reason }: { reason: string }) {
  const { t } = useTranslation('owner');
  return (
    <Banner title={t('suspend.instanceIs')}>
      <p>{reason}</p>
    </Banner>
  );
}

export function SuspendedProcess({ process }: { process: Process }) {
  const { t } = useTranslation('owner');
  const { data } = useQuery(suspensionQuery(process.key));
  return (
    <Banner title={t('suspend.processIs')}>
      <p>{process.suspended}</p>
      {data?.at && (
        <p className="quiet">
          <InstantText value={data.at} />
          {data.by && ` · ${t('suspend.by', { name: data.by.name })}`}
          {data.instances > 0 && ` · ${t('suspend.standing', { count: data.instances })}`}
        </p>
      )}
    </Banner>
  );
}

type Suspendable = Pick<InstanceEntry, 'id' | 'suspended'>;

function SuspendDialog({ instance, close }: { instance: Suspendable; close: () => void }) {
  const { t } = useTranslation('owner');
  const path = { id: instance.id };
  if (instance.suspended !== null)
    return (
      <AskDialog
        title={t('suspend.titleResumeInstance')}
        confirm={t('suspend.resumeConfirm')}
        reason="none"
        act={() => api.post('/instances/{id}/resume', { path })}
        done={t('suspend.resumed')}
        after={invalidateProcesses}
        close={close}
      >
        <p>{t('suspend.explainResumeInstance')}</p>
      </AskDialog>
    );
  return (
    <AskDialog
      title={t('suspend.titleInstance')}
      confirm={t('suspend.confirm')}
      act={(reason) => api.post('/instances/{id}/suspend', { path, body: { reason } })}
      done={t('suspend.done')}
      after={invalidateProcesses}
      close={close}
    >
      <p>{t('suspend.explainInstance')}</p>
    </AskDialog>
  );
}

// `subject` names the instance where several buttons stand below each other.
export function SuspendButton({ instance, subject }: { instance: Suspendable; subject?: string }) {
  const { t } = useTranslation('owner');
  const [open, setOpen] = useState(false);
  const may = isPermitted(useUser(), 'process.suspend');
  if (!may) return null;
  const deed = instance.suspended === null ? 'open' : 'resume';
  return (
    <>
      <Button
        size={subject ? 'small' : 'middle'}
        {...(subject ? { 'aria-label': t(`suspend.${deed}For`, { subject }) } : {})}
        onClick={() => setOpen(true)}
      >
        {t(`suspend.${deed}`)}
      </Button>
      {open && <SuspendDialog instance={instance} close={() => setOpen(false)} />}
    </>
  );
}

function SuspendProcessDialog({ process, close }: { process: Process; close: () => void }) {
  const { t } = useTranslation('owner');
  const [instances, setInstances] = useState(false);
  const path = { key: process.key };
  if (process.suspended !== null)
    return (
      <AskDialog
        title={t('suspend.titleResumeProcess', { process: process.name })}
        confirm={t('suspend.resumeConfirm')}
        reason="none"
        act={() => api.post('/processes/{key}/resume', { path })}
        done={t('suspend.resumed')}
        after={invalidateProcesses}
        close={close}
      >
        <p>{t('suspend.explainResumeProcess')}</p>
      </AskDialog>
    );
  return (
    <AskDialog
      title={t('suspend.titleProcess', { process: process.name })}
      confirm={t('suspend.confirm')}
      danger
      act={(reason) => api.post('/processes/{key}/suspend', { path, body: { reason, instances } })}
      done={t('suspend.done')}
      after={invalidateProcesses}
      close={close}
    >
      <p>{t('suspend.explainProcess')}</p>
      <label className="check-label">
        <input
          type="checkbox"
          checked={instances}
          onChange={(event) => setInstances(event.target.checked)}
        />
        {t('suspend.alsoInstances')}
      </label>
    </AskDialog>
  );
}

export function SuspendProcessButton({ process }: { process: Process }) {
  const { t } = useTranslation('owner');
  const [open, setOpen] = useState(false);
  if (!isPermitted(useUser(), 'process.suspend')) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        {t(process.suspended === null ? 'suspend.process' : 'suspend.resumeProcess')}
      </Button>
      {open && <SuspendProcessDialog process={process} close={() => setOpen(false)} />}
    </>
  );
}
