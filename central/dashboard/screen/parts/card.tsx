// A part of a screen with a name.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export function Card(props: {
  title: string;
  aside?: ComponentChildren;
  shape?: 'wide';
  children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={`card ${props.shape ?? ''}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

/** Facts in two columns: a name, and what is so. */
export function Facts({ of }: { of: readonly (readonly [name: string, what: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {of.map(([name, what]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
