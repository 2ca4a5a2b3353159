// A whole in parts: as a bar for the eye, and in words for whoever does not see it.
import { type Part, partsWords } from '../../said/rollout-words.ts';

export function ShareBar({ label, parts }: { label: string; parts: readonly Part[] }) {
  const all = parts.reduce((sum, { count }) => sum + count, 0);
  return (
    <div class="share-bar" role="img" aria-label={`${label}: ${partsWords(parts)}`}>
      {all > 0 &&
        parts.map(({ words, count, fill }) => (
          <span key={words} class={`fill-${fill}`} style={{ width: `${(count * 100) / all}%` }} />
        ))}
    </div>
  );
}

export function ShareWords({ parts }: { parts: readonly Part[] }) {
  return (
    <ul class="share-words">
      {parts.map(({ words, count, fill }) => (
        <li key={words}>
          <span class={`swatch fill-${fill}`} aria-hidden="true" /> <b>{count}</b> {words.toLowerCase()}
        </li>
      ))}
    </ul>
  );
}
