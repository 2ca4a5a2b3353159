// `holdfast renew`: asks whether the certificate's time has come, and renews it. A timer runs it every day; the daemon takes
// the new identity when it is told to reload.
import { releaseMadeAtMs } from '../../kit/version.ts';
import { readConfig, readFolders } from '../config.ts';
import { IdentityError } from '../identity/error.ts';
import { hasIdentity, readIdentity } from '../identity/identity-folder.ts';
import { alone } from '../identity/lock.ts';
import { readOutages } from '../identity/outages.ts';
import { type Renewed, renew } from '../identity/renew.ts';
import { certifiedFromMs, timeKnown } from '../identity/server-time.ts';
import { openWork, Renewal, workFiles } from '../identity/work.ts';
import { ownerOf, speaker, withWords } from './identity-places.ts';

export interface RenewOptions {
  config: string;
  force?: boolean;
  json?: boolean;
}

export function runRenew(options: RenewOptions): Promise<void> {
  return withWords('renew', async () => {
    // Before it is enrolled a box's configuration is not whole: then that is what is wrong.
    if (!hasIdentity(readFolders(options.config).identityFolder)) {
      throw new IdentityError('not_enrolled', 'this box has no identity', 'Enrol it first: holdfast enrol.');
    }
    const { dataFolder, identityFolder, central } = readConfig(options.config);
    const { est } = central;
    if (est === null) {
      const hint = `Set est = "https://central:8884" under [central] in ${options.config}.`;
      throw new IdentityError(
        'est_unknown',
        'the configuration does not say where certificates are renewed',
        hint,
      );
    }
    const renewed = await alone(identityFolder, () => {
      const owner = ownerOf(dataFolder);
      const present = readIdentity(identityFolder);
      return renew({
        est,
        present,
        work: openWork(workFiles(dataFolder).renewal, Renewal, owner),
        identityFolder,
        owner,
        outagesMs: readOutages(dataFolder),
        force: options.force === true,
        time: () => timeKnown(Date.now(), releaseMadeAtMs, certifiedFromMs(present)),
        say: speaker(options.json),
      });
    });
    process.stdout.write(`${options.json ? JSON.stringify(renewed) : words(renewed)}\n`);
  });
}

function words(renewed: Renewed): string {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  switch (renewed.kind) {
    case 'not_due':
      return `nothing to do: certified until ${day(renewed.notAfterMs)}, renewed from ${day(renewed.fromMs)} on`;
    case 'renewed':
      return `renewed: certified until ${day(renewed.notAfterMs)}\nthe service takes it with: systemctl reload holdfast`;
  }
}
