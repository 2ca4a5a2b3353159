// `authority issuing-request`, `issuing-install`, `server-renew`: what is done at central.
import { type Command, Option } from 'commander';
import { issuingInstall as install } from '../../provisioning/commands/issuing-install.ts';
import { issuingRequest as request } from '../../provisioning/commands/issuing-request.ts';
import { serverRenew as renew } from '../../provisioning/commands/server-renew.ts';
import { command, counted } from './command.ts';
import { momentWords } from './moment.ts';

const authorityOption = () =>
  new Option('--authority <folder>', 'with issuing/, central/ and root/root.crt').makeOptionMandatory();

export function issuingRequest(): Command {
  return command(
    {
      name: 'issuing-request',
      description: 'make the key of a new issuing CA, and its request to the root',
      options: [new Option('--folder <folder>', 'the new folder').makeOptionMandatory()],
      examples: ['authority issuing-request --folder issuing-next'],
    },
    async ({ folder }: { folder: string }) => {
      const result = await request({ folder });
      const words = [
        `carry ${result.requestPath} to the offline machine; issuing.key stays here`,
        `key   ${result.keyFingerprint}`,
      ];
      return { result, words: words.join('\n') };
    },
  );
}

interface InstallOptions {
  authority: string;
  folder: string;
  certificate: string;
  rootFingerprint?: string;
  host?: string[];
}

export function issuingInstall(): Command {
  return command(
    {
      name: 'issuing-install',
      description: 'let a new issuing CA take over; the one before stays trusted',
      options: [
        authorityOption(),
        new Option('--folder <folder>', 'what issuing-request made').makeOptionMandatory(),
        new Option('--certificate <file>', 'what issuing-sign made').makeOptionMandatory(),
        new Option('--root-fingerprint <hex>', 'of a root that is new here'),
        new Option('--host <host...>', "central's names; where it has no identity yet"),
      ],
      help: `Reload central after it (SIGHUP). Boxes notice nothing: they trust the root,
and renew under the new issuing CA when their time comes.`,
      examples: [
        'authority issuing-install --authority authority --folder issuing-next --certificate issuing.crt',
      ],
    },
    async (options: InstallOptions) => {
      const { authority: authorityFolder, folder, certificate, rootFingerprint, host } = options;
      const result = await install({
        ...{ authorityFolder, folder, certificate, nowMs: Date.now() },
        ...(rootFingerprint !== undefined && { rootFingerprint }),
        ...(host !== undefined && { centralHosts: host }),
      });
      const { issuingFolder, previousFolder, issuingTrusted, notAfterMs } = result;
      const words = [
        `the issuing CA in ${issuingFolder} signs from the next reload of central on, until ${momentWords(notAfterMs)}`,
        ...(previousFolder === null ? [] : [`the one before lies in ${previousFolder}, for its CRL`]),
        `${counted(issuingTrusted, 'issuing CA')} trusted`,
      ];
      return { result, words: words.join('\n') };
    },
  );
}

export function serverRenew(): Command {
  return command(
    {
      name: 'server-renew',
      description: "make a new key and certificate for central's own servers",
      options: [
        authorityOption(),
        new Option('--host <host...>', 'its names; those of the present certificate unless given'),
      ],
      help: 'Reload central after it (SIGHUP).',
      examples: ['authority server-renew --authority authority'],
    },
    async ({ authority: authorityFolder, host }: { authority: string; host?: string[] }) => {
      const named = host !== undefined && { hosts: host };
      const result = await renew({ authorityFolder, nowMs: Date.now(), ...named });
      const words = `${result.hosts.join(', ')} until ${momentWords(result.notAfterMs)}`;
      return { result, words };
    },
  );
}
