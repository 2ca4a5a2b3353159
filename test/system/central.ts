// Central on this machine, for a box in QEMU: a real process, with an authority that names this machine as guests see it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify as toToml } from 'smol-toml';
import * as z from 'zod';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { kioskTlsCreate } from '../../provisioning/commands/kiosk-tls-create.ts';
import { hostAddress } from '../../provisioning/image/machine.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { type CentralApi, createCentralApi } from '../../trial/central-api.ts';
import { freePorts } from '../../trial/link.ts';
import { createProgram, onNode, type Program } from '../../trial/program.ts';
import { centralCommand } from '../../trial/site.ts';
import { generousPolicy } from '../faults/kill-cycles.ts';

export const applianceId = 'box-1';

export interface Central {
  program: Program;
  api: CentralApi;
  /** What operators read over HTTP, parsed by its schema. */
  read<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** `holdfast-central …`; @returns what it printed */
  command(...words: string[]): Promise<string>;
  /** What a technician puts onto the setup partition. */
  setup: string[];
  /** What tills trust. */
  kioskCaFile: string;
}

const Created = z.object({ slip: z.object({ code: z.string() }) });

/** @param folder of the site; central's own is `central` below it, where the model looks */
export async function openCentral(folder: string, catalogueFile: string): Promise<Central> {
  const [http = 0, mqtt = 0, est = 0] = await freePorts(3);
  const authority = join(folder, 'authority');
  const nowMs = Date.now();
  await authorityInit({ folder: authority, centralHosts: [hostAddress], nowMs });
  const tls = join(folder, 'kiosk-tls');
  await kioskTlsCreate({ authorityFolder: authority, hosts: ['127.0.0.1'], out: tls, nowMs });
  const config = join(folder, 'central.toml');
  const host = '127.0.0.1';
  writeFileSync(
    config,
    toToml({
      dataFolder: join(folder, 'central'),
      identityFolder: join(authority, 'central'),
      http: { host, port: http },
      broker: { mode: 'embedded', host, port: mqtt },
      est: {
        host,
        port: est,
        url: `https://${hostAddress}:${est}`,
        centralUrl: `mqtts://${hostAddress}:${mqtt}`,
        issuingFolder: join(authority, 'issuing'),
      },
    }),
  );
  let operatorKey = '';
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const program = createProgram({
    name: 'central',
    command: onNode(mainOf('holdfast-central')),
    args: ['run', '--config', config],
    readyMsMax: 60_000,
    logFile: join(folder, 'logs', 'central.log'),
    pidFile: join(folder, 'central.pid'),
    onLine({ operatorKey: said }) {
      if (typeof said !== 'string') return false;
      operatorKey = said;
      return true;
    },
  });
  // However this process ends.
  process.once('exit', () => {
    const pid = program.pid();
    if (pid !== null) process.kill(pid, 'SIGKILL');
  });
  await program.start();
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, JSON.stringify(generousPolicy));
  const command = (...words: string[]) => centralCommand(words, config);
  await command('policy', 'set', policy);
  await command('catalogue', 'import', catalogueFile);
  const create = ['enrolment', 'create', '--site', 'leeds', '--new-site', '--appliance', applianceId];
  const printed = await command(...create, '--json');
  Created.parse(JSON.parse(printed));
  const slip = join(folder, `${applianceId}.json`);
  writeFileSync(slip, printed);
  const url = `http://${host}:${http}`;
  return {
    program,
    api: createCentralApi({ url, operatorKey }),
    async read(path, schema) {
      const answer = await fetch(url + path, { headers: { authorization: `Bearer ${operatorKey}` } });
      return schema.parse(await answer.json());
    },
    command,
    setup: [slip, join(tls, 'kiosk-tls.key'), join(tls, 'kiosk-tls.crt')],
    kioskCaFile: join(tls, 'ca.crt'),
  };
}
