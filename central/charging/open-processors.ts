// The processors of the configuration, opened: each with its secrets, by the name it is routed to. The only place that
// knows which adapter goes by which name.
import type { Clock } from '../../kit/clock.ts';
import type { ProcessorPort } from '../processors/port.ts';
import { createStripeProcessor } from '../processors/stripe.ts';
import type { ProcessorConfig, Processors } from './processors-config.ts';
import { credentialPath, readSecret } from './secret-file.ts';

/** Nobody is called. @throws CommandError secret_unusable */
export function openProcessors(
  configured: Processors,
  parts: { clock: Pick<Clock, 'wallMs'>; env: NodeJS.ProcessEnv },
): ReadonlyMap<string, ProcessorPort> {
  return new Map(Object.entries(configured).map(([name, config]) => [name, open(name, config, parts)]));
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
  const { callMsMax } = config;
  const baseUrl = new URL(config.baseUrl);
  return { ...createStripeProcessor({ secretKey, webhookSecrets, baseUrl, callMsMax, clock }), name };
}
