// `reconciliation shadow`: two processors side by side, and whether one may take the other's place.
import { type Command, Option } from 'commander';
import { exitCodes } from '../errors.ts';
import { moneyWords } from '../money-words.ts';
import { readRules } from '../reconciliation/rule-file.ts';
import { rulesFor } from '../reconciliation/rules.ts';
import {
  judgeShadow,
  type ProcessorPeriod,
  type ShadowPeriod,
  type ShadowVerdict,
  type Volume,
} from '../reconciliation/shadow.ts';
import { readShadow } from '../reconciliation/sqlite/shadow.ts';
import { openForReading } from '../reconciliation/sqlite/sides.ts';
import { counted, countOption } from './command.ts';
import { describeException } from './exception-list.ts';
import { momentArgument } from './moment-argument.ts';
import { refuseMissing } from './open-store.ts';
import { configuredCommand } from './reconciliation-command.ts';

const dayMs = 86_400_000;

interface Options {
  from: string;
  to: string;
  periods?: number;
  days?: number;
  until?: number;
}

export function reconciliationShadow(): Command {
  return configuredCommand(
    {
      name: 'shadow',
      description: 'compare two processors, and say whether one may replace the other',
      options: [
        new Option('--from <name>', 'the processor of today').makeOptionMandatory(),
        new Option('--to <name>', 'the one that is to take over').makeOptionMandatory(),
        countOption('--periods <count>', 'settlement periods; 2 unless told'),
        countOption('--days <count>', 'how long a period is; 7 unless told'),
        new Option('--until <moment>', 'the end of the last one; the last midnight unless told').argParser(
          momentArgument,
        ),
      ],
      help: `Exit 0 when it is ready: every period of both is reconciled, nothing is open,
and the volumes are comparable. Every discrepancy is listed.`,
      examples: ['reconciliation shadow --from stripe --to adyen --periods 2 --config central.toml'],
    },
    (config, { from, to, periods = 2, days = 7, until }: Options) => {
      refuseMissing(config.dataFolder);
      const rules = readRules(config.reconciliation.rules ?? null);
      const untilMs = until ?? Math.floor(Date.now() / dayMs) * dayMs;
      const reportMs = (processor: string) => rulesFor(rules, processor).reportDaysMax * dayMs;
      const db = openForReading(config.dataFolder);
      try {
        const question = { from, to, untilMs, periods, periodMs: days * dayMs, reportMs };
        const compared = readShadow(db, question);
        const verdict = judgeShadow(compared, rules.shadowVolumePercentMin);
        const exitCode = verdict.verdict === 'ready' ? 0 : exitCodes.cut_over_not_ready;
        return { result: { ...verdict, periods: compared }, words: describe(compared, verdict), exitCode };
      } finally {
        db.close();
      }
    },
  );
}

function describe(periods: readonly ShadowPeriod[], { verdict, reasons }: ShadowVerdict): string {
  return [
    ...periods.flatMap(({ fromMs, toMs, from, to }, at) => [
      `period ${at + 1}: ${day(fromMs)} to ${day(toMs)}`,
      ...[from, to].flatMap(describeSide),
    ]),
    ...reasons.map(
      ({ reason, period, processor, words }) =>
        `NOT READY ${reason}${period === null ? '' : `, period ${period}`}${processor === null ? '' : `, ${processor}`}: ${words}`,
    ),
    verdict === 'ready' ? 'READY: nothing is unexplained on either side.' : 'The cut-over is NOT ready.',
  ].join('\n');
}

function describeSide({ processor, collected, reported, discrepancies }: ProcessorPeriod): string[] {
  return [
    `  ${processor}: collected ${describeVolumes(collected)}; reported ${describeVolumes(reported)}`,
    ...discrepancies.map((exception) => `  ${describeException(exception)}`),
  ];
}

function describeVolumes(volumes: readonly Volume[]): string {
  const words = volumes.map(
    ({ rows, amountMinor, feeMinor, currency }) =>
      `${counted(rows, 'row')}, ${moneyWords(amountMinor, currency)}${feeMinor === 0n ? '' : ` with ${moneyWords(feeMinor, currency)} of fees`}`,
  );
  return words.join(', ') || 'nothing';
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
