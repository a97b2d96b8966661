// SPDX-License-Identifier: Apache-2.0
// A dense table of records that draws only the rows in sight. Old rows stay while new ones are
// fetched. The first column is the row's link; the whole row takes the click.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Field, Id, RecordRow } from '../api/types';
import { useKeys } from '../app/keys';
import { currencyOf } from '../meta/fields';
import { FieldCell, kindOf } from '../meta/registry';
import { Icon } from './icon';

const ROW_HEIGHT = 36;
const OVERSCAN = 12;
const SELECT_TRACK = '64px';
const FIRST_TRACK = 'minmax(172px, 1.1fr)';

export interface Selection {
  chosen: ReadonlySet<Id>;
  choose: (ids: Id[], on: boolean) => void;
}

interface Props {
  label: string;
  columns: Field[];
  rows: RecordRow[];
  total: number | undefined;
  sort: string[];
  onSort: (field: string) => void;
  pathOf: (row: RecordRow) => string;
  busy: boolean;
  foot: ReactNode;
  selection?: Selection | undefined;
  mark?: ((row: RecordRow) => ReactNode) | undefined; // stands beside the row's box
}

function sortState(sort: string[], field: string): 'ascending' | 'descending' | undefined {
  if (sort[0] === field) return 'ascending';
  return sort[0] === `-${field}` ? 'descending' : undefined;
}

// Chooses all rows that are shown, or none.
function ChooseShown({ rows, selection }: { rows: RecordRow[]; selection: Selection }) {
  const { t } = useTranslation('records');
  const count = rows.filter(({ id }) => selection.chosen.has(id)).length;
  const all = count === rows.length;
  return (
    <div role="columnheader" className="grid-cell grid-select">
      <input
        type="checkbox"
        aria-label={t('bulk.selectShown')}
        checked={all}
        ref={(box) => {
          if (box) box.indeterminate = count > 0 && !all;
        }}
        onChange={() =>
          selection.choose(
            rows.map(({ id }) => id),
            !all,
          )
        }
      />
    </div>
  );
}

function Head({
  columns,
  sort,
  onSort,
  rows,
  selection,
}: Pick<Props, 'columns' | 'sort' | 'onSort' | 'rows' | 'selection'>) {
  return (
    <div role="rowgroup" className="grid-head">
      <div role="row" className="grid-row" aria-rowindex={1}>
        {selection && <ChooseShown rows={rows} selection={selection} />}
        {columns.map((field) => {
          const kind = kindOf(field);
          const sortable = kind.sortable && !field.live;
          const sorted = sortState(sort, field.name);
          return (
            <div
              key={field.name}
              role="columnheader"
              className={`grid-cell grid-${kind.align}`}
              aria-sort={sorted ?? (sortable ? 'none' : undefined)}
            >
              {sortable ? (
                <button type="button" onClick={() => onSort(field.name)} title={field.title}>
                  <span>{field.title}</span>
                  {sorted && <Icon name={sorted === 'ascending' ? 'up' : 'down'} size={12} />}
                </button>
              ) : (
                <span>{field.title}</span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Row({
  row,
  index,
  columns,
  path,
  style,
  selection,
  mark,
}: {
  row: RecordRow;
  index: number;
  columns: Field[];
  path: string;
  style: CSSProperties;
  selection: Selection | undefined;
  mark: Props['mark'];
}) {
  const { t } = useTranslation('records');
  const chosen = selection?.chosen.has(row.id) ?? false;
  return (
    <div
      role="row"
      className={chosen ? 'grid-row grid-body-row grid-chosen' : 'grid-row grid-body-row'}
      aria-rowindex={index + 2}
      style={style}
    >
      {selection && (
        <div role="cell" className="grid-cell grid-select">
          <input
            type="checkbox"
            aria-label={t('bulk.selectOf', { label: row.label })}
            checked={chosen}
            onChange={() => selection.choose([row.id], !chosen)}
          />
          {mark?.(row)}
        </div>
      )}
      {columns.map((field, position) => {
        const cell = (
          <FieldCell
            field={field}
            value={row.fields[field.name]}
            reference={row.references[field.name]}
            currency={currencyOf(field, row.fields)}
          />
        );
        return (
          <div key={field.name} role="cell" className={`grid-cell grid-${kindOf(field).align}`}>
            {position === 0 ? (
              <Link to={path} className="grid-link" data-row-link data-index={index}>
                {field.type === 'reference' || row.fields[field.name] == null ? row.label : cell}
              </Link>
            ) : (
              cell
            )}
          </div>
        );
      })}
    </div>
  );
}

export function Grid(props: Props) {
  const { label, columns, rows, total, sort, onSort, pathOf, busy, foot, selection } = props;
  const { t } = useTranslation('records');
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  });

  function move(by: number): void {
    const focused = document.activeElement?.closest('.grid-body-row');
    const at = Number(focused?.querySelector<HTMLElement>('[data-row-link]')?.dataset.index ?? -1);
    const next = Math.max(0, Math.min(rows.length - 1, at + by));
    virtual.scrollToIndex(next);
    // The row may have to be drawn before it can take the focus.
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`[data-row-link][data-index="${next}"]`)
        ?.focus({ preventScroll: true }),
    );
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    x: () =>
      document.activeElement
        ?.closest('.grid-body-row')
        ?.querySelector<HTMLInputElement>('input[type=checkbox]')
        ?.click(),
  });

  const widths = columns.map((field, index) => (index === 0 ? FIRST_TRACK : kindOf(field).width));
  const tracks = {
    '--tracks': [...(selection ? [SELECT_TRACK] : []), ...widths].join(' '),
  } as CSSProperties;
  return (
    // What scrolls must be reachable by keyboard. A drawn part of a table is no <table>.
    <section
      className="card grid-scroller"
      ref={scroller}
      aria-label={t('gridOf', { label })}
      tabIndex={0}
    >
      <div
        role="table"
        aria-label={label}
        aria-rowcount={(total ?? rows.length) + 1}
        aria-busy={busy}
        className="grid"
        style={tracks}
      >
        <Head columns={columns} sort={sort} onSort={onSort} rows={rows} selection={selection} />
        <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <Row
                key={row.id}
                row={row}
                index={item.index}
                columns={columns}
                path={pathOf(row)}
                selection={selection}
                mark={props.mark}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              />
            );
          })}
        </div>
      </div>
      {foot}
    </section>
  );
}
