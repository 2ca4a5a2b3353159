// What `holdfast reset` does: refuses while this box alone knows of money, and says how much; then takes everything away.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Config, readConfig } from '../config.ts';
import { type AtRest, readAtRest } from '../store/at-rest.ts';
import { openForReading, orNull } from '../store/salvage/readable.ts';
import { inDoubt } from '../store/salvage/set-aside.ts';
import { type Options, print } from './command.ts';
import { CommandError } from './error.ts';
import { holdOrRefuse } from './hold.ts';
import { money } from './status-words.ts';

export type ResetOptions = Options & { yes?: boolean; discard?: string; discardDamaged?: boolean };

export async function runReset(options: ResetOptions): Promise<void> {
  const config = readConfig(options.config);
  const release = holdOrRefuse(config.dataFolder);
  try {
    const known = standing(config);
    refuseUnreceived(known, options.discard);
    if (!options.discardDamaged) refuseInDoubt(config);
    const lost = known === null ? 0 : known.lastSeq - known.receivedThrough;
    const words = `the journal (${known?.lastSeq ?? 0} entries, ${lost} of them nowhere else), the kiosks and the identity of this box`;
    if (!options.yes) await askFirst(words);
    for (const folder of [config.identityFolder, config.dataFolder]) emptied(folder);
    print(options, { reset: true, entriesLost: lost }, `Gone: ${words}.\nNext: holdfast enrol`);
  } finally {
    release();
  }
}

/** Null on a box without a journal. @throws CommandError journal_damaged: then nobody knows what would be lost */
function standing({ dataFolder }: Config): AtRest | null {
  const db = openForReading(dataFolder);
  if (!db) return null;
  try {
    const known = orNull(() => readAtRest(db));
    if (known) return known;
  } finally {
    db.close();
  }
  const hint = 'Copy dataFolder to another disk first; then: holdfast journal salvage';
  throw new CommandError('journal_damaged', 'the journal cannot be read: what it holds is not known', hint);
}

function refuseUnreceived(known: AtRest | null, discard: string | undefined): void {
  if (known === null || known.lastSeq === known.receivedThrough) return;
  const amount = money(known.unreceived.totalMinor, known.currency);
  if (discard === amount) return;
  const entries = known.lastSeq - known.receivedThrough;
  throw new CommandError(
    'entries_unreceived',
    `${entries} entries are on this box only, ${known.unreceived.documents} of them with money: ${amount}`,
    `Bring the link back, start the service and wait until \`holdfast status\` says 0 unreceived. To lose them: --discard "${amount}"`,
  );
}

/** A damaged journal that was set aside is the last place to look for what it lost. */
function refuseInDoubt({ dataFolder }: Config): void {
  const entries = inDoubt(dataFolder);
  if (entries === 0) return;
  throw new CommandError(
    'salvage_unacknowledged',
    `a damaged journal lies here with ${entries} entries in doubt, and nobody has acknowledged it`,
    'Hand the file over, then: holdfast journal acknowledge. To lose it: --discard-damaged',
  );
}

async function askFirst(words: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandError('not_confirmed', 'there is nobody to ask', 'Give --yes.');
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`This takes away ${words}.\nType reset to go on: `);
    if (answer.trim() === 'reset') return;
  } finally {
    asking.close();
  }
  throw new CommandError('not_confirmed', 'nothing was changed', 'Type reset when asked, or give --yes.');
}

/** What is in it, and not the folder itself: it may be a mount, and its owner stays. */
function emptied(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) rmSync(join(folder, name), { recursive: true });
}
