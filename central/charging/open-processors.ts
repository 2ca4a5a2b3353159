// The processors of the configuration, opened: each with its secrets, by the name it is routed to. The only place that
// knows which adapter goes by which name.
import { present } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import type { ProcessorPort } from '../processors/port.ts';
import { createStripeProcessor } from '../processors/stripe.ts';
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

/** Nobody is called. @throws CommandError secret_unusable */
export function openProcessors(
  config: Charging,
  parts: { clock: Pick<Clock, 'wallMs'>; env: NodeJS.ProcessEnv },
): OpenedProcessors {
  const opened = new Map(
    Object.entries(config.processors).map(([name, one]) => [
      name,
      { port: open(name, one, parts), concurrencyMax: one.concurrencyMax },
    ]),
  );
  const keyLifeMs = (name: string) =>
    present(opened.get(name), 'a processor of the configuration').port.keyLifeMs;
  return { opened, routing: routingRules(config, keyLifeMs) };
}

function open(
  name: string,
  config: ProcessorConfig,
  { clock, env }: { clock: Pick<Clock, 'wallMs'>; env: NodeJS.ProcessEnv },
): ProcessorPort {
  const secretKey =
    config.keyFile === undefined
      ? readSecret(credentialPath(name, env), 'credential')
      : readSecret(config.keyFile);
  const webhookSecrets = config.webhookSecretFiles.map((path) => readSecret(path));
  const { callMsMax, searchSettledMs } = config;
  const baseUrl = new URL(config.baseUrl);
  const options = { secretKey, webhookSecrets, baseUrl, callMsMax, searchSettledMs, clock };
  return { ...createStripeProcessor(options), name };
}
