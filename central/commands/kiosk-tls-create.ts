// `kiosk-tls create`: key and certificate by which kiosks on a site know its appliance.
import { type Command, Option } from 'commander';
import { kioskTlsCreate as create } from '../../provisioning/commands/kiosk-tls-create.ts';
import { command } from './command.ts';

export function kioskTlsCreate(): Command {
  return command(
    {
      name: 'create',
      description: 'make key and certificate by which kiosks on a site know its appliance',
      options: [
        new Option('--authority <folder>', 'the folder that `authority init` made').makeOptionMandatory(),
        new Option(
          '--host <host...>',
          'names and addresses by which kiosks reach the appliance',
        ).makeOptionMandatory(),
        new Option(
          '--out <folder>',
          'the new folder for both, and for the root that kiosks are to trust',
        ).makeOptionMandatory(),
      ],
      examples: ['kiosk-tls create --authority authority --host box-7.lan 192.0.2.7 --out box-7-tls'],
    },
    async ({
      authority: authorityFolder,
      host: hosts,
      out,
    }: {
      authority: string;
      host: string[];
      out: string;
    }) => {
      const result = await create({ authorityFolder, hosts, out, nowMs: Date.now() });
      const until = new Date(result.notAfterMs).toISOString().slice(0, 10);
      return {
        result,
        words: `kiosk-tls.key, kiosk-tls.crt (until ${until}) and ca.crt in ${result.folder}`,
      };
    },
  );
}
