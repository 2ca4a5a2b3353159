// A list of central's, page by page: the first is kept up to date, what follows is read when somebody asks for more.
import { useState } from 'preact/hooks';
import { read, refusalWords } from './ask.ts';
import { type Standing, useAnswer } from './use-answer.ts';

interface Page<Item> {
  items: Item[];
  nextCursor: number | string | null;
}

export interface Pages<Item> {
  /** What there is so far; null: nothing was answered yet. */
  items: Item[] | null;
  first: Standing<Page<Item>>;
  /** Reads the next page; null: this is all. */
  more: (() => void) | null;
  /** Why the next page was not read. */
  said: string;
}

interface Rest<Item> {
  /** Of the list that it follows. */
  path: string;
  after: number | string;
  page: Page<Item>;
}

/** @param path with its query, without a cursor */
export function usePages<Item>(path: string, concerns: (about: string) => boolean): Pages<Item> {
  const first = useAnswer<Page<Item>>(path, concerns);
  const [rest, setRest] = useState<Rest<Item> | null>(null);
  const [said, setSaid] = useState('');
  const begin = first.value?.nextCursor ?? null;
  // Where the first page has moved on, there would be a gap between it and the rest: it is read anew.
  const standing = rest?.path === path && rest.after === begin ? rest.page : null;
  const next = standing === null ? begin : standing.nextCursor;

  const readMore = async (after: number | string, cursor: number | string) => {
    const at = `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
    const answer = await read<Page<Item>>(at);
    if (answer.kind !== 'answered') return setSaid(refusalWords(answer));
    setSaid('');
    const { items, nextCursor } = answer.value;
    setRest({ path, after, page: { items: [...(standing?.items ?? []), ...items], nextCursor } });
  };
  return {
    first,
    said,
    items: first.value && [...first.value.items, ...(standing?.items ?? [])],
    more: begin === null || next === null ? null : () => void readMore(begin, next),
  };
}
