// `payout create`: prepares a payout for every payee and currency that something is due to.
import { type Command, Option } from 'commander';
import { readConfig } from '../config.ts';
import { moneyWords } from '../money-words.ts';
import type { PayoutPrepared } from '../payouts/port.ts';
import type { CarriedReason, PayoutRule } from '../payouts/prepare.ts';
import { byCommand } from '../people/actor.ts';
import { command, configOption } from './command.ts';
import { dayOption } from './ledger-export.ts';
import { refuseMissing, withPort } from './open-store.ts';
import { payeeUnknown } from './payee-show.ts';
import { payoutWords } from './payout-list.ts';

interface Options {
  config: string;
  payee?: string;
  until?: number;
}
type One = { payee: string; currency: string } & PayoutPrepared;

export function payoutCreate(): Command {
  return command(
    {
      name: 'create',
      description: 'prepare a payout for each payee and currency that is due',
      options: [
        configOption().makeOptionMandatory(),
        new Option('--payee <id>', 'this one only'),
        dayOption('--until <day>', 'what was booked before this day (UTC); now unless told'),
      ],
      help: `What is kept back stands in the configuration:
  [payouts]
  keepBackDays = 14
  minimumMinor = { GBP = 1000 }`,
      examples: [
        'payout create --config central.toml',
        'payout create --payee acme --until 2026-12-01 --config central.toml',
      ],
    },
    async ({ config, payee, until }: Options) => {
      const { dataFolder, payouts } = readConfig(config);
      const items = await prepareAll(dataFolder, payee ?? null, until ?? Date.now(), payouts);
      const words = items.map(wordsOf);
      return { result: { items }, words: words.length === 0 ? 'nobody is owed anything' : words.join('\n') };
    },
  );
}

/** One transaction a payee and currency: the running service has its turn between them. */
function prepareAll(
  dataFolder: string,
  only: string | null,
  until: number,
  rule: PayoutRule,
): Promise<One[]> {
  refuseMissing(dataFolder);
  return withPort(dataFolder, async (port) => {
    if (only !== null && (await port.payee(only)) === null) throw payeeUnknown(only);
    const items: One[] = [];
    for (const of of await port.payeeAccounts()) {
      if (only !== null && of.payee !== only) continue;
      items.push({ ...of, ...(await port.preparePayout({ ...of, untilMs: until, rule }, byCommand())) });
    }
    return items;
  });
}

const reasons: Record<CarriedReason, string> = {
  payout_open: 'a payout is on its way; pay it or let it fail first',
  owes_us: 'its refunds are more than what is due',
  nothing_due: 'nothing is due yet',
  below_minimum: 'less than the least that is paid',
  above_limit: 'more than one payout can be of; give an earlier --until',
};

function wordsOf(one: One): string {
  if (one.kind === 'prepared') return payoutWords(one.payout);
  return `${one.payee}: ${moneyWords(one.owedMinor, one.currency)} carried forward, ${reasons[one.reason]}`;
}
