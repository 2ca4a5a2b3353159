// A site of our own: an authority, central, one appliance and the link between them, all in one folder and as real
// processes. Opened again in the same folder it goes on with the same identities, journal and ledger.
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Policy } from '../contract/policy.ts';
import { createKioskClient } from '../kiosk/client.ts';
import { writeDurable } from '../kit/durable-file.ts';
import { applianceCreate } from '../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';
import { mainOf } from '../provisioning/package/main-of.ts';
import { createCentralApi } from './central-api.ts';
import { TrialError } from './error.ts';
import { type Link, openLink } from './link.ts';
import { type Command, createProgram, type LogFields, onNode, type Program } from './program.ts';
import {
  type Files,
  filesOf,
  makeRecord,
  readRecord,
  type SiteCharging,
  type SiteRecord,
  writeConfigs,
  writeRecord,
} from './site-folder.ts';

export interface SiteOptions {
  folder: string;
  applianceId?: string;
  /** Sold at the site: a CSV file in the form `holdfast-central catalogue import` takes. */
  catalogueFile: string;
  policy: Policy;
  /** The appliance's bound of its journal, where the default is not wanted. */
  journalBytesMax?: number;
  /** The processors that central charges at; none: nothing is charged. */
  charging?: SiteCharging;
  /** A collector of spans, for both programs; none: nobody collects them. */
  tracing?: { otlpUrl: string; headersFile?: string };
  /** What is run, where it is not ours. */
  programs?: Partial<SitePrograms>;
  /** How long a program may take to be ready, where the default is not enough. */
  readyMsMax?: number;
  /** What is happening, in words, while the site is opened. */
  onStep?: (step: string) => void;
  /** A program ended though nobody asked it to. */
  onCrash?: (program: Program, how: string) => void;
}

export interface SitePrograms {
  appliance: Command;
  central: Command;
}

export interface Site {
  folder: string;
  applianceId: string;
  applianceUrl: string;
  centralUrl: string;
  operatorKeyFile: string;
  operatorKey: string;
  appliance: Program;
  central: Program;
  link: Link;
  /** Everything, in order: what sends first, what receives last. */
  stop(): Promise<void>;
}

/** Emulated, on a machine with other things to do, a command takes a minute. */
const commandMsMax = 180_000;
const ours: SitePrograms = {
  appliance: onNode(mainOf('holdfast')),
  central: onNode(mainOf('holdfast-central')),
};

/**
 * Opens the site in `folder`, making what is missing, and resolves once the appliance sells: it has its catalogue and
 * its policy from central.
 * @throws TrialError already_running, program_not_ready, command_failed, too_slow; ProvisioningError
 */
export async function openSite(options: SiteOptions): Promise<Site> {
  const folder = resolve(options.folder);
  const step = options.onStep ?? (() => {});
  const programs = { ...ours, ...options.programs };
  const ready = options.readyMsMax === undefined ? {} : { readyMsMax: options.readyMsMax };
  const at = filesOf(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(at.logs, { recursive: true });

  const record = readRecord(at.record) ?? (await makeRecord(at.record, options.applianceId ?? 'appliance-1'));
  const { ports, applianceId } = record;
  const link = await openOnlyLink(ports.link, ports.centralMqtt, folder);
  const central = createProgram({
    name: 'central',
    command: programs.central,
    args: ['run', '--config', at.centralConfig],
    ...ready,
    logFile: join(at.logs, 'central.log'),
    pidFile: join(folder, 'central.pid'),
    onLine: (fields) => keepOperatorKey(at.operatorKey, fields),
    onCrash: (how) => options.onCrash?.(central, how),
  });
  const appliance = createProgram({
    name: 'appliance',
    command: programs.appliance,
    args: ['run', '--config', at.applianceConfig],
    ...ready,
    logFile: join(at.logs, 'appliance.log'),
    pidFile: join(folder, 'appliance.pid'),
    onCrash: (how) => options.onCrash?.(appliance, how),
  });
  const stop = async () => {
    await appliance.stop();
    await central.stop();
    await link.close();
  };

  try {
    await makeIdentities(at, applianceId, step);
    const { journalBytesMax, charging, tracing } = options;
    writeConfigs(at, ports, { journalBytesMax, charging, tracing });
    step('starting central');
    await central.start();
    await giveCentral(at, record, options, step);
    step('starting the appliance');
    await appliance.start();
    const site: Site = {
      folder,
      applianceId,
      applianceUrl: `http://127.0.0.1:${ports.appliance}`,
      centralUrl: `http://127.0.0.1:${ports.centralHttp}`,
      operatorKeyFile: at.operatorKey,
      operatorKey: readOperatorKey(at.operatorKey),
      appliance,
      central,
      link,
      stop,
    };
    await untilSelling(site, step);
    return site;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The link's port is also the lock on the folder: who holds it runs the site. */
async function openOnlyLink(port: number, targetPort: number, folder: string): Promise<Link> {
  try {
    return await openLink({ port, targetPort });
  } catch (cause) {
    throw new TrialError(
      'already_running',
      `port ${port} of the site in ${folder} is taken`,
      'Another start runs in this folder: stop it, or name another folder with --folder.',
      cause,
    );
  }
}

async function makeIdentities(at: Files, applianceId: string, step: (step: string) => void): Promise<void> {
  const nowMs = Date.now();
  if (!existsSync(at.authority)) {
    step('making an authority and certificates');
    await authorityInit({ folder: at.authority, centralHosts: ['localhost', '127.0.0.1'], nowMs });
  }
  if (!existsSync(at.applianceIdentity)) {
    await applianceCreate({ authorityFolder: at.authority, applianceId, out: at.applianceIdentity, nowMs });
  }
}

/** Catalogue and policy, through the operators' own commands; each only when it differs from what central has. */
async function giveCentral(
  at: Files,
  record: SiteRecord,
  options: SiteOptions,
  step: (step: string) => void,
): Promise<void> {
  const policyText = `${JSON.stringify(options.policy, null, 2)}\n`;
  const policy = hash('sha256', policyText);
  const catalogue = hash('sha256', readFileSync(options.catalogueFile));
  // The policy first: whoever has the catalogue then has the rules too.
  if (record.imported.policy !== policy) {
    step('setting the policy');
    writeDurable(at.policy, policyText);
    await centralCommand(['policy', 'set', at.policy], at.centralConfig, options.programs?.central);
  }
  if (record.imported.catalogue !== catalogue) {
    step('importing the catalogue');
    const args = ['catalogue', 'import', resolve(options.catalogueFile)];
    await centralCommand(args, at.centralConfig, options.programs?.central);
  }
  writeRecord(at.record, { ...record, imported: { catalogue, policy } });
}

/** Runs `holdfast-central …`. @returns what it printed; @throws TrialError command_failed with what it complained of */
export function centralCommand(
  args: readonly string[],
  configFile: string,
  [executable, ...words]: Command = ours.central,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const line = [...words, ...args, '--config', configFile];
    execFile(executable, line, { timeout: commandMsMax }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = (stderr || stdout).trim();
      reject(
        new TrialError(
          'command_failed',
          `holdfast-central ${args.join(' ')}: ${said}`,
          'The lines above say what it did not like.',
          error,
        ),
      );
    });
  });
}

/** An appliance refuses checkouts until catalogue and policy have come down, and sells by old ones until the feed is through. */
async function untilSelling(site: Site, step: (step: string) => void): Promise<void> {
  step('waiting for the catalogue to come down the feed');
  const kiosk = createKioskClient({ baseUrl: site.applianceUrl, retry: { totalMsMax: 2000 } });
  const central = createCentralApi({ url: site.centralUrl, operatorKey: site.operatorKey });
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const status = await kiosk.status();
    const feed = await central.feedOf(site.applianceId);
    const found = status.kind === 'found' ? status.value : null;
    if (found && feed && found.catalogue.products > 0 && found.feed.appliedThrough >= feed.head) return;
    await sleep(50);
  }
  throw new TrialError(
    'too_slow',
    'the appliance has no catalogue and policy after 30 s',
    `See ${site.appliance.logFile} and ${site.central.logFile}.`,
  );
}

/** Central says the key once, at its first start; it goes into a file for its owner only, and into no log. */
function keepOperatorKey(path: string, fields: LogFields): boolean {
  if (typeof fields.operatorKey !== 'string') return false;
  writeDurable(path, `${fields.operatorKey}\n`, 0o600);
  return true;
}

function readOperatorKey(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  throw new TrialError(
    'input_unusable',
    `${path} is missing, and central shows its key only once`,
    'Name another folder, or move the old one away.',
  );
}
