// The count of wrong PINs in a file of its own, so that ending the daemon lifts nothing. It belongs to one setting of the
// PIN: a new PIN begins without it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { writeDurable } from '../../kit/durable-file.ts';
import type { Moment } from '../kiosks/judge-pairing.ts';
import { openGuard, type TryGuard, tryLimits } from './judge-try.ts';

const GuardFile = z.strictObject({
  /** The salt of the PIN it belongs to. */
  of: z.string(),
  wrongTries: z.int().min(0),
  lastAt: z.strictObject({ bootId: z.string(), monotonicMs: z.int() }).nullable(),
  firstMs: z.int().nullable(),
});

/** One that cannot be understood counts as a wait that begins now: too strict, and `holdfast pin set` lifts it. */
export function readGuard(folder: string, salt: string, now: Moment, nowMs: number): TryGuard {
  let text: string;
  try {
    text = readFileSync(pathOf(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return openGuard;
    return { wrongTries: tryLimits.freeTries + 1, lastAt: now, firstMs: nowMs };
  }
  try {
    const { of, ...guard } = GuardFile.parse(JSON.parse(text));
    return of === salt ? guard : openGuard;
  } catch {
    return { wrongTries: tryLimits.freeTries + 1, lastAt: now, firstMs: nowMs };
  }
}

export function writeGuard(folder: string, salt: string, guard: TryGuard): void {
  writeDurable(pathOf(folder), `${JSON.stringify({ of: salt, ...guard })}\n`, 0o600);
}

function pathOf(folder: string): string {
  return join(folder, 'technician-tries.json');
}
