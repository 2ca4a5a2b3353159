// The launcher: the first thing `holdfast run` of the package does. It counts a start before it is one, and becomes the
// program of the slot in place: same process, so that the service manager sees one service. It is always the package's own
// code, which no release replaces.
import { accessSync, constants, statSync } from 'node:fs';
import * as z from 'zod';
import { type SlotName, slotNames } from '../../contract/health.ts';
import { Schemas } from '../store/own-schemas.ts';
import { choose, type Slot, type Slots } from './slots.ts';
import { openSlotsFile } from './slots-file.ts';

/** Set for the program of a slot: which one it is, and what the package brought. */
const slotVariable = 'HOLDFAST_SLOT';
const packageVariable = 'HOLDFAST_PACKAGE';

const Brought = z.object({ packageRelease: z.string(), packageSchemas: Schemas });

export interface Launched {
  slot: SlotName;
  /** Of the program that the package brought, which must always be able to go on with the journal. */
  packageRelease: string;
  packageSchemas: Schemas;
}

/** Who is running; null in the package's program, which has to choose first. */
export function launchedAs(env: NodeJS.ProcessEnv): Launched | null {
  const slot = slotNames.find((name) => name === env[slotVariable]);
  if (slot === undefined) return null;
  const brought = Brought.safeParse(JSON.parse(env[packageVariable] ?? 'null'));
  return brought.success ? { slot, ...brought.data } : null;
}

/**
 * Becomes the program that is to run; returns where that is this one.
 * @param become replaces this process, and returns only when it cannot
 */
export function launch(parts: {
  folder: string;
  release: string;
  schemas: Schemas;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  become(file: string, args: string[], env: NodeJS.ProcessEnv): void;
}): Launched {
  const { folder, release, schemas, args, env, become } = parts;
  const files = openSlotsFile(folder);
  const before = files.read();
  const chosen = choose(before);
  // Before the start: one that ends at once must have been counted.
  if (chosen.slots !== before) files.write(chosen.slots);
  const brought = { packageRelease: release, packageSchemas: schemas };
  const launched = { slot: chosen.run, ...brought };
  if (chosen.run === 'package') return launched;
  const file = files.program(chosen.run);
  if (isWhole(file, chosen.slots, chosen.run)) {
    become(file, [file, ...args], {
      ...env,
      [slotVariable]: chosen.run,
      [packageVariable]: JSON.stringify(brought),
    });
  }
  // It is not there any more, or cannot be started: the shop opens with what the package brought.
  return { ...launched, slot: 'package' };
}

function isWhole(file: string, slots: Slots, slot: Slot): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).size === slots[slot]?.bytes;
  } catch {
    return false;
  }
}
