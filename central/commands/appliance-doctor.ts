// `appliance doctor`: has a box look at everything it needs, from here, and says what it found.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { DoctorCheck } from '../../contract/doctor.ts';
import type { HeardDoctor } from '../doctor/port.ts';
import { doctorAskedForMs } from '../doctor/routes.ts';
import { fleetAtRest } from '../fleet/sqlite/fleet-file.ts';
import { byCommand } from '../people/actor.ts';
import { countOption, databaseCommand, type Said } from './command.ts';
import { applianceUnknown } from './enrolment-command.ts';
import { momentWords } from './moment.ts';
import { readStore, refuseMissing, withStore } from './open-store.ts';

const lookEveryMs = 500;
const unanswered = 3;

export function applianceDoctor(): Command {
  return databaseCommand(
    {
      name: 'doctor',
      description: "have an appliance's doctor look, and wait for what it finds",
      arguments: [['<id>', 'the appliance']],
      options: [
        countOption('--within <seconds>', 'how long it may take').default(doctorAskedForMs / 1000),
        new Option('--last', 'ask nothing: show what it found last'),
      ],
      help: 'It disturbs neither kiosks nor the journal. Two who ask at once share one look.\n\nExit codes: 0 all is well, 1 warnings, 2 errors, or it could not look,\n  3 nothing came',
      examples: [
        'appliance doctor leeds-1 --config central.toml',
        'appliance doctor leeds-1 --last --json --config central.toml',
      ],
    },
    async (dataFolder, { within, last }: { within: number; last?: true }, applianceId: string) => {
      refuseMissing(dataFolder);
      if (readStore(dataFolder, (store) => store.fleetMember(applianceId)) === null)
        throw applianceUnknown(applianceId);
      if (last) {
        const found = heardOf(dataFolder, applianceId);
        return found === null ? nothing(applianceId, 'its doctor never looked for central') : said(found);
      }
      const by = byCommand();
      const wish = {
        ...{ applianceId, id: randomUUID(), untilMs: by.nowMs + within * 1000 },
        cameId: heardOf(dataFolder, applianceId)?.result.id ?? null,
      };
      const asked = withStore(dataFolder, (store) => store.askDoctor(wish, by));
      if (!asked) throw applianceUnknown(applianceId);
      while (Date.now() < wish.untilMs) {
        const found = heardOf(dataFolder, applianceId);
        if (found?.result.id === asked.id) return said(found);
        await sleep(lookEveryMs);
      }
      return nothing(applianceId, `it said nothing within ${within} s: away, busy, or of an older release`);
    },
  );
}

function heardOf(dataFolder: string, applianceId: string): HeardDoctor | null {
  const file = fleetAtRest(dataFolder);
  try {
    return file.doctorOf(applianceId);
  } finally {
    file.close();
  }
}

function nothing(applianceId: string, why: string): Said {
  const words = `${applianceId}: ${why}\nNext: holdfast-central fleet show ${applianceId}`;
  return { result: { applianceId, found: null }, words, exitCode: unanswered };
}

function said({ result, heardMs }: HeardDoctor): Said {
  const { checks, failure, leftOut } = result;
  const lines = checks.flatMap(({ state, code, words, hint }) => [
    `${marks[state]}  ${code.padEnd(16)} ${words}`,
    ...(hint === undefined ? [] : [`${' '.repeat(26)}${hint}`]),
  ]);
  if (leftOut > 0) lines.push(`${leftOut} more found nothing; all of them at the box: holdfast doctor`);
  if (failure !== null) lines.push(failure);
  const has = (state: DoctorCheck['state']) => checks.some((check) => check.state === state);
  const exitCode = failure !== null || has('error') ? 2 : has('warning') ? 1 : 0;
  const words = [`heard ${momentWords(heardMs)}`, ...lines].join('\n');
  return { result: { found: { ...result, heardMs } }, words, exitCode };
}

/** As `holdfast doctor` says it at the box. */
const marks = {
  ok: 'ok     ',
  warning: 'warning',
  error: 'ERROR  ',
  unknown: '?      ',
} as const satisfies Record<DoctorCheck['state'], string>;
