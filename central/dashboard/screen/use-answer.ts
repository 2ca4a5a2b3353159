// What a screen shows of central: read when it is opened, read again when the stream says so, kept while central is away.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { gather } from '../said/gather.ts';
import { type Answered, read } from './ask.ts';
import { useLive } from './live.ts';

export interface Standing<T> {
  /** The newest that was answered; null: none yet. */
  value: T | null;
  /** Why the last reading failed; null: it did not. */
  failure: Exclude<Answered<T>, { kind: 'answered' }> | null;
  again(): void;
}

/** Between two readings of one screen however much changes. */
const gatherMs = 1000;

/** @param concerns whether a change makes it worth to read again; every one unless said */
export function useAnswer<T>(path: string, concerns: (about: string) => boolean = () => true): Standing<T> {
  const [value, setValue] = useState<T | null>(null);
  const [failure, setFailure] = useState<Standing<T>['failure']>(null);
  const asked = useRef(path);
  asked.current = path;

  const look = useCallback(async (byItself: boolean) => {
    const mine = asked.current;
    const answer = await read<T>(mine, byItself);
    // Another one is shown by now.
    if (mine !== asked.current) return;
    if (answer.kind === 'answered') setValue(answer.value);
    setFailure(answer.kind === 'answered' ? null : answer);
  }, []);
  const { soon, forget } = useMemo(() => gather(() => void look(true), gatherMs), []);

  useEffect(() => {
    setValue(null);
    setFailure(null);
    void look(false);
    return forget;
  }, [path]);
  useLive({
    anew: soon,
    changed: ({ route }) => concerns(route) && soon(),
    fleet: ({ rows }) => rows.some(({ id }) => concerns(`fleet ${id}`)) && soon(),
  });
  return { value, failure, again: () => void look(false) };
}
