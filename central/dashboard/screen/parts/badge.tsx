// A state in a word and a colour; the word alone says it too.
import type { FleetRow } from '../../said/row.ts';
import { stateWords, type Tone } from '../../said/words.ts';

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function StateBadge({ state }: { state: FleetRow['state'] }) {
  const { words, tone } = stateWords[state];
  return <Badge tone={tone}>{words}</Badge>;
}
