// SPDX-License-Identifier: Apache-2.0
// Asks before something is done: says what follows, takes the reason where one is needed, shows the
// server's refusal and stays open with it.
import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemFrom } from '../api/client';
import { Dialog } from './dialog';
import { useNotice } from './notice';
import { ProblemNotice } from './problem';

interface Props {
  title: string;
  confirm: string;
  keep?: string;
  danger?: boolean;
  reason?: 'needed' | 'welcome' | 'none';
  label?: string; // of the reason
  ready?: boolean; // whether all else is chosen
  begin?: boolean; // whether the focus begins at the reason
  children?: ReactNode;
  act: (reason: string) => Promise<unknown>;
  done: string; // what is told when it is done
  after?: () => unknown;
  close: () => void;
}

export function AskDialog(props: Props) {
  const { t } = useTranslation();
  const tell = useNotice();
  const field = useId();
  const [reason, setReason] = useState('');
  const asked = props.reason ?? 'needed';
  const act = useMutation({
    mutationFn: () => props.act(reason.trim()),
    onSuccess: () => {
      tell(props.done);
      props.close();
    },
    onSettled: () => props.after?.(),
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    act.mutate();
  }
  return (
    <Dialog
      title={props.title}
      onCancel={props.close}
      width={480}
      footer={[
        <Button key="keep" onClick={props.close}>
          {props.keep ?? t('close')}
        </Button>,
        <Button
          key="act"
          type="primary"
          htmlType="submit"
          form={`${field}-form`}
          danger={props.danger === true}
          disabled={props.ready === false || (asked === 'needed' && !reason.trim())}
          loading={act.isPending}
        >
          {props.confirm}
        </Button>,
      ]}
    >
      <form id={`${field}-form`} className="ask" onSubmit={submit}>
        {act.error && <ProblemNotice problem={problemFrom(act.error)} />}
        {props.children}
        {asked !== 'none' && (
          <div>
            <label htmlFor={field}>
              {props.label ?? t('reason')}
              {asked === 'welcome' && <span className="quiet"> {t('optional')}</span>}
            </label>
            <Input.TextArea
              id={field}
              rows={3}
              required={asked === 'needed'}
              autoFocus={props.begin === true}
              maxLength={2000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </div>
        )}
      </form>
    </Dialog>
  );
}
