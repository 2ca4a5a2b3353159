// An amount as the viewer's language writes it.
import { moneyWords } from '../../said/words.ts';

export function Money({ minor, currency }: { minor: number | null; currency: string | null }) {
  if (minor === null || currency === null) return <span class="quiet">–</span>;
  return <span class="number">{moneyWords(minor, currency)}</span>;
}
