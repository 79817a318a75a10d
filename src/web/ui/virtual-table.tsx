import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

export interface Column<T> {
  name: string;
  /** Left out on narrow screens. */
  wide?: boolean;
  cell: (row: T) => ComponentChildren;
}

interface VirtualTableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  sortedBy: string;
  ascending: boolean;
  onSort: (column: string) => void;
}

/** In the style sheet, too: all rows are equally high, so that those out of sight need not be there. */
const rowHeight = 44;
const overscan = 8;

/** A table of which only the rows in sight are made. */
export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { label, columns, rows, keyOf, sortedBy, ascending, onSort } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [first, setFirst] = useState(0);
  const [inSight, setInSight] = useState(30);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setInSight(Math.ceil(element.clientHeight / rowHeight)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const from = Math.max(0, Math.min(first, rows.length - inSight) - overscan);
  const to = Math.min(rows.length, from + inSight + 2 * overscan);
  return (
    <div
      ref={scroller}
      class="scroller"
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={({ currentTarget }) => setFirst(Math.floor(currentTarget.scrollTop / rowHeight))}
    >
      <table class="virtual" aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ name, wide }) => (
              <th
                key={name}
                scope="col"
                class={wide ? 'wide' : ''}
                aria-sort={name === sortedBy ? (ascending ? 'ascending' : 'descending') : 'none'}
              >
                <button type="button" class="sort" onClick={() => onSort(name)}>
                  {name}
                  <span aria-hidden="true">{name === sortedBy ? (ascending ? ' ▲' : ' ▼') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap rows={from} />
          {rows.slice(from, to).map((row, i) => (
            <tr key={keyOf(row)} aria-rowindex={from + i + 2}>
              {columns.map(({ name, wide, cell }) => (
                <td key={name} class={wide ? 'wide' : ''}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Gap rows={rows.length - to} />
        </tbody>
      </table>
    </div>
  );
}

const Gap = ({ rows }: { rows: number }) =>
  rows > 0 ? <tr aria-hidden="true" class="gap" style={{ height: `${rows * rowHeight}px` }} /> : null;
