// The rows of the fleet, as they are at this moment: read once, then brought up to date by the stream.
import { useEffect, useRef, useState } from 'preact/hooks';
import { mergeRows } from '../said/fleet-view.ts';
import type { FleetRow } from '../said/row.ts';
import { type Answered, read } from './ask.ts';
import { useLive } from './live.ts';

interface Rows {
  atMs: number;
  items: FleetRow[];
}

export function useFleet() {
  const [rows, setRows] = useState<FleetRow[] | null>(null);
  const [failure, setFailure] = useState<Exclude<Answered<Rows>, { kind: 'answered' }> | null>(null);
  /** What the stream said while the whole was on its way: it is the newer word. */
  const meanwhile = useRef<FleetRow[] | null>(null);

  const look = async (byItself: boolean) => {
    meanwhile.current = [];
    const answer = await read<Rows>('/v1/fleet-rows', byItself);
    const newer = meanwhile.current ?? [];
    meanwhile.current = null;
    if (answer.kind === 'answered') setRows(mergeRows(answer.value.items, newer));
    setFailure(answer.kind === 'answered' ? null : answer);
  };
  useEffect(() => void look(false), []);
  useLive({
    // Also when the stream first stands: what changed before that nobody told.
    anew: () => void look(true),
    fleet({ rows: changed }) {
      meanwhile.current?.push(...changed);
      setRows((before) => before && mergeRows(before, changed));
    },
  });
  return { rows, value: rows, failure, again: () => void look(false) };
}
