// A table of any length: only the rows in sight are made. It stays a table for whoever listens to it, with the number of all rows.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface LongColumn<Row, Name extends string> {
  name: Name;
  title: string;
  /** Numbers stand at the right. */
  number?: boolean;
  cell: (row: Row) => ComponentChildren;
}

export interface Sorting<Name> {
  by: Name;
  down: boolean;
}

/** As in look/tables.css. */
const rowPx = 40;
/** Above and below what is in sight, so that a scroll shows no gap. */
const rowsAside = 8;

export function LongTable<Row, Name extends string>(props: {
  label: string;
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  columns: readonly LongColumn<Row, Name>[];
  sort: Sorting<Name>;
  onSort: (sort: Sorting<Name>) => void;
}) {
  const { label, rows, keyOf, columns, sort, onSort } = props;
  const frame = useRef<HTMLElement>(null);
  const [sight, setSight] = useState({ first: 0, count: 40 });

  const look = () => {
    const { scrollTop = 0, clientHeight = 0 } = frame.current ?? {};
    const first = Math.max(0, Math.floor(scrollTop / rowPx) - rowsAside);
    const count = Math.ceil(clientHeight / rowPx) + 2 * rowsAside;
    setSight((before) => (before.first === first && before.count === count ? before : { first, count }));
  };
  useLayoutEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    if (frame.current) observer.observe(frame.current);
    return () => observer.disconnect();
  }, [rows.length]);

  const first = Math.min(sight.first, Math.max(0, rows.length - sight.count));
  const shown = rows.slice(first, first + sight.count);
  const below = rows.length - first - shown.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls with the arrow keys.
    <section class="long" ref={frame} onScroll={look} tabIndex={0} aria-label={label}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ name, title, number }) => (
              <th
                key={name}
                scope="col"
                class={`c-${name}${number ? ' number' : ''}`}
                aria-sort={sort.by === name ? (sort.down ? 'descending' : 'ascending') : 'none'}
              >
                <button
                  type="button"
                  onClick={() => onSort({ by: name, down: sort.by === name && !sort.down })}
                >
                  {title}
                  <span aria-hidden="true">{sort.by === name ? (sort.down ? ' ↓' : ' ↑') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap px={first * rowPx} columns={columns.length} />
          {shown.map((row, i) => (
            <tr key={keyOf(row)} aria-rowindex={first + i + 2}>
              {columns.map(({ name, number, cell }) => (
                <td key={name} class={`c-${name}${number ? ' number' : ''}`}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Gap px={below * rowPx} columns={columns.length} />
        </tbody>
      </table>
    </section>
  );
}

function Gap({ px, columns }: { px: number; columns: number }) {
  if (px === 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row has no focus; this one is room and nothing else.
    <tr class="gap" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${px}px` }} />
    </tr>
  );
}
