// What stands above one of many: the way back to the list, its name, and how it is.
import type { ComponentChildren } from 'preact';
import { to } from '../route.ts';

export function Title(props: {
  back: readonly [path: readonly string[], words: string];
  name: ComponentChildren;
  children?: ComponentChildren;
}) {
  const [path, words] = props.back;
  return (
    <div class="title">
      <p class="back">
        <a href={to(...path)}>{words}</a> ›
      </p>
      <h1>{props.name}</h1>
      {props.children}
    </div>
  );
}
