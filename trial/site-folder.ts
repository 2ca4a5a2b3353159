// What lies where in a site's folder, and what must not be forgotten between two starts.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify as toToml } from 'smol-toml';
import * as z from 'zod';
import { writeDurable } from '../kit/durable-file.ts';
import { TrialError } from './error.ts';
import { freePorts } from './link.ts';

export function filesOf(folder: string) {
  return {
    record: join(folder, 'site.json'),
    logs: join(folder, 'logs'),
    authority: join(folder, 'authority'),
    applianceIdentity: join(folder, 'appliance-identity'),
    applianceData: join(folder, 'appliance'),
    centralData: join(folder, 'central'),
    applianceConfig: join(folder, 'appliance.toml'),
    centralConfig: join(folder, 'central.toml'),
    policy: join(folder, 'policy.json'),
    operatorKey: join(folder, 'operator.key'),
    processorKey: join(folder, 'processor.key'),
  };
}
export type Files = ReturnType<typeof filesOf>;

/** What a site must not forget between two starts. */
const SiteRecord = z.strictObject({
  applianceId: z.string(),
  // Kept over restarts: kiosks go on calling the same port, and the appliance the same link.
  ports: z.strictObject({
    appliance: z.int(),
    centralHttp: z.int(),
    centralMqtt: z.int(),
    link: z.int(),
  }),
  /** SHA-256 of what central was given last, so that an unchanged file makes no new version. */
  imported: z.strictObject({ catalogue: z.string(), policy: z.string() }),
});
export type SiteRecord = z.infer<typeof SiteRecord>;

export function readRecord(path: string): SiteRecord | null {
  if (!existsSync(path)) return null;
  const parsed = SiteRecord.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new TrialError(
    'input_unusable',
    `${path} was not written by this release`,
    'Name another folder, or move the old one away.',
  );
}

export async function makeRecord(path: string, applianceId: string): Promise<SiteRecord> {
  const [appliance = 0, centralHttp = 0, centralMqtt = 0, link = 0] = await freePorts(4);
  const record: SiteRecord = {
    applianceId,
    ports: { appliance, centralHttp, centralMqtt, link },
    imported: { catalogue: '', policy: '' },
  };
  writeRecord(path, record);
  return record;
}

export function writeRecord(path: string, record: SiteRecord): void {
  writeDurable(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** Central's sections `processors` and `routing`; each processor with a secret of its own, which is no secret in a trial. */
export interface SiteCharging {
  processors: Readonly<Record<string, SiteProcessor>>;
  routing?: readonly object[];
  /** Where webhooks come in, where a processor is to be told; any free port unless told. */
  webhookPort?: number;
}

export interface SiteProcessor {
  baseUrl: string;
  /** Any other keys of the section. */
  settings?: object;
}

/** Any key of this form is taken by the sandbox. */
const sandboxKey = 'sk_test_trial';

/** Both programs' configurations, made of the record anew at each start. */
export function writeConfigs(
  at: Files,
  ports: SiteRecord['ports'],
  {
    journalBytesMax,
    charging,
    tracing,
  }: {
    journalBytesMax: number | undefined;
    charging: SiteCharging | undefined;
    tracing: { otlpUrl: string; headersFile?: string } | undefined;
  },
): void {
  const log = { level: 'info' };
  const host = '127.0.0.1';
  const central = {
    dataFolder: at.centralData,
    identityFolder: join(at.authority, 'central'),
    http: { host, port: ports.centralHttp },
    broker: { mode: 'embedded', host, port: ports.centralMqtt },
    // Nobody wants to look for their phone in a trial.
    people: { secondFactor: 'optional' },
    ...(charging && chargingSections(at, charging)),
    ...(tracing && { tracing }),
    log,
  };
  const appliance = {
    dataFolder: at.applianceData,
    identityFolder: at.applianceIdentity,
    http: { host, port: ports.appliance },
    // Through the link, where it can be cut. A healed link is noticed soon: nobody wants to wait a minute in a trial.
    central: { url: `mqtts://localhost:${ports.link}`, reconnectMsMax: 2000 },
    ...(journalBytesMax !== undefined && { journal: { bytesMax: journalBytesMax } }),
    ...(tracing && { tracing }),
    log,
  };
  writeDurable(at.centralConfig, toToml(central));
  writeDurable(at.applianceConfig, toToml(appliance));
}

function chargingSections(at: Files, charging: SiteCharging): object {
  // Any free port unless told: several trials may run side by side.
  const { processors, routing = [], webhookPort: port = 0 } = charging;
  writeDurable(at.processorKey, `${sandboxKey}\n`, 0o600);
  const sections = Object.entries(processors).map(([name, { baseUrl, settings }]) => [
    name,
    { adapter: 'stripe', baseUrl, keyFile: at.processorKey, ...settings },
  ]);
  return { webhooks: { port }, processors: Object.fromEntries(sections), routing };
}
