// `appliance create`: the identity of one box, made known to central where its configuration is given.
import { X509Certificate } from 'node:crypto';
import { type Command, Option } from 'commander';
import { applianceCreate as create } from '../../provisioning/commands/appliance-create.ts';
import { loadApplianceIdentity } from '../../provisioning/identity.ts';
import { readConfig } from '../config.ts';
import { certificateFacts } from '../enrolment/certificate-facts.ts';
import type { NewCertificate } from '../enrolment/port.ts';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { byCommand } from '../people/actor.ts';
import { command, configOption, type Said } from './command.ts';
import { withStore } from './open-store.ts';

interface Options {
  authority: string;
  id: string;
  out: string;
  site?: string;
  config?: string;
}

export function applianceCreate(): Command {
  return command(
    {
      name: 'create',
      description: 'make the identity of one appliance, and register it when --config is given',
      options: [
        new Option('--authority <folder>', 'the folder that `authority init` made').makeOptionMandatory(),
        new Option('--id <id>', 'its id: 1 to 63 of a-z, 0-9 and -').makeOptionMandatory(),
        new Option('--out <folder>', 'the new folder for its identity').makeOptionMandatory(),
        new Option('--site <site>', 'the place where it stands; needs --config'),
        configOption(),
      ],
      examples: [
        'appliance create --authority authority --id box-7 --out box-7 --site "Leeds 2" --config central.toml',
      ],
    },
    run,
  );
}

/** @throws CommandError argument_malformed; ProvisioningError */
async function run({
  authority: authorityFolder,
  id: applianceId,
  out,
  site,
  config,
}: Options): Promise<Said> {
  if (site !== undefined && config === undefined) {
    const hint = 'Give --config too: the site is kept in the database of central.';
    throw new CommandError('argument_malformed', '--site has nowhere to go', hint);
  }
  const dataFolder = config === undefined ? null : readConfig(config).dataFolder;
  const nowMs = Date.now();
  const made = await create({ authorityFolder, applianceId, out, nowMs });
  if (dataFolder !== null) {
    withStore(dataFolder, (store) => {
      store.ensurePolicy(defaultPolicy);
      const by = byCommand();
      if (site !== undefined) store.createSite({ name: site }, by);
      store.registerAppliance({ id: made.applianceId, site: site ?? null }, by);
      store.keepCommanded(certificateIn(made.folder), by);
    });
  }
  return {
    result: { ...made, site: site ?? null, registered: dataFolder !== null },
    words: `identity of ${made.applianceId} in ${made.folder}`,
  };
}

function certificateIn(folder: string): NewCertificate {
  const { applianceId, certificateDer } = loadApplianceIdentity(folder);
  return certificateFacts(applianceId, new X509Certificate(certificateDer));
}
