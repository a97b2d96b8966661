// SPDX-License-Identifier: Apache-2.0
// Which field each column of the file fills, beside the first values of the column.
import { Checkbox, Select } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity, Field, ImportLook, ImportSettings } from '../../api/types';
import { ProblemNotice } from '../../ui/problem';

const SAMPLES = 3;
const NONE = '';

const isOpen = (field: Field) =>
  !field.system || field.name === 'owner' || field.name === 'department';

function settingsOf(look: ImportLook): ImportSettings {
  return {
    ...(look.format === 'csv' ? { encoding: look.encoding, delimiter: look.delimiter } : {}),
    ...(look.sheet ? { sheet: look.sheet } : {}),
    columns: look.columns.map((column) => column.field),
    match: look.match,
    only_update: look.only_update,
  };
}

function FileLine({ look, onSheet }: { look: ImportLook; onSheet: (sheet: string) => void }) {
  const { t } = useTranslation('imports');
  const id = useId();
  return (
    <div className="card-head">
      <h2>{t('mapping')}</h2>
      <span className="quiet">
        {[
          look.name,
          look.format.toUpperCase(),
          look.encoding,
          look.delimiter &&
            t('delimiter', { character: look.delimiter === '\t' ? '⇥' : look.delimiter }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
      {look.sheets.length > 1 && (
        <div className="card-end import-choice">
          <label htmlFor={id}>{t('sheet')}</label>
          <Select
            id={id}
            value={look.sheet}
            onChange={(sheet) => sheet && onSheet(sheet)}
            options={look.sheets.map((sheet) => ({ value: sheet, label: sheet }))}
          />
        </div>
      )}
    </div>
  );
}

function Match({
  entity,
  look,
  onChange,
}: {
  entity: Entity;
  look: ImportLook;
  onChange: (changes: ImportSettings) => void;
}) {
  const { t } = useTranslation('imports');
  const id = useId();
  const mapped = new Set(look.columns.map((column) => column.field));
  const unique = entity.fields.filter((field) => field.unique && mapped.has(field.name));
  if (!entity.may.edit || unique.length === 0) return null;
  return (
    <div className="card-body import-choice">
      <label htmlFor={id}>{t('match')}</label>
      <Select
        id={id}
        className="import-field"
        value={look.match ?? NONE}
        onChange={(name) => onChange({ match: name || null, only_update: false })}
        options={[
          { value: NONE, label: t('matchNone') },
          ...unique.map((field) => ({ value: field.name, label: field.title })),
        ]}
      />
      {look.match && (
        <Checkbox
          checked={look.only_update}
          onChange={(event) => onChange({ only_update: event.target.checked })}
        >
          {t('onlyUpdate')}
        </Checkbox>
      )}
    </div>
  );
}

export function Mapping({
  entity,
  look,
  onChange,
  busy,
}: {
  entity: Entity;
  look: ImportLook;
  onChange: (settings: ImportSettings) => void;
  busy: boolean;
}) {
  const { t } = useTranslation('imports');
  const options = [
    { value: NONE, label: t('passOver') },
    ...entity.fields.filter(isOpen).map((field) => ({ value: field.name, label: field.title })),
  ];
  const change = (changes: ImportSettings) => onChange({ ...settingsOf(look), ...changes });
  const setColumn = (index: number, name: string) =>
    change({
      columns: look.columns.map((column, other) =>
        other === index ? name || null : column.field === name ? null : column.field,
      ),
    });
  return (
    <section className="card" aria-label={t('mapping')} aria-busy={busy}>
      <FileLine look={look} onSheet={(sheet) => onChange({ sheet })} />
      <div className="table-card">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('column')}</th>
              <th scope="col">{t('field')}</th>
              <th scope="col">{t('samples')}</th>
            </tr>
          </thead>
          <tbody>
            {look.columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place alone
              <tr key={index}>
                <th scope="row">{column.header}</th>
                <td>
                  <Select
                    className="import-field"
                    aria-label={t('fieldOf', { column: column.header })}
                    value={column.field ?? NONE}
                    onChange={(name) => setColumn(index, name)}
                    options={options}
                    showSearch={{ optionFilterProp: 'label' }}
                  />
                </td>
                <td className="quiet">{column.samples.slice(0, SAMPLES).join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Match entity={entity} look={look} onChange={change} />
      {look.problem && (
        <div className="card-body">
          <ProblemNotice problem={{ status: 400, code: 'invalid', message: look.problem }} />
        </div>
      )}
    </section>
  );
}
