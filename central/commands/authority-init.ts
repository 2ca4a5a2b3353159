// `authority init`: a root, an issuing CA and central's own identity.
import { type Command, Option } from 'commander';
import { authorityInit as init } from '../../provisioning/commands/authority-init.ts';
import { command } from './command.ts';

export function authorityInit(): Command {
  return command(
    {
      name: 'init',
      description: "make a root, an issuing CA and central's own identity in a new folder",
      options: [
        new Option('--folder <folder>', 'the new folder').makeOptionMandatory(),
        new Option(
          '--host <host...>',
          'names and addresses by which appliances reach central',
        ).makeOptionMandatory(),
      ],
      examples: ['authority init --folder authority --host central.example.com 192.0.2.7'],
    },
    async ({ folder, host: centralHosts }: { folder: string; host: string[] }) => {
      const result = await init({ folder, centralHosts, nowMs: Date.now() });
      const words = `authority in ${result.folder}\ncentral's identityFolder is ${result.centralFolder}\nmove ${result.rootKeyPath} offline`;
      return { result, words };
    },
  );
}
