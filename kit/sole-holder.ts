// One process at a time: a name that the kernel gives to one and frees with it, however it ends. A lock file would outlive
// a pulled plug.
import { hash } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * @param what of which there may be one, such as a folder's path; in Linux's abstract namespace (unix(7)), which is that
 * of the machine's network: another container does not see it
 * @returns what lets it go again, or null when another process holds it
 */
export async function holdSolely(what: string): Promise<(() => void) | null> {
  const held = createServer();
  // It keeps nobody from ending.
  held.unref();
  const taken = await new Promise<boolean>((resolve, reject) => {
    held.once('error', ({ code }: NodeJS.ErrnoException) =>
      code === 'EADDRINUSE' ? resolve(false) : reject(new Error(`the lock on ${what}: ${code}`)),
    );
    held.listen(`\0holdfast-${hash('sha256', what).slice(0, 40)}`, () => resolve(true));
  });
  return taken ? () => held.close() : null;
}
