// The PIN's hash in a file of its own, so that it outlives a damaged kiosks.db. Written by `holdfast pin`, read by the daemon
// for every request: a changed PIN counts at once.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { syncFolder, writeDurable } from '../../kit/durable-file.ts';

const PinFile = z.strictObject({
  /** Says how it is hashed, too. */
  version: z.literal(1),
  /** Of its own for each setting, so that it also names it: sessions and the count of wrong tries belong to one. */
  salt: z.string().min(1).max(64),
  hash: z.string().min(1).max(128),
});
export type Pin = z.infer<typeof PinFile>;

export type PinStanding = { kind: 'set'; pin: Pin } | { kind: 'none' } | { kind: 'damaged' };

/**
 * As much work as N = 2^14 and p = 1, in sixteen pieces of 1 MB. why not in one of 16 MB: each of libuv's four threads keeps what
 * it once took, which came to 66 MB that stayed (docs/decisions/0056).
 */
const cost: ScryptOptions = { N: 2 ** 10, r: 8, p: 16 };
const hashBytes = 32;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** For the folder's owner alone, also when root sets it. */
export async function writePin(folder: string, pin: string): Promise<void> {
  const salt = randomBytes(16).toString('base64url');
  const hash = (await hashOf(pin, salt)).toString('base64url');
  const file: Pin = { version: 1, salt, hash };
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
export async function isPin({ salt, hash }: Pin, tried: string): Promise<boolean> {
  const kept = Buffer.from(hash, 'base64url');
  const given = await hashOf(tried, salt);
  return kept.length === given.length && timingSafeEqual(kept, given);
}

function hashOf(pin: string, salt: string): Promise<Buffer> {
  return derive(pin, Buffer.from(salt, 'base64url'), hashBytes, cost);
}

function pathOf(folder: string): string {
  return join(folder, 'technician-pin.json');
}
