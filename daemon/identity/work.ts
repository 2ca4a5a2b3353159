// An enrolment or renewal under way: one small file that says how far it got, written whole after each step. It holds the
// new key and, until it is used, the code: it is for its owner's eyes.
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { syncFolder, writeDurable } from '../../kit/durable-file.ts';
import { Profile } from './est-client.ts';
import type { Owner } from './identity-folder.ts';
import { EstUrl } from './slip.ts';

/** As a slip is after it was read; it is not parsed as one again. */
const SlipKept = z.object({
  v: z.literal(1),
  est: EstUrl,
  appliance: z.string(),
  code: z.string(),
  root: z.string(),
});
const withRoot = { slip: SlipKept, rootPem: z.string() };
const withKey = { ...withRoot, keyPem: z.string() };
const withCertificate = { ...withKey, certificatePem: z.string() };
const withProfile = { ...withCertificate, profile: Profile };

export const Enrolment = z.discriminatedUnion('at', [
  z.object({ at: z.literal('slip_read'), slip: SlipKept }),
  z.object({ at: z.literal('root_trusted'), ...withRoot }),
  z.object({ at: z.literal('key_made'), ...withKey }),
  z.object({ at: z.literal('certified'), ...withCertificate }),
  z.object({ at: z.literal('proved'), ...withProfile }),
  z.object({ at: z.literal('placed'), ...withProfile }),
  z.object({ at: z.literal('configured'), ...withProfile }),
  /** Kept, so that the same slip given again, as at each boot, is known to be done. */
  z.object({ at: z.literal('done'), appliance: z.string(), slipSha256: z.string() }),
]);
export type Enrolment = z.infer<typeof Enrolment>;

export const Renewal = z.discriminatedUnion('at', [
  z.object({ at: z.literal('key_made'), keyPem: z.string() }),
  z.object({ at: z.literal('certified'), keyPem: z.string(), certificatePem: z.string() }),
  z.object({ at: z.literal('proved'), keyPem: z.string(), certificatePem: z.string(), profile: Profile }),
]);
export type Renewal = z.infer<typeof Renewal>;

export interface Work<T> {
  /** Null when none is under way. A file of another release counts as none: codes and keys can be had anew. */
  read(): T | null;
  write(state: T): void;
  /** Done, or given up. */
  clear(): void;
}

export function openWork<T>(path: string, schema: z.ZodType<T>, owner: Owner): Work<T> {
  return {
    read() {
      if (!existsSync(path)) return null;
      const parsed = schema.safeParse(parseJson(readFileSync(path, 'utf8')));
      return parsed.success ? parsed.data : null;
    },
    write(state) {
      const folder = dirname(path);
      if (!existsSync(folder)) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (owner) chownSync(folder, owner.uid, owner.gid);
        syncFolder(dirname(folder));
      }
      writeDurable(path, `${JSON.stringify(state)}\n`, 0o600, owner);
    },
    clear() {
      rmSync(path, { force: true });
      if (existsSync(dirname(path))) syncFolder(dirname(path));
    },
  };
}

/** Where they lie, beside the data. */
export function workFiles(dataFolder: string) {
  const folder = join(dataFolder, 'enrolment');
  return {
    enrolment: join(folder, 'enrolment.json'),
    renewal: join(folder, 'renewal.json'),
    awaiting: join(folder, 'awaiting.json'),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
