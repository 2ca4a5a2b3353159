// Below a list that goes on.
import type { Pages } from '../use-pages.ts';
import { Refusal } from './dialog.tsx';

export function More<Item>({ of: { more, said } }: { of: Pages<Item> }) {
  if (more === null) return null;
  return (
    <div class="more">
      <button type="button" onClick={more}>
        Show more
      </button>
      <Refusal words={said} />
    </div>
  );
}
