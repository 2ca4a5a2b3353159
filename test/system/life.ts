// The life of a box from bare disk to a pulled plug and back, against a real central, as one story; and what the independent
// model says of both books in the end.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import * as z from 'zod';
import { seededRandom } from '../../kit/seeded-random.ts';
import { putOnSetup, readFromData } from '../../provisioning/image/disk.ts';
import type { ImageFacts, ImageFiles } from '../../provisioning/image/image-files.ts';
import { run } from '../../provisioning/image/tool.ts';
import { freePorts } from '../../trial/link.ts';
import { checkBooks, type Findings } from '../faults/model.ts';
import { applianceId, type Central, openCentral } from './central.ts';
import { type ChangedOver, changeOver } from './change-over.ts';
import { type Guest, switchOn } from './guest.ts';
import { makeReleases } from './releases.ts';
import { judgeReport } from './system-report.ts';
import { lookAsTechnician } from './technician.ts';
import { openTills, pairTill, type Tills } from './tills.ts';

export interface LifeOptions {
  folder: string;
  image: { files: ImageFiles; facts: ImageFacts };
  tills: number;
  seed: number;
  /** Whether releases are brought to it too. */
  release: boolean;
  say(line: string): void;
}

export interface LifeFindings extends Findings {
  /** From power to an identity, catalogue and policy. */
  enrolledSeconds: number;
  /** From power to the first 201, enrolment and pairing by console in between. */
  firstSaleSeconds: number;
  /** From power to the first 201 of the second boot, which has no link. */
  saleAfterPlugSeconds: number;
  /** What the plug was pulled on: entries that central had not. */
  unreceivedAtPlug: number;
  /** Of the releases; null where none was brought. */
  changedOver: Pick<ChangedOver, 'fetchedSeconds' | 'gaveWaySeconds'> | null;
}

const catalogueFile = join(import.meta.dirname, '..', '..', 'trial', 'start', 'catalogue.csv');
const enrolledMsMax = 900_000;
const saleMsMax = 600_000;
const settledMsMax = 600_000;
/** Enough that the plug meets a journal with a past and a till in the middle of something. */
const salesOnline = 40;
const salesOffline = 80;

/** @throws Error where the story cannot go on; what it says has the end of the console's words */
export async function liveThrough({
  folder,
  image,
  tills: count,
  seed,
  release,
  say,
}: LifeOptions): Promise<LifeFindings> {
  const disk = join(folder, 'box.img');
  const consoleLog = join(folder, 'console.log');
  const [kioskPort = 0] = await freePorts(1);
  const baseUrl = `https://127.0.0.1:${kioskPort}`;
  const power = () => switchOn({ image, disk, kioskPort, control: join(folder, 'qemu.sock'), consoleLog });
  const wrongs: string[] = [];
  let guest: Guest | null = null;
  say('central, with an authority of its own, and a slip for the box');
  const central = await openCentral(folder, catalogueFile);
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(central.kioskCaFile, 'utf8')]);
    await run('cp', ['--sparse=always', image.files.disk, disk]);
    const releases = release ? await makeReleases(folder, image) : null;
    await putOnSetup(disk, [...central.setup, ...(releases ? [releases.setup] : [])]);

    guest = await switchOnAt(
      power,
      say,
      'power on: the first boot, slip and certificate on the setup partition',
    );
    await untilFed(central, guest);
    const enrolledSeconds = guest.seconds();
    say(`enrolled, with catalogue and policy, ${after(guest)}`);
    const tokens: string[] = [];
    for (let till = 1; till <= count; till++) tokens.push(await pairAt(guest, baseUrl, `till-${till}`));
    const tills = openTills({ baseUrl, tokens, catalogueFile, random: seededRandom(seed) });
    tills.begin();
    await tills.nextSale(saleMsMax);
    const firstSaleSeconds = guest.seconds();
    say(`the first sale, ${after(guest)}`);
    await untilTold(tills, salesOnline);
    wrongs.push(...judgeReport(await guest.type('report'), say));
    wrongs.push(...(await lookAsTechnician(guest, baseUrl, say)));

    await guest.setUplink(false);
    await untilOffline(tills);
    say('the link is cut: it sells offline');
    await untilTold(tills, tills.told.length + salesOffline);
    const unreceivedAtPlug = tills.told.filter(({ verdict }) => verdict === 'approved_offline').length;
    await guest.pullPlug();
    say(`the plug is pulled while ${count} tills sell; ${tills.told.length} documents answered so far`);

    guest = await switchOnAt(power, say, 'power on again, the link still cut');
    await guest.setUplink(false);
    await tills.nextSale(saleMsMax);
    const saleAfterPlugSeconds = guest.seconds();
    say(`it sells, ${after(guest)}`);
    await untilTold(tills, tills.told.length + salesOnline);
    wrongs.push(...judgeReport(await guest.type('report'), say));

    await guest.setUplink(true);
    say('the link is back');
    await untilTold(tills, tills.told.length + salesOnline);
    const changedOver = releases && (await changeOver({ guest, power, central, tills, releases, say }));
    if (changedOver) {
      ({ guest } = changedOver);
      wrongs.push(...changedOver.wrongs, ...judgeReport(await guest.type('report'), say));
    }
    await tills.stop();
    await untilSettled(tills, central);
    say(`everything is received and booked: ${tills.told.length} documents answered`);
    await guest.powerOff();
    guest = null;
    await central.program.stop();
    await bringJournal(disk, folder);
    const findings = checkBooks(folder, tills.told);
    return {
      ...findings,
      wrongs: [...wrongs, ...findings.wrongs],
      enrolledSeconds,
      firstSaleSeconds,
      saleAfterPlugSeconds,
      unreceivedAtPlug,
      changedOver: changedOver && {
        fetchedSeconds: changedOver.fetchedSeconds,
        gaveWaySeconds: changedOver.gaveWaySeconds,
      },
    };
  } finally {
    await guest?.pullPlug();
    await central.program.stop();
  }
}

async function switchOnAt(
  power: () => Promise<Guest>,
  say: (line: string) => void,
  line: string,
): Promise<Guest> {
  say(line);
  return power();
}

const after = (guest: Guest) => `${guest.seconds().toFixed(1)} s after power came`;

/** Enrolled, and catalogue and policy came down the feed. */
async function untilFed({ api }: Central, guest: Guest): Promise<void> {
  const deadline = performance.now() + enrolledMsMax;
  while (performance.now() < deadline) {
    const feed = await api.feedOf(applianceId);
    if (feed && feed.head > 0 && feed.appliedThrough >= feed.head) return;
    await sleep(250);
  }
  throw new Error(`not enrolled and fed; the box says:\n${await guest.type('log')}`);
}

const Offered = z.object({ code: z.string() });

/** As a technician does, with the code of the console typed at the till. */
async function pairAt(guest: Guest, baseUrl: string, name: string): Promise<string> {
  const printed = await guest.type(`kiosk pair --name ${name} --json`);
  const { code } = Offered.parse(JSON.parse(printed));
  return pairTill(baseUrl, code);
}

async function untilTold(tills: Tills, count: number): Promise<void> {
  while (tills.told.length < count) await tills.nextSale(saleMsMax);
}

async function untilOffline(tills: Tills): Promise<void> {
  const deadline = performance.now() + saleMsMax;
  while (performance.now() < deadline) {
    const { verdict } = await tills.nextSale(saleMsMax);
    if (verdict === 'approved_offline') return;
  }
  throw new Error('with the link cut nothing was approved offline');
}

/** Nothing is pending, everything is booked, and the last outcome came back. */
async function untilSettled({ client }: Tills, { api }: Central): Promise<void> {
  const deadline = performance.now() + settledMsMax;
  let seen: unknown = null;
  while (performance.now() < deadline) {
    const status = await client.status();
    const feed = await api.feedOf(applianceId);
    seen = status;
    if (status.kind === 'found' && feed) {
      const { journal, exposure } = status.value;
      const last = await api.entries(journal.journalId, journal.lastSeq - 1);
      const booked = last.at(-1)?.seq === journal.lastSeq;
      if (journal.pending === 0 && booked && feed.appliedThrough === feed.head && exposure.totalMinor === 0)
        return;
    }
    await sleep(250);
  }
  throw new Error(`not settled after ${settledMsMax} ms: ${JSON.stringify(seen)}`);
}

/** The journal from the disk of the box that is off, to where the model looks. */
async function bringJournal(disk: string, folder: string): Promise<void> {
  const appliance = join(folder, 'appliance');
  mkdirSync(appliance);
  for (const name of ['journal.db', 'journal.db-wal']) {
    await readFromData(disk, `/holdfast/${name}`, join(appliance, name));
  }
  if (!existsSync(join(appliance, 'journal.db')))
    throw new Error('there is no journal on the data partition');
}
