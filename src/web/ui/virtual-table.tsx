import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

export interface Column<T> {
  name: string;
  /** Left out on narrow screens. */
  wide?: boolean;
  /** Of CSS, for what is no use when it is cut off; the others share the rest. */
  width?: string;
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

/** Rows as they are shown, each made once. */
class Lines<T> {
  readonly #columns: readonly Column<T>[];
  readonly #keyOf: (row: T) => string;
  readonly #made = new Map<T, JSX.Element>();

  constructor(columns: readonly Column<T>[], keyOf: (row: T) => string) {
    this.#columns = columns;
    this.#keyOf = keyOf;
  }

  of(row: T, index: number): JSX.Element {
    const known = this.#made.get(row);
    if (known) return known;
    const line = (
      <tr key={this.#keyOf(row)} aria-rowindex={index + 2}>
        {this.#columns.map(({ name, wide, cell }) => (
          <td key={name} class={wide ? 'wide' : ''}>
            {cell(row)}
          </td>
        ))}
      </tr>
    );
    this.#made.set(row, line);
    return line;
  }
}

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

  // a row that stays in sight is the same one, which Preact need not look through
  const lines = useMemo(() => new Lines(columns, keyOf), [columns, rows]);

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
            {columns.map(({ name, wide, width }) => (
              <th
                key={name}
                scope="col"
                class={wide ? 'wide' : ''}
                style={{ width }}
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
          {rows.slice(from, to).map((row, i) => lines.of(row, from + i))}
          <Gap rows={rows.length - to} />
        </tbody>
      </table>
    </div>
  );
}

const Gap = ({ rows }: { rows: number }) =>
  rows > 0 ? <tr aria-hidden="true" class="gap" style={{ height: `${rows * rowHeight}px` }} /> : null;
