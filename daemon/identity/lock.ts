// One enrolment or renewal at a time on a box: two would make two keys, and one of them would be certified in vain.
import { hash } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { IdentityError } from './error.ts';

/**
 * Runs `work` while no other process of this box does the same for this folder.
 * @throws IdentityError identity_busy
 */
export async function alone<T>(identityFolder: string, work: () => Promise<T>): Promise<T> {
  // A name in Linux's abstract namespace (unix(7)): the kernel frees it with the process, however that ends. A lock file
  // would outlive a pulled plug.
  const name = `\0holdfast-identity-${hash('sha256', resolve(identityFolder)).slice(0, 32)}`;
  const held = createServer();
  await new Promise<void>((done, failed) => held.once('error', failed).listen(name, done)).catch(
    (cause: unknown) => {
      throw new IdentityError(
        'identity_busy',
        'another enrolment or renewal of this box is at work',
        'Wait until it has ended, a minute at most, then run the same command.',
        cause,
      );
    },
  );
  try {
    return await work();
  } finally {
    held.close();
  }
}
