// `journal doubts`, `journal settle`: which seqs of damaged journals central lacks, and a person's word on them.
import { type Command, Option } from 'commander';
import { unreachable } from '../../kit/assert.ts';
import { type DoubtState, doubtStates } from '../doubts/port.ts';
import { doubtWords } from '../doubts/words.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { countArgument, countOption, databaseCommand } from './command.ts';
import { reasonOption } from './note.ts';
import { readStore, refuseMissing, withStore } from './open-store.ts';

interface Options {
  state: DoubtState | 'all';
  appliance?: string;
  limit: number;
  after?: number;
}

export function journalDoubts(): Command {
  return databaseCommand(
    {
      name: 'doubts',
      description: 'show the seqs of damaged journals that central lacks',
      options: [
        new Option('--state <state>', 'which').choices([...doubtStates, 'all']).default('open'),
        new Option('--appliance <id>', 'only of this appliance'),
        countOption('--limit <count>', 'how many').default(50),
        countOption('--after <number>', 'go on after this one'),
      ],
      examples: [
        'journal doubts --config central.toml',
        'journal doubts --state all --appliance leeds-1 --config central.toml',
      ],
    },
    (dataFolder, { state, appliance, limit, after }: Options) => {
      const page = readStore(dataFolder, (store) =>
        store.doubts({
          state: state === 'all' ? null : state,
          applianceId: appliance ?? null,
          cursor: after ?? null,
          limit,
        }),
      );
      const lines = page.items.map(doubtWords);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --after ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'no seq is in doubt' : lines.join('\n') };
    },
  );
}

export function journalSettle(): Command {
  return databaseCommand(
    {
      name: 'settle',
      description: 'say how a range in doubt was seen to; nothing is booked by it',
      arguments: [['<number>', 'as `journal doubts` shows it']],
      options: [
        reasonOption('--reason <words>', 'what became of it, for whoever reads it later'),
        new Option('--evidence <words>', 'where what proves it lies'),
      ],
      help: 'docs/operations/doubts.md says what to look at first.',
      examples: [
        'journal settle 3 --reason "no slip of these numbers was handed out" --evidence "ticket 4711" --config central.toml',
      ],
    },
    (dataFolder, { reason, evidence }: { reason: string; evidence?: string }, given: string) => {
      refuseMissing(dataFolder);
      const number = countArgument('<number>', given);
      const said = withStore(dataFolder, (store) =>
        store.settleDoubt({ number, reason, evidence: evidence ?? null }, byCommand()),
      );
      switch (said.kind) {
        case 'settled':
          return { result: said.doubt, words: doubtWords(said.doubt) };
        case 'doubt_unknown':
          throw new CommandError('doubt_unknown', `there is no doubt ${number}`, 'See `journal doubts`.');
        case 'ended_already':
          throw new CommandError(
            'doubt_ended',
            `doubt ${number} is ${said.doubt.state}`,
            'What was said of it stands. See `journal doubts --state all`.',
          );
        default:
          return unreachable(said);
      }
    },
  );
}
