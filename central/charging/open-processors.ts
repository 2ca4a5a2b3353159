// The processors of the configuration, opened: each with its secrets, by the name it is routed to. The only place that
// knows which adapter goes by which name.
import { present, unreachable } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import { CommandError } from '../errors.ts';
import type { AdyenOptions } from '../processors/adyen.ts';
import type { Sightings } from '../processors/adyen-sightings.ts';
import type { WebhookUser } from '../processors/adyen-signatures.ts';
import type { ProcessorPort } from '../processors/port.ts';
import { type Charging, type ProcessorConfig, routingRules } from './processors-config.ts';
import type { RoutingRules } from './route.ts';
import { credentialPath, readSecret } from './secret-file.ts';

export interface OpenedProcessor {
  port: ProcessorPort;
  concurrencyMax: number;
}

export interface OpenedProcessors {
  /** By the name they are routed to. */
  opened: ReadonlyMap<string, OpenedProcessor>;
  routing: RoutingRules;
}

export interface OpeningParts {
  clock: Pick<Clock, 'wallMs'>;
  env: NodeJS.ProcessEnv;
  /** What webhooks told, for those that cannot be asked; not looked at before the first look-up. */
  sightings(processor: string): Sightings;
}

/** Nobody is called. @throws CommandError secret_unusable */
export async function openProcessors(config: Charging, parts: OpeningParts): Promise<OpenedProcessors> {
  const opened = new Map<string, OpenedProcessor>();
  for (const [name, one] of Object.entries(config.processors)) {
    opened.set(name, { port: await open(name, one, parts), concurrencyMax: one.concurrencyMax });
  }
  const keyLifeMs = (name: string) =>
    present(opened.get(name), 'a processor of the configuration').port.keyLifeMs;
  return { opened, routing: routingRules(config, keyLifeMs) };
}

/** An SDK takes tens of megabytes and most of a second: each is loaded only where it is named. */
async function open(name: string, config: ProcessorConfig, parts: OpeningParts): Promise<ProcessorPort> {
  const { clock, env } = parts;
  const secretKey =
    config.keyFile === undefined
      ? readSecret(credentialPath(name, env), 'credential')
      : readSecret(config.keyFile);
  const { callMsMax } = config;
  const baseUrl = new URL(config.baseUrl);
  switch (config.adapter) {
    case 'stripe': {
      const { searchSettledMs } = config;
      const webhookSecrets = config.webhookSecretFiles.map((path) => readSecret(path));
      const { createStripeProcessor } = await import('../processors/stripe.ts');
      const options = { secretKey, webhookSecrets, baseUrl, callMsMax, searchSettledMs, clock };
      return { ...createStripeProcessor(options), name };
    }
    case 'adyen': {
      const { merchantAccount, shopperReference = null, webhookUserFile } = config;
      const reports = config.reports ? readReports(config.reports) : null;
      const hmacKeys = config.webhookSecretFiles.map(readHmacKey);
      const webhookUser = webhookUserFile === undefined ? null : readUser(webhookUserFile);
      const { createAdyenProcessor } = await import('../processors/adyen.ts');
      const account = { apiKey: secretKey, merchantAccount, shopperReference, baseUrl, callMsMax };
      const heard = { hmacKeys, webhookUser, sightings: parts.sightings(name), reports };
      return { ...createAdyenProcessor({ ...account, ...heard, clock }), name };
    }
    default:
      return unreachable(config);
  }
}

type AdyenConfig = Extract<ProcessorConfig, { adapter: 'adyen' }>;

function readReports(config: NonNullable<AdyenConfig['reports']>): AdyenOptions['reports'] {
  const { baseUrl, userFile, firstBatch } = config;
  return { baseUrl: new URL(baseUrl), user: readUser(userFile), firstBatch: firstBatch ?? null };
}

function readHmacKey(path: string): string {
  const key = readSecret(path);
  if (/^([0-9a-f]{2})+$/i.test(key)) return key;
  const hint = 'Copy the HMAC key of the webhook as Adyen shows it: an even number of digits from 0 to F.';
  throw new CommandError('secret_unusable', `${path} does not hold an HMAC key of Adyen`, hint);
}

function readUser(path: string): WebhookUser {
  const text = readSecret(path);
  const at = text.indexOf(':');
  if (at > 0 && at < text.length - 1) return { username: text.slice(0, at), password: text.slice(at + 1) };
  const hint = 'Write user:password alone into it, as they are set up at Adyen.';
  throw new CommandError('secret_unusable', `${path} does not hold a user and a password`, hint);
}
