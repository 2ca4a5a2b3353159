// A box in a root filesystem: what is done to its package, and what of it can be seen.
import { chownSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeJournal } from './backlog.ts';
import type { Root, Said } from './root.ts';

export type Check = (what: string, right: boolean, seen?: string) => void;

export const config = 'etc/holdfast/holdfast.toml';
export const journal = 'var/lib/holdfast/journal.db';
const data = 'var/lib/holdfast';

export interface Box {
  at(path: string): string;
  has(path: string): boolean;
  dpkg(...args: string[]): Said;
  purgeByForce(name: string): Said;
  install(file: string, ...args: string[]): Said;
  version(): string | undefined;
  /** A journal of so many entries, as the service's own. */
  giveJournal(entries: number, receivedThrough: number): void;
  /** `holdfast journal verify --json`, as the account of the service. */
  verify(): Said;
  configuration(): string;
}

export function boxIn(root: Root): Box {
  const at = (path: string) => join(root.folder, path);
  const dpkg = (...args: string[]) => root.run(['dpkg', ...args]);
  const owner = () => statSync(at(data));
  return {
    at,
    // A link counts as it is: where it leads is meant from inside.
    has: (path) => lstatSync(at(path), { throwIfNoEntry: false }) !== undefined,
    dpkg,
    purgeByForce: (name) => root.run(['dpkg', '--purge', name], { HOLDFAST_PURGE: 'force' }),
    install: (file, ...args) => dpkg('--force-confold', ...args, '--install', `/packages/${basename(file)}`),
    version: () => dpkg('--status', 'holdfast').output.match(/^Version: (.*)/m)?.[1],
    giveJournal(entries, receivedThrough) {
      writeJournal(at(data), entries, receivedThrough);
      chownSync(at(journal), owner().uid, owner().gid);
    },
    verify() {
      const account = [`--reuid=${owner().uid}`, `--regid=${owner().gid}`, '--clear-groups'];
      const command = ['setpriv', ...account, '/usr/bin/holdfast', 'journal', 'verify', '--json'];
      return root.run(command, { PKG_NATIVE_CACHE_PATH: `/${data}/.cache` });
    },
    configuration: () => readFileSync(at(config), 'utf8'),
  };
}
