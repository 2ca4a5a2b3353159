// Central's own limits and places, from one TOML file. Unknown keys are errors: a misspelt limit must not be no limit.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'smol-toml';
import * as z from 'zod';
import { describeIssue } from '../contract/issue-words.ts';
import { limits } from '../contract/limits.ts';
import { isAddressRange } from '../kit/address-list.ts';
import { TracingConfig, tracingInFolder } from '../kit/tracing-config.ts';
import { AlertsConfig, alertsInFolder } from './alerts/config.ts';
import {
  chargingMistakes,
  Processors,
  Routing,
  resolveProcessorFiles,
} from './charging/processors-config.ts';
import { EstConfig, estInFolder } from './enrolment/config.ts';
import { CommandError } from './errors.ts';
import { PayoutsConfig } from './payouts/config.ts';
import { PeopleConfig } from './people/people-config.ts';
import { ReviewConfig } from './people/review-config.ts';
import { fetchMistakes, placedIn, ReconciliationSettings } from './reconciliation/settings.ts';
import { inFolder, WebhooksConfig } from './webhooks/config.ts';

const Port = z.int().min(0).max(65_535);

const AddressRange = z
  .string()
  .refine(isAddressRange, { error: 'use an IP address, or a network as 10.0.0.0/8' });

const Broker = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('embedded'),
    host: z.string().min(1).default('0.0.0.0'),
    /** 0 for any free one; the log says which. */
    port: Port.default(8883),
    connectionsMax: z.int().min(1).default(20_000),
  }),
  z.strictObject({ mode: z.literal('external'), url: z.url({ protocol: /^mqtts$/ }) }),
]);

const Sections = z.strictObject({
  /** Holds central.db. Relative paths count from the file's own folder. */
  dataFolder: z.string().min(1),
  /** The folder that `authority init` made. */
  identityFolder: z.string().min(1),
  http: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: Port.default(8081),
      /** Reverse proxies of our own, whose X-Forwarded-For says who asks: addresses or networks (CIDR). */
      trustedProxies: z.array(AddressRange).max(50).default([]),
    })
    .prefault({}),
  broker: Broker.prefault({ mode: 'embedded' }),
  /** How fast one appliance may send. */
  pace: z
    .strictObject({
      windowFrames: z.int().min(1).max(limits.windowFramesMax).default(12),
      entriesPerSecondMax: z.int().min(1).default(100_000),
    })
    .prefault({}),
  /** How payees are paid. */
  payouts: PayoutsConfig,
  webhooks: WebhooksConfig.prefault({}),
  /** Without any nothing is charged: what is sold is booked, and who asks is answered by the token. */
  processors: Processors.default({}),
  routing: Routing.default([]),
  /** Enrolment and renewal of appliances; without it nobody enrols here. */
  est: EstConfig.optional(),
  people: PeopleConfig,
  reviews: ReviewConfig,
  /** When somebody is told of boxes and of central itself, and how. */
  alerts: AlertsConfig,
  reconciliation: ReconciliationSettings.prefault({}),
  /** Where spans of documents go: an OpenTelemetry collector. */
  tracing: TracingConfig,
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
});
const Config = Sections.superRefine((config, context) => {
  const mistakes = [...chargingMistakes(config), ...fetchMistakes(config.reconciliation, config.processors)];
  for (const mistake of mistakes) context.addIssue({ code: 'custom', ...mistake });
});
export type Config = z.infer<typeof Config>;

/**
 * Reads and checks the file.
 * @throws CommandError config_missing, config_malformed: each names the key
 */
export function readConfig(path: string): Config {
  const config = parseConfig(readText(path), path);
  const folder = dirname(resolve(path));
  return {
    ...config,
    dataFolder: resolve(folder, config.dataFolder),
    identityFolder: resolve(folder, config.identityFolder),
    est: estInFolder(config.est, folder),
    alerts: alertsInFolder(config.alerts, folder),
    webhooks: inFolder(config.webhooks, folder),
    processors: resolveProcessorFiles(config.processors, folder),
    reconciliation: placedIn(folder, config.reconciliation),
    tracing: tracingInFolder(config.tracing, folder),
  };
}

export function parseConfig(text: string, path: string): Config {
  const malformed = (details: string[], cause?: unknown) =>
    new CommandError('config_malformed', `${path} is no valid configuration`, 'Correct the keys named.', {
      details,
      cause,
    });
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    throw malformed([(error as Error).message], error);
  }
  const config = Config.safeParse(table);
  if (!config.success) throw malformed(config.error.issues.map(describeIssue));
  return config.data;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(
      'config_missing',
      `${path} cannot be read`,
      'Name the configuration with --config FILE.',
      {
        cause: error,
      },
    );
  }
}
