// What a person does with an exception, a command for each: every one says why, and is kept in its history and in the audit
// log.
import { type Command, Option } from 'commander';
import { readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import { isAccountName, type Posting } from '../ledger/postings.ts';
import { byCommand } from '../people/actor.ts';
import type { ExceptionActed, ExceptionAction } from '../reconciliation/exceptions.ts';
import { databaseCommand, type Said } from './command.ts';
import { describeException } from './exception-list.ts';
import { exceptionUnknown } from './exception-show.ts';
import { momentArgument } from './moment-argument.ts';
import { numberArgument } from './number-argument.ts';
import { refuseMissing, withStore } from './open-store.ts';
import { secondPersonNeeded } from './review-words.ts';

interface Options {
  config: string;
  note: string;
  to?: string;
  due?: number;
  into?: number;
  posting?: Posting[];
  proposal?: number;
  part?: { amountMinor: number; owner: string | null }[];
}

interface Shape {
  name: ExceptionAction['kind'];
  description: string;
  options?: Option[];
  example: string;
  help?: string;
  action(options: Options): ExceptionAction;
}

const shapes: readonly Shape[] = [
  {
    name: 'assign',
    description: 'say who looks after it',
    options: [new Option('--to <owner>', 'a name or a team; nobody without it')],
    example: 'exception assign 12 --to finance --note "theirs by the amount"',
    action: ({ note, to }) => ({ kind: 'assign', note, owner: to ?? null }),
  },
  {
    name: 'note',
    description: 'add a note; also to one that is settled',
    example: 'exception note 12 --note "asked the bank on the phone"',
    action: ({ note }) => ({ kind: 'note', note }),
  },
  {
    name: 'accept',
    description: 'settle it as it is: nothing is booked',
    example: 'exception accept 12 --note "the bank keeps 5 of every payout"',
    action: ({ note }) => ({ kind: 'accept', note }),
  },
  {
    name: 'correct',
    description: 'settle it by a movement that you write',
    options: [
      new Option('--posting <line>', 'account, amount in minor units and currency; several')
        .argParser(postingArgument)
        .makeOptionMandatory(),
    ],
    help: `Debit above zero, credit below; the lines sum to zero in every currency.`,
    example:
      'exception correct 12 --posting "expense:fee:stripe 5 GBP" --posting "transit:stripe -5 GBP" --note "kept by the bank"',
    action: ({ note, posting = [] }) => ({ kind: 'correct', note, postings: posting }),
  },
  {
    name: 'received',
    description: 'settle what was missing: it has come',
    example: 'exception received 12 --note "came by cheque, see the letter of the 4th"',
    action: ({ note }) => ({ kind: 'received', note }),
  },
  {
    name: 'confirm',
    description: 'settle it as another person proposed',
    options: [proposalOption()],
    help: `Above the limits of reviews.secondPersonAboveMinor accept, correct and received
are proposals; \`exception show\` names their number.`,
    example: 'exception confirm 12 --proposal 31 --note "seen in the statement of the bank"',
    action: ({ note, proposal = 0 }) => ({ kind: 'confirm', note, proposal }),
  },
  {
    name: 'withdraw',
    description: 'take a proposal away; anybody may',
    options: [proposalOption()],
    example: 'exception withdraw 12 --proposal 31 --note "the wrong account"',
    action: ({ note, proposal = 0 }) => ({ kind: 'withdraw', note, proposal }),
  },
  {
    name: 'chase',
    description: 'note that the processor is asked, and until when',
    options: [
      new Option('--due <moment>', 'when the answer should be there')
        .argParser(momentArgument)
        .makeOptionMandatory(),
    ],
    example: 'exception chase 12 --due 2026-12-04 --note "their case 88-123"',
    action: ({ note, due = 0 }) => ({ kind: 'chase', note, dueMs: due }),
  },
  {
    name: 'split',
    description: 'make several of it, each with its amount and owner',
    options: [
      new Option('--part <amount[:owner]>', 'an amount in minor units; several')
        .argParser(partArgument)
        .makeOptionMandatory(),
    ],
    example: 'exception split 12 --part 300:finance --part 70:support --note "two causes"',
    action: ({ note, part = [] }) => ({ kind: 'split', note, parts: part }),
  },
  {
    name: 'merge',
    description: 'make one of it and another',
    options: [
      new Option('--into <number>', 'the one that stays').argParser(numberArgument).makeOptionMandatory(),
    ],
    example: 'exception merge 13 --into 12 --note "the same payout"',
    action: ({ note, into = 0 }) => ({ kind: 'merge', note, into }),
  },
];

export function exceptionActions(): Command[] {
  return shapes.map(({ name, description, options = [], example, help, action }) =>
    databaseCommand(
      {
        name,
        description,
        arguments: [['<number>', 'as `exception list` shows it']],
        options: [...options, new Option('--note <text>', 'why, for the history').makeOptionMandatory()],
        ...(help === undefined ? {} : { help }),
        examples: [`${example} --config central.toml`],
      },
      (dataFolder, given: Options, number: string) => {
        refuseMissing(dataFolder);
        const ref = numberArgument(number);
        const { secondPersonAboveMinor } = readConfig(given.config).reviews;
        const acting = { ref, action: action(given), secondPersonAboveMinor };
        const acted = withStore(dataFolder, (store) => store.actOnException(acting, byCommand()));
        return say(acted, number);
      },
    ),
  );
}

/** @throws CommandError exception_unknown, exception_refused, second_person_needed */
function say(acted: ExceptionActed, number: string): Said {
  switch (acted.kind) {
    case 'done':
    case 'proposed':
      return { result: acted.exception, words: describeException(acted.exception) };
    case 'unknown':
      throw exceptionUnknown(number);
    case 'second_person_needed':
      throw secondPersonNeeded();
    case 'refused':
      throw new CommandError('exception_refused', `not with exception ${number}: ${acted.code}`, acted.hint);
  }
}

function proposalOption(): Option {
  return new Option('--proposal <number>', 'as `exception show` names it')
    .argParser(numberArgument)
    .makeOptionMandatory();
}

function postingArgument(text: string, before: Posting[] = []): Posting[] {
  const [, account = '', amount = '', currency = ''] = /^(\S+) (-?\d{1,15}) ([A-Z]{3})$/.exec(text) ?? [];
  if (isAccountName(account)) return [...before, { account, currency, amountMinor: Number(amount) }];
  const hint = 'Use "expense:fee:stripe 5 GBP": an account of the chart, minor units, a currency.';
  throw new CommandError('argument_malformed', `'${text}' is no posting`, hint);
}

type Part = NonNullable<Options['part']>[number];

function partArgument(text: string, before: Part[] = []): Part[] {
  const [, amount, owner] = /^(-?\d{1,15})(?::(.{1,100}))?$/.exec(text) ?? [];
  if (amount !== undefined) return [...before, { amountMinor: Number(amount), owner: owner ?? null }];
  const hint = 'Use 300 or 300:finance: minor units, and whose it is.';
  throw new CommandError('argument_malformed', `'${text}' is no part`, hint);
}
