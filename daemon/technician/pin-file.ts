// The PIN's hash in a file of its own, so that it outlives a damaged kiosks.db. Written by `holdfast pin`, read by the daemon
// for every request: a changed PIN counts at once.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { syncFolder, writeDurable } from '../../kit/durable-file.ts';

const PinFile = z.strictObject({
  version: z.literal(1),
  /** Of its own for each setting, so that it also names it: sessions and the count of wrong tries belong to one. */
  salt: z.string().min(1).max(64),
  hash: z.string().min(1).max(128),
  cost: z
    .int()
    .min(2)
    .max(2 ** 15),
});
export type Pin = z.infer<typeof PinFile>;

export type PinStanding = { kind: 'set'; pin: Pin } | { kind: 'none' } | { kind: 'damaged' };

/** scrypt's N; with r = 8 a look takes 16 MB for some 40 ms. It is given back when the look is over. */
const cost = 2 ** 14;
const blockSize = 8;
const hashBytes = 32;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** For the folder's owner alone, also when root sets it. */
export async function writePin(folder: string, pin: string): Promise<void> {
  const salt = randomBytes(16).toString('base64url');
  const hash = (await hashOf(pin, salt, cost)).toString('base64url');
  const file: Pin = { version: 1, salt, hash, cost };
  const { uid, gid } = statSync(folder);
  writeDurable(
    pathOf(folder),
    `${JSON.stringify(file)}\n`,
    0o600,
    process.geteuid?.() === 0 ? { uid, gid } : null,
  );
}

/** @returns whether there was one */
export function removePin(folder: string): boolean {
  const { kind } = readPin(folder);
  rmSync(pathOf(folder), { force: true });
  if (kind !== 'none') syncFolder(folder);
  return kind !== 'none';
}

/** A file that cannot be understood lets nobody in. */
export function readPin(folder: string): PinStanding {
  let text: string;
  try {
    text = readFileSync(pathOf(folder), 'utf8');
  } catch (error) {
    return { kind: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'damaged' };
  }
  try {
    return { kind: 'set', pin: PinFile.parse(JSON.parse(text)) };
  } catch {
    return { kind: 'damaged' };
  }
}

/** Takes as long whether it is the right one or not. */
export async function isPin({ salt, hash, cost }: Pin, tried: string): Promise<boolean> {
  const kept = Buffer.from(hash, 'base64url');
  const given = await hashOf(tried, salt, cost);
  return kept.length === given.length && timingSafeEqual(kept, given);
}

function hashOf(pin: string, salt: string, N: number): Promise<Buffer> {
  return derive(pin, Buffer.from(salt, 'base64url'), hashBytes, { N, r: blockSize, p: 1 });
}

function pathOf(folder: string): string {
  return join(folder, 'technician-pin.json');
}
