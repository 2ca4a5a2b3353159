// `review list`: what waits for a person, the oldest first.
import { type Command, Option } from 'commander';
import { readConfig } from '../config.ts';
import { type ReviewKind, reviewKinds } from '../people/reviews.ts';
import { countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';
import { reviewWords } from './review-words.ts';

interface Options {
  config: string;
  state: 'waiting' | 'decided' | 'all';
  kind?: ReviewKind;
  appliance?: string;
  limit: number;
  after?: number;
}

export function reviewList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show what waits for a person, the oldest first',
      options: [
        new Option('--state <state>', 'which').choices(['waiting', 'decided', 'all']).default('waiting'),
        new Option('--kind <kind>', 'only these').choices(reviewKinds),
        new Option('--appliance <id>', 'only of this appliance'),
        countOption('--limit <count>', 'how many').default(50),
        countOption('--after <number>', 'go on after this one'),
      ],
      examples: [
        'review list --config central.toml',
        'review list --kind unknown_attempt --config central.toml',
      ],
    },
    (dataFolder, options: Options) => {
      const rules = readConfig(options.config).reviews;
      const { state, kind, appliance, limit, after } = options;
      const page = readStore(dataFolder, (store) =>
        store.reviews({
          state: state === 'all' ? null : state,
          kind: kind ?? null,
          applianceId: appliance ?? null,
          cursor: after ?? null,
          limit,
        }),
      );
      const lines = page.items.map((review) => reviewWords(review, rules));
      if (page.nextCursor !== null) lines.push(`there are more; go on with --after ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'nothing waits for a person' : lines.join('\n') };
    },
  );
}
