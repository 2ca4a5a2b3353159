// What both ways of enrolling end with: central's address in the configuration, the answer, and the service started.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { writeDurable } from '../../kit/durable-file.ts';
import { setKey } from '../edit-config.ts';
import { IdentityError } from '../identity/error.ts';
import type { Slip } from '../identity/slip.ts';
import { CommandError } from './error.ts';

/** Keeps the file's comments, other keys, mode and owner. */
export function configure(
  path: string,
  { url, est, site }: { url: string; est: string; site: string | null },
): void {
  let text = readFileSync(path, 'utf8');
  const keys: [[string, ...string[]], string | null][] = [
    [['site'], site],
    [['central', 'est'], est],
    [['central', 'url'], url],
  ];
  for (const [key, value] of keys) {
    if (value === null) continue;
    const edited = setKey(text, key, value);
    if (edited === null) {
      const hint = `Write ${key.join('.')} = ${JSON.stringify(value)} into ${path} yourself, then run the same command again.`;
      throw new CommandError(
        'config_not_editable',
        `${key.join('.')} cannot be set without changing more`,
        hint,
      );
    }
    text = edited;
  }
  if (text === readFileSync(path, 'utf8')) return;
  const { mode, uid, gid } = statSync(path);
  writeDurable(path, text, mode & 0o777, process.getuid?.() === 0 ? { uid, gid } : null);
}

export function finish(options: { json?: boolean; start?: boolean }, result: object, words: string): void {
  process.stdout.write(`${options.json ? JSON.stringify(result) : words}\n`);
  if (options.start) startService();
}

function startService(): void {
  // Restart: a service that sold under an older identity takes the new one.
  const { status, error } = spawnSync('systemctl', ['restart', 'holdfast'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0) return;
  throw new CommandError(
    'service_not_started',
    `the box is enrolled, but holdfast.service did not start${error ? ` (${error.message})` : ''}`,
    'See: systemctl status holdfast',
  );
}

export function otherAppliance(present: string, { appliance }: Slip): IdentityError {
  return new IdentityError(
    'other_appliance',
    `this box is ${present}, and the slip is for ${appliance}`,
    `Have central make a slip for ${present}. To make the box another appliance, first hand over its journal and reset it.`,
  );
}
