// The launcher and what changes the slots: after a loss of power between any two steps, a whole program starts.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { ownSchemas } from '../store/own-schemas.ts';
import { launch, launchedAs } from './launch.ts';
import { noSlots, prove, returnFrom, type Slots, trialStartsMax, tryOut } from './slots.ts';
import { openSlotsFile, type SlotsFile } from './slots-file.ts';
import { startUpdater } from './updater.ts';

let folder: string;
let files: SlotsFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-slots-'));
  files = openSlotsFile(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const content = (release: string) => `the program ${release}`;
const fileOf = (release: string) => ({ release, sha256: 'a'.repeat(64), bytes: content(release).length });

function put(slot: 'a' | 'b', release: string): void {
  mkdirSync(join(folder, slot), { recursive: true });
  writeFileSync(files.program(slot), content(release));
  chmodSync(files.program(slot), 0o700);
  files.write({ ...files.read(), [slot]: fileOf(release) });
}

/** What a start comes to: the content of the file it became, or the package's own. */
function start(): string {
  let became: string | null = null;
  const launched = launch({
    ...{ folder, release: '0.1.0', schemas: ownSchemas(), args: ['run'], env: {} },
    become(file, args, env) {
      became = readFileSync(file, 'utf8');
      expect(args).toEqual([file, 'run']);
      expect(launchedAs(env)).toMatchObject({ packageRelease: '0.1.0' });
    },
  });
  return became ?? `package as ${launched.slot}`;
}

const trial = { rollout: 1, online: false };

describe('the launcher', () => {
  it('runs the package where nothing else is', () => {
    expect(start()).toBe('package as package');
    expect(existsSync(join(folder, 'slots.json'))).toBe(false);
  });

  it('gives a program on trial three starts, and then runs what was proven', () => {
    put('a', '0.2.0');
    files.write(prove(tryOut(files.read(), 'a', trial)));
    put('b', '0.3.0');
    files.write(tryOut(files.read(), 'b', { ...trial, rollout: 2 }));
    for (let i = 0; i < trialStartsMax; i++) expect(start()).toBe(content('0.3.0'));
    expect(start()).toBe(content('0.2.0'));
    expect(files.read()).toMatchObject({
      ...{ proven: 'a', trial: null },
      ended: { rollout: 2, step: 'failed', reason: 'crashed_at_start' },
    });
  });

  it.each([
    ['is gone', () => rmSync(files.program('a'))],
    ['is cut', () => writeFileSync(files.program('a'), 'the pro')],
    ['cannot be run', () => chmodSync(files.program('a'), 0o600)],
  ])('runs the package where the program of a slot %s', (_, harm) => {
    put('a', '0.2.0');
    files.write(prove(tryOut(files.read(), 'a', trial)));
    expect(start()).toBe(content('0.2.0'));
    harm();
    expect(start()).toBe('package as package');
  });

  it('runs the package where its own file says nothing that it knows', () => {
    put('a', '0.2.0');
    files.write(prove(tryOut(files.read(), 'a', trial)));
    writeFileSync(join(folder, 'slots.json'), '{"v":9}');
    expect(start()).toBe('package as package');
  });
});

/** The power goes: nothing after this happens any more. */
class Unplugged extends Error {}

/** The same files, unplugged before the step of this number; counts the steps. */
function fragile(at: number): SlotsFile & { steps: number } {
  const counted = { steps: 0 };
  const step = () => {
    if (++counted.steps === at) throw new Unplugged();
  };
  return {
    ...files,
    write(slots: Slots) {
      step();
      files.write(slots);
    },
    install(file, slot) {
      step();
      files.install(file, slot);
    },
    get steps() {
      return counted.steps;
    },
  };
}

/** One whole change over to a release, as the updater, the launcher and the proof do it together. */
async function changeOver(slots: SlotsFile, release: string, ends: 'proven' | 'returned'): Promise<void> {
  const clock = manualClock();
  const restarted: string[] = [];
  const errors: string[] = [];
  const updater = startUpdater({
    files: slots,
    launched: { slot: files.read().proven, packageRelease: '0.1.0', packageSchemas: ownSchemas() },
    release: '0.1.5',
    store: {
      ask: (async () => ({
        wish: { rollout: 7, release, anyHour: true, returns: false },
        open: null,
      })) as never,
      quietMs: () => 1e6,
    },
    quietMsMin: 1,
    inFlight: () => 0,
    async fetch() {
      mkdirSync(files.fetching, { recursive: true });
      const path = join(files.fetching, 'x');
      writeFileSync(path, content(release), { mode: 0o700 });
      return { kind: 'whole', path, file: fileOf(release) };
    },
    askProgram: async () => ({ release, leavesReadable: true }),
    online: async () => false,
    restart: (reason) => restarted.push(reason),
    onEnded: () => {},
    clock,
    random: () => 0,
    log: {
      ...silentLog,
      warn: (fields: object) => errors.push(String((fields as { error?: unknown }).error)),
    },
  });
  for (let i = 0; i < 5 && restarted.length === 0 && errors.length === 0; i++) {
    clock.advance(5000);
    for (let turns = 0; turns < 20; turns++) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }
  updater.stop();
  if (errors.length > 0 || restarted.length === 0) throw new Unplugged(errors.join());
  start();
  slots.write(ends === 'proven' ? prove(files.read()) : returnFrom(files.read(), 'probe_failed'));
}

describe('the plug pulled while a box changes over', () => {
  it.each(['proven', 'returned'] as const)(
    'before any step, on a trial that ends %s, leaves a whole program that starts',
    async (ends) => {
      for (let at = 1; ; at++) {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
        files.write(noSlots);
        put('a', '0.1.5');
        files.write(prove(tryOut(files.read(), 'a', { ...trial, rollout: 6 })));
        put('b', '0.1.0-old');
        const cut = fragile(at);
        const over = await changeOver(cut, '0.2.0', ends).then(
          () => true,
          (error: unknown) => {
            if (!(error instanceof Unplugged)) throw error;
            return false;
          },
        );
        // Whatever the moment: what starts is the one before or the new one, whole; and the old one after enough starts.
        expect([content('0.1.5'), content('0.2.0')]).toContain(start());
        if (over) {
          expect(at).toBeGreaterThan(5);
          expect(start()).toBe(content(ends === 'proven' ? '0.2.0' : '0.1.5'));
          return;
        }
        for (let i = 0; i < trialStartsMax; i++) start();
        expect(start()).toBe(content('0.1.5'));
      }
    },
  );
});
