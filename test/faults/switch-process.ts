// A box that changes over to a release which was fetched, as the updater and the launcher do it, in a process that can be killed.
// `change FOLDER`: the release gets its slot and its trial, and is started; `start FOLDER`: what the next boot does.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../../daemon/release/launch.ts';
import { emptied, filled, freeSlot, tryOut } from '../../daemon/release/slots.ts';
import { openSlotsFile } from '../../daemon/release/slots-file.ts';
import { ownSchemas } from '../../daemon/store/own-schemas.ts';

const [verb, folder = ''] = process.argv.slice(2);
const files = openSlotsFile(folder);

if (verb === 'change') {
  const fetched = join(files.fetching, 'new');
  const program = readFileSync(fetched);
  const file = { release: '0.3.0', sha256: hash('sha256', program), bytes: program.length };
  const slot = freeSlot(files.read());
  files.write(emptied(files.read(), slot));
  files.install(fetched, slot);
  files.write(filled(files.read(), slot, file));
  files.write(tryOut(files.read(), slot, { rollout: 2, online: false }));
}
launch({
  ...{ folder, release: '0.1.0', schemas: ownSchemas(), args: ['run'], env: process.env },
  become: (file, args, env) => process.execve?.(file, args, env),
});
process.stdout.write('the package\n');
