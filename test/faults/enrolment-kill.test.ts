// Power and link lost at every step of an enrolment and of a renewal: the next run ends it, with one key and one certificate,
// and at every moment between there is a whole identity or none.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestSite, type TestSite } from '../../central/fixtures/site.ts';
import { runEnrol } from '../../daemon/commands/enrol.ts';
import { runRenew } from '../../daemon/commands/renew.ts';
import { readConfig } from '../../daemon/config.ts';
import { hasIdentity, readIdentity } from '../../daemon/identity/identity-folder.ts';
import { type Box, layWire, newBox, newSlip, type Wire } from '../e2e/box.ts';

const program = join(import.meta.dirname, 'identity-process.ts');
const mayTrace = spawnSync('strace', ['-f', '-e', 'trace=fsync', 'true']).status === 0;
/** What changes a folder: between two of these a killed process leaves the disk as it is. */
const changes = 'rename,unlink,unlinkat,mkdir,rmdir';
const stepsMax = 100;

type Central = Awaited<ReturnType<TestSite['start']>>;
let site: TestSite;
let central: Central;
let wire: Wire;
let box: Box;
let boxes = 0;

beforeAll(async () => {
  site = await createTestSite();
  central = await site.start(site.estSection());
  wire = await layWire(central.estPort ?? 0);
});
afterAll(async () => {
  await wire.close();
  await central.stop();
  site.remove();
});
afterEach(() => box.remove());

function run(
  words: readonly string[],
  by: readonly string[] = [],
): Promise<{ code: number | null; stderr: string }> {
  const [first = '', ...rest] = [...by, process.execPath, program, ...words];
  const child = spawn(first, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((done) => child.on('close', (code) => done({ code, stderr })));
}

const killedAt = (step: number) => [
  'strace',
  '-f',
  '-o',
  '/dev/null',
  `--trace=${changes}`,
  `--inject=${changes}:signal=KILL:when=${step}`,
];

async function emptyBox(): Promise<{ words: string[]; applianceId: string }> {
  box = newBox();
  const applianceId = `box-${++boxes}`;
  const slip = join(box.folder, 'slip.json');
  writeFileSync(slip, await newSlip(site, wire.port, { applianceId, newSite: boxes === 1 }));
  return { words: ['enrol', box.config, slip], applianceId };
}

/** A box whose certificate ran out nine days ago. */
async function expiredBox(): Promise<{ words: string[]; applianceId: string }> {
  box = newBox();
  const applianceId = `old-${++boxes}`;
  const identity = await site.appliance(applianceId, 'expired');
  writeFileSync(
    box.config,
    `dataFolder = "data"\nidentityFolder = ${JSON.stringify(identity)}\n[central]\nurl = "mqtts://localhost:8883"\nest = "https://localhost:${wire.port}"\n`,
  );
  return { words: ['renew', box.config], applianceId };
}

const identityFolder = () => readConfig(box.config).identityFolder;
const ways = [
  ['enrolment', emptyBox],
  ['renewal', expiredBox],
] as const;

describe.each(ways)('the %s', (kind, begin) => {
  /** The run after the interrupted one, in this process, and what must hold then. */
  async function assertEnds(words: readonly string[], applianceId: string): Promise<void> {
    const [command, config = '', slip = ''] = words;
    const again = () => (command === 'enrol' ? runEnrol({ config, slip }) : runRenew({ config }));
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await again();
      const { applianceId: is, certificatePem } = readIdentity(identityFolder());
      expect(is).toBe(applianceId);
      // Done is done: a further run changes nothing.
      await again();
      expect(readIdentity(identityFolder()).certificatePem).toBe(certificatePem);
      expect(said.mock.calls.at(-1)?.[0]).toMatch(/^(this slip was used|nothing to do)/);
    } finally {
      said.mockRestore();
    }
  }

  it.skipIf(!mayTrace)(
    'that is killed before any change of the disk ends at the next run',
    async () => {
      for (let step = 1; step < stepsMax; step++) {
        const { words, applianceId } = await begin();
        const first = await run(words, killedAt(step));
        if (first.code === 0) {
          expect(step).toBeGreaterThan(kind === 'enrolment' ? 12 : 8);
          return;
        }
        // Whoever looks now, as a daemon that starts, finds a whole identity or, before the first one, none.
        if (kind === 'renewal') expect(readIdentity(identityFolder()).applianceId).toBe(applianceId);
        else if (existsSync(box.identity) || hasIdentity(box.identity)) readIdentity(box.identity);
        await assertEnds(words, applianceId);
        box.remove();
      }
      expect.unreachable('it never ended');
    },
    300_000,
  );

  it.each(['at_once', 'in_the_answer'] as const)(
    'whose link is cut at any connection, %s, ends at the next run',
    async (where) => {
      for (let number = 1; ; number++) {
        const { words, applianceId } = await begin();
        wire.cut(number, where);
        const first = await run(words);
        wire.cut(0, where);
        if (first.code === 0) {
          expect(number).toBeGreaterThan(2);
          return;
        }
        expect(first.stderr).toMatch(/^central_unreachable: .*\n/);
        await assertEnds(words, applianceId);
        box.remove();
      }
    },
    120_000,
  );
});
