// The rows of the fleet, as they are at this moment: read once, then brought up to date by the stream.
import { useEffect, useRef, useState } from 'preact/hooks';
import { mergeRows } from '../said/fleet-view.ts';
import { covers } from '../said/position.ts';
import type { FleetRow } from '../said/row.ts';
import { type Answered, read } from './ask.ts';
import { useLive } from './live.ts';

interface Rows {
  atMs: number;
  /** Of the newest event that is a part of them. */
  position: string;
  items: FleetRow[];
}

export function useFleet() {
  const [rows, setRows] = useState<FleetRow[] | null>(null);
  const [failure, setFailure] = useState<Exclude<Answered<Rows>, { kind: 'answered' }> | null>(null);
  /** What the stream said while the whole was on its way: it is the newer word. */
  const meanwhile = useRef<FleetRow[] | null>(null);
  /** How far what was read goes, and from where on the stream says everything. */
  const known = useRef({ through: '', toldFrom: '' });
  const isWhole = () => covers(known.current.through, known.current.toldFrom);

  const look = async (byItself: boolean) => {
    const { toldFrom } = known.current;
    meanwhile.current = [];
    const answer = await read<Rows>('/v1/fleet-rows', byItself);
    const newer = meanwhile.current ?? [];
    meanwhile.current = null;
    setFailure(answer.kind === 'answered' ? null : answer);
    if (answer.kind !== 'answered') return;
    setRows(mergeRows(answer.value.items, newer));
    known.current.through = answer.value.position;
    // The stream came to stand on the way, after it was read: between the two something may have changed.
    if (known.current.toldFrom !== toldFrom && !isWhole()) void look(true);
  };
  useEffect(() => void look(false), []);
  useLive({
    anew(_, position) {
      known.current.toldFrom = position;
      if (meanwhile.current === null && !isWhole()) void look(true);
    },
    fleet({ rows: changed }) {
      meanwhile.current?.push(...changed);
      setRows((before) => before && mergeRows(before, changed));
    },
  });
  return { rows, value: rows, failure, again: () => void look(false) };
}
