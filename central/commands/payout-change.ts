// `payout approve|paid|fail|return`: the steps of a payout.
import { type Command, Option } from 'commander';
import { unreachable } from '../../kit/assert.ts';
import { readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import type { PayoutStep, PayoutView } from '../payouts/port.ts';
import { byCommand } from '../people/actor.ts';
import { command, configOption, countArgument } from './command.ts';
import { refuseMissing, withStore } from './open-store.ts';
import { payoutWords } from './payout-list.ts';
import { payoutUnknown } from './payout-show.ts';

type Verb = 'approve' | 'paid' | 'fail' | 'return';
interface Options {
  config: string;
  reference?: string;
  reason?: string;
}

const descriptions: Record<Verb, string> = {
  approve: 'let a prepared payout be paid; somebody else than who prepared it',
  paid: 'say that an approved payout was paid, and book it',
  fail: 'end a payout that was not paid; its lines are owed again',
  return: 'say that the bank gave a paid one back; it is owed again',
};

export function payoutChange(verb: Verb): Command {
  const said = wordOf(verb);
  return command(
    {
      name: verb,
      description: descriptions[verb],
      arguments: [['<number>', 'the payout']],
      options: [configOption().makeOptionMandatory(), ...(said ? [said.option.makeOptionMandatory()] : [])],
      examples: [`payout ${verb} 7${said ? ` ${said.example}` : ''} --config central.toml`],
    },
    (options: Options, text: string) => {
      const payout = change(options.config, countArgument('NUMBER', text), stepOf(verb, options));
      return { result: payout, words: payoutWords(payout) };
    },
  );
}

function wordOf(verb: Verb): { option: Option; example: string } | null {
  if (verb === 'approve') return null;
  return verb === 'paid'
    ? { option: new Option('--reference <text>', 'of the transfer'), example: '--reference BACS-7' }
    : { option: new Option('--reason <text>', 'why'), example: '--reason "account closed"' };
}

function stepOf(verb: Verb, { reference = '', reason = '' }: Options): PayoutStep {
  switch (verb) {
    case 'approve':
      return { kind: 'approved' };
    case 'paid':
      return { kind: 'paid', reference };
    case 'fail':
      return { kind: 'failed', reason };
    case 'return':
      return { kind: 'returned', reason };
    default:
      return unreachable(verb);
  }
}

/** @throws CommandError payout_unknown, payout_refused */
function change(config: string, number: number, step: PayoutStep): PayoutView {
  const { dataFolder, payouts, reviews } = readConfig(config);
  refuseMissing(dataFolder);
  const { approveOwn } = payouts;
  const { secondPersonAboveMinor } = reviews;
  const changed = withStore(dataFolder, (store) =>
    store.changePayout({ number, step, rules: { approveOwn, secondPersonAboveMinor } }, byCommand()),
  );
  switch (changed.kind) {
    case 'changed':
      return changed.payout;
    case 'payout_unknown':
      throw payoutUnknown(number);
    case 'not_now':
      throw new CommandError(
        'payout_refused',
        `payout ${number} is ${changed.state}`,
        'A payout is prepared, approved, paid; it fails before it is paid, and is returned after.',
      );
    case 'same_person':
      throw new CommandError(
        'payout_refused',
        `who prepared payout ${number} does not approve it`,
        'Let somebody else approve it; up to reviews.secondPersonAboveMinor payouts.approveOwn lets you.',
      );
  }
}
