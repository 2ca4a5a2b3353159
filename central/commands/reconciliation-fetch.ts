// `reconciliation fetch`: takes in what was brought to the inbox, or what a processor says when it is asked.
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import type { Fetched } from '../reconciliation/inbox.ts';
import { counted } from './command.ts';
import { momentArgument } from './moment-argument.ts';
import { numberArgument } from './number-argument.ts';
import { refuseMissing, withPort } from './open-store.ts';
import {
  askByHand,
  configuredCommand,
  fetchByHand,
  usualRange,
  type Wanted,
} from './reconciliation-command.ts';

interface Options {
  processor?: string;
  from?: number;
  until?: number;
  batch?: number;
}

export function reconciliationFetch(): Command {
  return configuredCommand(
    {
      name: 'fetch',
      description: 'take in every file in the inbox, or ask a processor for its report',
      options: [
        new Option('--processor <name>', 'ask it for its reports that are not here yet'),
        new Option('--from <moment>', 'of payouts since then; 8 days before the end unless told').argParser(
          momentArgument,
        ),
        new Option('--until <moment>', 'and before then; the last midnight (UTC) unless told').argParser(
          momentArgument,
        ),
        new Option('--batch <number>', "of Adyen's reports this one").argParser(numberArgument),
      ],
      help: `The inbox holds processors/NAME and banks/ACCOUNT; a file goes to done or
failed there. Write it under a name that ends in .part and rename it when it is
whole.

Stripe is asked for payouts with all that they paid out, Adyen for the reports
of batches: the next ones until one is not there, and those passed over.`,
      examples: [
        'reconciliation fetch --config central.toml --json',
        'reconciliation fetch --processor stripe --config central.toml',
      ],
    },
    async (config, options: Options) => {
      const wanted = wantedOf(options);
      refuseMissing(config.dataFolder);
      const { processor } = options;
      const fetched = await withPort(config.dataFolder, async (port) =>
        processor === undefined ? fetchByHand(config, port) : askByHand(config, port, processor, wanted),
      );
      const nothing = processor === undefined ? 'The inbox is empty.' : `${processor} has no new report.`;
      const words = fetched.length === 0 ? nothing : fetched.map(describeFetched).join('\n');
      const exitCode = fetched.some(({ outcome }) => outcome.kind === 'failed') ? 1 : 0;
      return { result: { fetched }, words, exitCode };
    },
  );
}

/** @throws CommandError argument_malformed */
function wantedOf({ processor, from, until, batch }: Options): Wanted {
  const isTimed = (from ?? until) !== undefined;
  if (processor === undefined && (isTimed || batch !== undefined)) {
    const hint = 'Name it with --processor; the inbox is always taken whole.';
    throw new CommandError('argument_malformed', 'which processor is to be asked?', hint);
  }
  if (isTimed && batch !== undefined) {
    const hint = 'Leave out --batch, or --from and --until.';
    throw new CommandError('argument_malformed', 'a batch has its own time', hint);
  }
  if (!isTimed) return batch === undefined ? {} : { batch };
  const usual = usualRange(until ?? Date.now());
  const untilMs = until ?? usual.untilMs;
  const fromMs = from ?? usual.fromMs;
  if (fromMs < untilMs) return { range: { fromMs, untilMs } };
  throw new CommandError(
    'argument_malformed',
    'no time lies between --from and --until',
    'Change one of them.',
  );
}

export function describeFetched({ source: { side, source }, name, outcome }: Fetched): string {
  const from = `${side} ${source}, ${name}`;
  switch (outcome.kind) {
    case 'imported':
      return `${from}: file ${outcome.file.ref}, ${counted(outcome.file.rows, 'row')}, ${outcome.file.setAside} set aside`;
    case 'known':
      return `${from}: imported before as file ${outcome.file.ref}`;
    case 'failed':
      return `${from}: FAILED ${outcome.code}: ${outcome.message}`;
  }
}
