// What `enrol` and `renew` share: whose files the identity's are to be, and how its errors reach the technician.
import { existsSync, statSync } from 'node:fs';
import { IdentityError } from '../identity/error.ts';
import type { Owner } from '../identity/identity-folder.ts';
import { CommandError } from './error.ts';

/**
 * Run as root, the files are given to the account that owns the data: the daemon must read its key, and nobody else may.
 */
export function ownerOf(dataFolder: string): Owner {
  if (process.getuid?.() !== 0 || !existsSync(dataFolder)) return null;
  const { uid, gid } = statSync(dataFolder);
  return { uid, gid };
}

/** @throws CommandError in place of what the identity's room throws */
export async function withWords<T>(command: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof IdentityError) throw new CommandError(error.code, error.message, error.hint, error);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const { code, path } = cause as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    const hint = `Run it as root (sudo holdfast ${command}), or as the account that the daemon runs under.`;
    throw new CommandError('not_permitted', `this account may not write ${path ?? 'there'}`, hint, error);
  }
}

/** Lines as they come for people; with --json they go to stderr, and the one object to stdout. */
export function speaker(json: boolean | undefined): (line: string) => void {
  const stream = json ? process.stderr : process.stdout;
  return (line) => {
    stream.write(`${line}\n`);
  };
}
