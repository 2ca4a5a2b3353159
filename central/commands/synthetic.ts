// `synthetic run`, `list`: has a box ask itself for a checkout, and shows those that came.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { byCommand } from '../people/actor.ts';
import type { SyntheticView } from '../synthetic/port.ts';
import { countOption, databaseCommand } from './command.ts';
import { applianceUnknown } from './enrolment-command.ts';
import { momentWords } from './moment.ts';
import { readStore, refuseMissing, withStore } from './open-store.ts';

const lookEveryMs = 250;

export function syntheticRun(): Command {
  return databaseCommand(
    {
      name: 'run',
      description: 'have an appliance make a synthetic checkout, and wait for it',
      arguments: [['<id>', 'the appliance']],
      options: [countOption('--within <seconds>', 'how long it may take').default(30)],
      help: 'It goes the way of every checkout and moves neither money nor goods.\n\nExit codes: 0 it came and the rule approved, 1 it did not come or was refused',
      examples: ['synthetic run leeds-1 --config central.toml'],
    },
    async (dataFolder, { within }: { within: number }, applianceId: string) => {
      refuseMissing(dataFolder);
      const by = byCommand();
      const id = randomUUID();
      const untilMs = by.nowMs + within * 1000;
      const asked = withStore(dataFolder, (store) => store.askSynthetic({ applianceId, id, untilMs }, by));
      if (!asked) throw applianceUnknown(applianceId);
      while (Date.now() < untilMs) {
        const came = readStore(dataFolder, (store) => store.synthetic(id));
        if (came) return cameSaid(came);
        await sleep(lookEveryMs);
      }
      const words = `${applianceId} made no synthetic checkout within ${within} s\nNext: holdfast-central fleet show ${applianceId}`;
      return { result: { applianceId, id, came: false }, words, exitCode: 1 };
    },
  );
}

export function syntheticList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show the newest synthetic checkouts',
      options: [
        new Option('--appliance <id>', 'of this appliance'),
        countOption('--limit <count>', 'how many').default(20),
      ],
      examples: ['synthetic list --appliance leeds-1 --config central.toml'],
    },
    (dataFolder, { appliance, limit }: { appliance?: string; limit: number }) => {
      const items = readStore(dataFolder, (store) =>
        store.synthetics({ applianceId: appliance ?? null, limit }),
      );
      const empty = 'none has come\nNext: holdfast-central synthetic run <id>';
      return { result: { items }, words: items.length === 0 ? empty : items.map(words).join('\n') };
    },
  );
}

function cameSaid(came: SyntheticView) {
  const refused = came.verdict === 'refused';
  return { result: { ...came, came: true }, words: words(came), exitCode: refused ? 1 : 0 };
}

function words({ applianceId, id, by, verdict, reasons, atMs, bookedMs }: SyntheticView): string {
  return [
    momentWords(atMs),
    applianceId,
    `by ${by}`,
    [verdict, ...reasons].join(' '),
    `booked after ${Math.max(0, bookedMs - atMs)} ms`,
    id,
  ].join('  ');
}
