// SPDX-License-Identifier: Apache-2.0
// A refused change, explained. An open step in the way: which one, whose it is, the way there.
// Somebody else's change: both values side by side, and a choice for each field.
import { useQuery } from '@tanstack/react-query';
import { Button, Radio } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { recordQuery } from '../../api/queries';
import type { Entity, FieldValues, Id, Problem, RecordRow } from '../../api/types';
import { FieldDisplay } from '../../meta/registry';
import { Dialog } from '../../ui/dialog';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';

interface Props {
  entity: Entity;
  problem: Problem;
  id: Id;
  seen: number; // the version that the refused change was made on
  mine: FieldValues;
  references: RecordRow['references'];
  close: () => void;
  save: (version: number, fields: FieldValues) => void;
}

export function LockedDialog({ problem, close }: Pick<Props, 'problem' | 'close'>) {
  const { t } = useTranslation('records');
  const navigate = useNavigate();
  const step = problem.open_step;
  const where = step?.where ?? (step?.work_item ? `/work/${step.work_item}` : undefined);
  return (
    <Dialog
      title={t('conflict.refused')}
      onCancel={close}
      footer={[
        <Button key="close" onClick={close}>
          {t('close')}
        </Button>,
        ...(where && step
          ? [
              <Button key="go" type="primary" onClick={() => navigate(where)}>
                {t('common:problem.goToStep', { step: step.name })}
              </Button>,
            ]
          : []),
      ]}
    >
      <ProblemNotice problem={problem} />
      <p className="quiet conflict-kept">{t('conflict.nothingChanged')}</p>
    </Dialog>
  );
}

function Merge({ entity, problem, id, seen, mine, references, close, save }: Props) {
  const { t } = useTranslation('records');
  const group = useId();
  const query = useQuery({ ...recordQuery(entity.name, id), staleTime: 0 });
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const now = query.data && query.data.version !== seen ? query.data : undefined;
  const fields = entity.fields.filter(({ name }) => name in mine);
  return (
    <Dialog
      width={640}
      title={t('conflict.merge')}
      onCancel={close}
      footer={[
        <Button key="cancel" onClick={close}>
          {t('cancel')}
        </Button>,
        <Button
          key="save"
          type="primary"
          disabled={!now}
          onClick={() => {
            const kept = Object.entries(mine).filter(([name]) => !theirs.has(name));
            if (now && kept.length > 0) save(now.version, Object.fromEntries(kept));
            else close();
          }}
        >
          {t('conflict.save')}
        </Button>,
      ]}
    >
      {now && <p>{t('conflict.why')}</p>}
      {!now && (query.isFetching ? <Loading /> : <ProblemNotice problem={problem} />)}
      {now &&
        fields.map((field) => (
          <fieldset className="merge-field" key={field.name}>
            <legend>{field.title}</legend>
            <Radio.Group
              name={`${group}-${field.name}`}
              value={theirs.has(field.name) ? 'theirs' : 'mine'}
              onChange={(event) => {
                const after = new Set(theirs);
                if (event.target.value === 'theirs') after.add(field.name);
                else after.delete(field.name);
                setTheirs(after);
              }}
            >
              <Radio value="mine">
                {t('conflict.mine')}:{' '}
                <FieldDisplay
                  field={field}
                  value={mine[field.name]}
                  reference={references[field.name]}
                />
              </Radio>
              <Radio value="theirs">
                {t('conflict.theirs')}:{' '}
                <FieldDisplay
                  field={field}
                  value={now.fields[field.name]}
                  reference={now.references?.[field.name]}
                />
              </Radio>
            </Radio.Group>
          </fieldset>
        ))}
    </Dialog>
  );
}

export function ConflictDialog(props: Props) {
  return props.problem.open_step ? (
    <LockedDialog problem={props.problem} close={props.close} />
  ) : (
    <Merge {...props} />
  );
}
