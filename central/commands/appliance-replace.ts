// `appliance replace`: a new box for the site of an old one. What the old one wrote is here, or somebody signs for the rest.
import { type Command, Option } from 'commander';
import { unreachable } from '../../kit/assert.ts';
import { readConfig } from '../config.ts';
import type { ApplianceReplaced, ReplacementView } from '../enrolment/standing-port.ts';
import { missingWords } from '../enrolment/words.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { notReceived } from './appliance-deny.ts';
import { countOption, databaseCommand, type Said } from './command.ts';
import {
  applianceUnknown,
  assertApplianceId,
  codeDays,
  deniedAlready,
  estOf,
  freshCode,
  slipSaid,
} from './enrolment-command.ts';
import { noteOption } from './note.ts';
import { refuseMissing, withStore } from './open-store.ts';

interface Options {
  config: string;
  journal: 'handed_over' | 'declared';
  lastSeq?: number;
  worthMinor?: number;
  currency?: string;
  appliance?: string;
  note: string;
  html?: string;
}

export function applianceReplace(): Command {
  return databaseCommand(
    {
      name: 'replace',
      description: 'end an old box and make the code for the new one in its place',
      arguments: [['<old>', 'the appliance that goes']],
      options: [
        new Option('--journal <state>', 'of the old box')
          .choices(['handed_over', 'declared'])
          .makeOptionMandatory(),
        countOption('--last-seq <seq>', 'the last entry by its screen, if it can be read'),
        new Option('--worth-minor <amount>', 'what the missing entries are worth').argParser(amount),
        new Option('--currency <code>', 'of that amount').argParser(currencyCode),
        new Option('--appliance <id>', 'the id of the new box; the next of the site unless given'),
        new Option('--html <file>', 'write a page to print too'),
        noteOption('what happened, signed by whoever runs this'),
      ],
      help: `handed_over: all that it wrote was received; refused where it was not.
declared: what is missing is named as far as it is known, and you sign for it.
Above reviews.secondPersonAboveMinor, or without an amount, a second person
confirms with the same command.`,
      examples: [
        'appliance replace leeds-2-1 --journal handed_over --note "fan broken" --config central.toml',
        'appliance replace leeds-2-1 --journal declared --worth-minor 12000 --currency GBP --note "burnt" --config central.toml',
      ],
    },
    (dataFolder, options: Options, oldId: string) => {
      refuseMissing(dataFolder);
      const { config, journal, lastSeq = null, appliance = null, note, html } = options;
      if (appliance !== null) assertApplianceId(appliance);
      const { est, root } = estOf(config);
      const { code, codeHash } = freshCode();
      const by = byCommand();
      const asked = {
        ...{ oldId, newId: appliance, journal, lastSeq, worth: worthOf(options), note, codeHash },
        secondPersonAboveMinor: readConfig(config).reviews.secondPersonAboveMinor,
        expiresMs: by.nowMs + codeDays * 86_400_000,
      };
      const replaced = withStore(dataFolder, (store) => store.replaceAppliance(asked, by));
      return said(replaced, oldId, (enrolment) =>
        slipSaid(enrolment, { est, root, code, ...(html !== undefined && { html }) }),
      );
    },
  );
}

function said(
  replaced: ApplianceReplaced,
  oldId: string,
  slipOf: (enrolment: Parameters<typeof slipSaid>[0]) => ReturnType<typeof slipSaid>,
): Said {
  switch (replaced.kind) {
    case 'replaced': {
      const { replacement, enrolment } = replaced;
      const { slip, words } = slipOf(enrolment);
      return {
        result: { replacement, enrolment, slip },
        words: `${replacementWords(replacement)}\n${words}`,
      };
    }
    case 'proposed':
      return {
        result: { replacement: replaced.replacement },
        words: `${replacementWords(replaced.replacement)}\nIt waits for a second person, who confirms by the same command.`,
      };
    case 'second_person_needed':
      throw new CommandError(
        'second_person_needed',
        'you proposed this yourself',
        'Another person must confirm it by the same command.',
      );
    case 'proposal_differs':
      throw new CommandError(
        'appliance_refused',
        'another person proposed something else',
        `Say the same to confirm it: ${replacementWords(replaced.replacement)}`,
      );
    case 'appliance_unknown':
      throw applianceUnknown(oldId);
    case 'site_missing':
      throw new CommandError(
        'appliance_refused',
        'it stands at no site',
        'Make a code with `enrolment create` instead.',
      );
    case 'new_appliance_known':
      throw new CommandError(
        'appliance_refused',
        'the new id is taken',
        'Leave --appliance out, or name a new one.',
      );
    case 'denied_already':
      throw deniedAlready(replaced.denial);
    case 'not_received':
      throw notReceived(replaced.missing);
    default:
      return unreachable(replaced);
  }
}

function replacementWords(replacement: ReplacementView): string {
  const { oldId, newId, site, journal, missing, currency, amountMinor } = replacement;
  const worth = currency === null ? 'of unknown worth' : `worth ${amountMinor} ${currency} in minor units`;
  return [
    `${oldId} at ${site} is replaced by ${newId}: its journal is ${journal === 'declared' ? `declared, ${worth}` : 'handed over'}`,
    ...missingWords(missing),
  ].join('\n');
}

/** @throws CommandError argument_malformed */
function worthOf({ worthMinor, currency }: Options): { currency: string; amountMinor: number } | null {
  if (worthMinor === undefined && currency === undefined) return null;
  if (worthMinor !== undefined && currency !== undefined) return { currency, amountMinor: worthMinor };
  const hint = 'Give --worth-minor and --currency together, or neither when nobody can say.';
  throw new CommandError('argument_malformed', 'an amount needs its currency', hint);
}

function amount(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new CommandError(
    'argument_malformed',
    `'${text}' is no amount`,
    'Give a whole number of minor units.',
  );
}

function currencyCode(text: string): string {
  if (/^[A-Z]{3}$/.test(text)) return text;
  throw new CommandError(
    'argument_malformed',
    `'${text}' is no currency`,
    'Give three letters, such as GBP.',
  );
}
