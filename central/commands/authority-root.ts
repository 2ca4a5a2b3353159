// `authority root-create`, `issuing-sign`: what is done on the machine that never sees a network.
import { type Command, Option } from 'commander';
import { issuingSign as sign } from '../../provisioning/commands/issuing-sign.ts';
import { rootCreate as create } from '../../provisioning/commands/root-create.ts';
import { command } from './command.ts';
import { momentWords } from './moment.ts';

export function rootCreate(): Command {
  return command(
    {
      name: 'root-create',
      description: 'make the root CA; on the offline machine',
      options: [new Option('--folder <folder>', 'the new folder for its key').makeOptionMandatory()],
      help: 'Who must be there, and what is written down: docs/operations/root-ceremony.md',
      examples: ['authority root-create --folder /media/root-a/root'],
    },
    async ({ folder }: { folder: string }) => {
      const result = await create({ folder, nowMs: Date.now() });
      const words = [
        `root in ${folder}, until ${momentWords(result.notAfterMs)}`,
        `write down its fingerprint: ${result.rootFingerprint}`,
      ];
      return { result, words: words.join('\n') };
    },
  );
}

export function issuingSign(): Command {
  return command(
    {
      name: 'issuing-sign',
      description: 'sign a new issuing CA with the root; on the offline machine',
      options: [
        new Option('--root <folder>', 'the folder that root-create made').makeOptionMandatory(),
        new Option('--request <file>', 'what issuing-request made, carried here').makeOptionMandatory(),
        new Option('--out <file>', 'the new file to carry back').makeOptionMandatory(),
      ],
      examples: ['authority issuing-sign --root /media/root-a/root --request issuing.csr --out issuing.crt'],
    },
    async ({ root: rootFolder, request, out }: { root: string; request: string; out: string }) => {
      const result = await sign({ rootFolder, request, out, nowMs: Date.now() });
      const words = [
        `${out} is valid until ${momentWords(result.notAfterMs)}`,
        `key   ${result.keyFingerprint}`,
        `root  ${result.rootFingerprint}`,
        'Compare the key with what issuing-request printed before anything is carried back.',
      ];
      return { result, words: words.join('\n') };
    },
  );
}
