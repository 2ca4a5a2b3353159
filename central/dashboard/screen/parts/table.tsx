// A short table: all its rows at once.
import type { ComponentChildren } from 'preact';

export function Table(props: {
  label: string;
  head: readonly (string | { title: string; number: true })[];
  rows: readonly { key: string | number; cells: readonly ComponentChildren[] }[];
}) {
  const { label, head, rows } = props;
  const isNumber = head.map((one) => typeof one !== 'string');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it is scrolled, by whoever has no finger on it too.
    <section class="short" tabIndex={0} aria-label={`${label}, table`}>
      <table>
        <thead>
          <tr>
            {head.map((one, i) => (
              <th key={i} scope="col" class={isNumber[i] ? 'number' : undefined}>
                {typeof one === 'string' ? one : one.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, i) => (
                <td key={i} class={isNumber[i] ? 'number' : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
