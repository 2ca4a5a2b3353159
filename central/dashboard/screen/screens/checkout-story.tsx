// A checkout's story, line by line: when, who, what, and how long after the line before.
import type { Hops } from '../../../latency/hops.ts';
import type { Story } from '../../money-answers.ts';
import { storyOf, type Told } from '../../said/checkout-story.ts';
import { spanWords } from '../../said/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Time } from '../parts/time.tsx';
import { to } from '../route.ts';

const whereWords: Record<Told['where'], string> = {
  box: 'Box',
  central: 'Central',
  processor: 'Processor',
  merchant: 'Merchant',
  person: 'Person',
};

export function StoryLines({ of, hops }: { of: Story; hops: Hops | null }) {
  const lines = storyOf(of, hops);
  return (
    <ol class="story">
      {lines.map(({ key, atMs, where, what, about, tone, review }, i) => (
        <li key={key}>
          <span class="story-when">
            <Time ms={atMs} />
            <span class="quiet">{afterWords(atMs - (lines[i - 1]?.atMs ?? atMs))}</span>
          </span>
          <span class={`story-mark ${tone}`} aria-hidden="true" />
          <span class="story-what">
            <b>{review === undefined ? what : <a href={to('reviews', String(review))}>{what}</a>}</b>{' '}
            <span class="quiet">{about}</span>
          </span>
          <span class="story-where">
            <Badge tone="quiet">{whereWords[where]}</Badge>
          </span>
        </li>
      ))}
    </ol>
  );
}

function afterWords(ms: number): string {
  return ms === 0 ? '' : `+ ${spanWords(ms, 'exact')}`;
}
