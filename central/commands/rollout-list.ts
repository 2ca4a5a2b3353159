// `rollout list`, `show`: how far each is, and what became of each box.
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import { type BoxState, boxStates } from '../rollout/next.ts';
import { boxLine, eventLine, rolloutLines, rolloutWords } from '../rollout/words.ts';
import { countArgument, countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function rolloutList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show rollouts, the newest first',
      options: [
        countOption('--limit <count>', 'how many').default(50),
        countOption('--before <number>', 'go on before this one'),
      ],
      examples: ['rollout list --config central.toml'],
    },
    (dataFolder, { limit, before }: { limit: number; before?: number }) => {
      const page = readStore(dataFolder, (store) => store.rollouts({ cursor: before ?? null, limit }));
      const lines = page.items.map(rolloutWords);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --before ${page.nextCursor}`);
      const empty = 'no rollout was made\nNext: holdfast-central rollout create';
      return { result: page, words: lines.length === 0 ? empty : lines.join('\n') };
    },
  );
}

export function rolloutShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show how far a rollout is, with its boxes or its history',
      arguments: [['<number>', 'the rollout']],
      options: [
        new Option('--boxes <state>', 'list the boxes of this state').choices(boxStates),
        countOption('--limit <count>', 'how many boxes').default(200),
        new Option('--history', 'list what happened'),
      ],
      examples: ['rollout show 12 --boxes failed --config central.toml'],
    },
    (dataFolder, options: { boxes?: BoxState; limit: number; history?: boolean }, text: string) => {
      const number = countArgument('NUMBER', text);
      const { boxes: state, limit, history } = options;
      return readStore(dataFolder, (store) => {
        const rollout = store.rollout(number);
        if (rollout === null) throw rolloutUnknown(number);
        const boxes = state ? store.rolloutBoxes({ number, state, after: -1, limit }).items : [];
        const events = history ? store.rolloutEvents({ number, after: 0, limit: 1000 }).items : [];
        const lines = [...rolloutLines(rollout), ...boxes.map(boxLine), ...events.map(eventLine)];
        return {
          result: { rollout, ...(state && { boxes }), ...(history && { events }) },
          words: lines.join('\n'),
        };
      });
    },
  );
}

export function rolloutUnknown(number: number): CommandError {
  return new CommandError('rollout_unknown', `there is no rollout ${number}`, 'See `rollout list`.');
}
