// SPDX-License-Identifier: Apache-2.0
// A small table of what is held whole: columns described as data, sorted in the browser where a
// column says by what. The first column is the row's head.
import { type ReactNode, useState } from 'react';
import { Icon } from './icon';

type Sortable = number | string | null | undefined;

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  sort?: (row: Row) => Sortable;
  number?: boolean;
}

export interface Sort {
  column: string;
  down: boolean;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  chosen?: string | undefined;
  tight?: boolean;
}

// What is nothing stands last, whichever way.
function compare(a: Sortable, b: Sortable, down: boolean): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return down ? -order : order;
}

export function sortRows<Row>(
  rows: readonly Row[],
  columns: Column<Row>[],
  sort: Sort | undefined,
): readonly Row[] {
  const by = columns.find(({ key }) => key === sort?.column)?.sort;
  if (!by || !sort) return rows;
  return [...rows].sort((a, b) => compare(by(a), by(b), sort.down));
}

function Head<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
}) {
  const look = column.number ? 'number' : undefined;
  if (!column.sort)
    return (
      <th scope="col" className={look}>
        {column.title}
      </th>
    );
  const on = sort?.column === column.key;
  const state = on ? (sort.down ? 'descending' : 'ascending') : 'none';
  const next = { column: column.key, down: on ? !sort.down : column.number === true };
  return (
    <th scope="col" className={look} aria-sort={state}>
      <button type="button" className="sort-button" onClick={() => onSort(next)}>
        {column.title}
        {on && <Icon name={sort.down ? 'down' : 'up'} size={12} />}
      </button>
    </th>
  );
}

export function DataTable<Row>(props: Props<Row>) {
  const { label, columns, rows, rowKey, chosen, tight } = props;
  const [own, setOwn] = useState<Sort | undefined>();
  const sort = props.sort ?? own;
  const onSort = props.onSort ?? setOwn;
  const look = (column: Column<Row>) => (column.number ? 'number' : undefined);
  return (
    <div className="table-card">
      <table className={tight ? 'table table-tight' : 'table'}>
        <caption className="hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sortRows(rows, columns, sort).map((row) => {
            const key = rowKey(row);
            return (
              <tr key={key} aria-current={key === chosen || undefined}>
                {columns.map((column, index) =>
                  index === 0 ? (
                    <th key={column.key} scope="row" className={look(column)}>
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.key} className={look(column)}>
                      {column.cell(row)}
                    </td>
                  ),
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
