// SPDX-License-Identifier: Apache-2.0
// The steps that are gone, and what each becomes: proposed, and changed by a choice.
import { useTranslation } from 'react-i18next';
import type { Process } from '../../api/types';
import { type Column, DataTable } from '../../ui/data-table';
import { stepKind } from './kind';
import { type Difference, type Mapping, targetsOf } from './migration-map';

type Step = Process['steps'][number];

interface Props {
  from: Process;
  to: Process;
  difference: Difference;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

function without(mapping: Mapping, key: string): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([step]) => step !== key));
}

export function MappingTable({ from, to, difference, mapping, onChange }: Props) {
  const { t } = useTranslation('owner');
  const { t: p } = useTranslation('process');
  const taken = new Set(Object.values(mapping));
  function choice(step: Step) {
    const own = mapping[step.key] ?? '';
    const targets = targetsOf(step, from.steps, to.steps).filter(
      ({ key }) => key === own || !taken.has(key),
    );
    if (targets.length === 0) return <span className="quiet">{t('migration.noTarget')}</span>;
    return (
      <select
        className="plain-select"
        aria-label={t('migration.becomesOf', { step: step.name })}
        value={own}
        onChange={({ target: { value } }) =>
          onChange(value ? { ...mapping, [step.key]: value } : without(mapping, step.key))
        }
      >
        <option value="">{t('migration.nothing')}</option>
        {targets.map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    );
  }
  const columns: Column<Step>[] = [
    { key: 'step', title: p('column.step'), cell: (step) => step.name },
    { key: 'kind', title: p('column.kind'), cell: (step) => p(`kind.${stepKind(step.kind)}`) },
    { key: 'becomes', title: t('migration.becomes'), cell: choice },
  ];
  const { gone, added } = difference;
  return (
    <section className="card" aria-label={t('migration.mapping')}>
      <div className="card-head">
        <h2>{t('migration.mapping')}</h2>
        <span className="tab-count">{gone.length}</span>
      </div>
      {gone.length === 0 ? (
        <p className="empty-small">{t('migration.allStay')}</p>
      ) : (
        <DataTable
          label={t('migration.mapping')}
          columns={columns}
          rows={gone}
          rowKey={({ key }) => key}
        />
      )}
      {added.length > 0 && (
        <p className="card-foot">
          {t('migration.added', { steps: added.map(({ name }) => name).join(', ') })}
        </p>
      )}
    </section>
  );
}
