#!/usr/bin/env node
// holdfast-sandbox: a payment processor to test against. Nobody is charged.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { stopOnSignals } from '../kit/lifecycle.ts';
import { createLog } from '../kit/log.ts';
import { type ClockKind, clockKinds } from './clock.ts';
import { openSandbox } from './server.ts';

const examples = `
Examples:
  npm run sandbox -- --port 4010
  npm run sandbox -- --port 4010 --clock manual
  curl -s http://127.0.0.1:4010/v1/payment_intents -u sk_test_any: \\
    -d amount=370 -d currency=gbp -d payment_method=pm_card_visa -d confirm=true
  curl -s http://127.0.0.1:4010/sandbox/clock/advance -d '{"ms":86400000}'`;

interface Options {
  host: string;
  port: number;
  clock: ClockKind;
  searchLagMs: number;
  latencyMs: number;
  json?: boolean;
}

const program = new Command('holdfast-sandbox')
  .description(
    "A payment processor to test against: speaks parts of Stripe's and Adyen's APIs and acts out what may go wrong.",
  )
  .option('--host <address>', 'where it listens', '127.0.0.1')
  .option('--port <number>', 'at which port; 0 for a free one', whole(65_535), 4010)
  .addOption(
    new Option('--clock <kind>', "the machine's, or one turned by hand")
      .choices(clockKinds)
      .default('system'),
  )
  .option('--search-lag-ms <ms>', 'how long a payment is not found by search', whole(86_400_000), 60_000)
  .option('--latency-ms <ms>', "how long a processor's answer takes", whole(600_000), 0)
  .option('--json', 'say where it listens as one JSON object')
  .addHelpText('after', examples)
  .showHelpAfterError()
  .exitOverride()
  .action(run);

function whole(max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,8}$/.test(text) ? Number(text) : Number.NaN;
    if (value <= max) return value;
    throw new InvalidArgumentError(`Use a whole number of 0 to ${max}.`);
  };
}

async function run(options: Options): Promise<void> {
  const sandbox = await openSandbox(options, createLog('holdfast-sandbox', 'info'));
  const url = `http://${options.host}:${sandbox.port}`;
  const words = `Stripe's API is at ${url}/v1, Adyen's at ${url}/v72, the sandbox's own at ${url}/sandbox (clock: ${options.clock})`;
  process.stdout.write(
    `${options.json ? JSON.stringify({ url, port: sandbox.port, clock: options.clock }) : words}\n`,
  );
  stopOnSignals(() => sandbox.close());
}

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const hint =
    code === 'EADDRINUSE' ? 'Choose another port with --port, or 0 for a free one.' : 'See --help.';
  process.stderr.write(`${code ?? 'failed'}: ${message}\n${hint}\n`);
  process.exitCode = 1;
});
