// One enrolment or renewal at a time on a box: two would make two keys, and one of them would be certified in vain.
import { resolve } from 'node:path';
import { holdSolely } from '../../kit/sole-holder.ts';
import { IdentityError } from './error.ts';

/**
 * Runs `work` while no other process of this box does the same for this folder.
 * @throws IdentityError identity_busy
 */
export async function alone<T>(identityFolder: string, work: () => Promise<T>): Promise<T> {
  const release = await holdSolely(`identity ${resolve(identityFolder)}`);
  if (!release) {
    throw new IdentityError(
      'identity_busy',
      'another enrolment or renewal of this box is at work',
      'Wait until it has ended, a minute at most, then run the same command.',
    );
  }
  try {
    return await work();
  } finally {
    release();
  }
}
