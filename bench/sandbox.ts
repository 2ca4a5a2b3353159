// npm run bench:sandbox — what a charge costs the sandbox, asked for through Stripe's SDK as central asks: processor time of
// its own process, charges a second, and the memory that a payment takes. With the answers at once, and 50 ms late.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { nameAttempt } from '../central/processors/attempt.ts';
import type { ProcessorPort } from '../central/processors/port.ts';
import { createStripeProcessor } from '../central/processors/stripe.ts';
import { systemClock } from '../kit/clock.ts';
import { report, round, say } from './report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    charges: { type: 'string', default: '200000' },
    'late-charges': { type: 'string', default: '20000' },
    'in-flight': { type: 'string', default: '128' },
  },
});
const inFlight = Number(values['in-flight']);
const latencyMs = 50;
/** Until the compiler has done its work. */
const warmUpCharges = 5000;
/** As package.json starts it; and what is unused can be collected before it is counted. */
const nodeFlags = ['--max-semi-space-size=64', '--expose-gc'];
/** Linux counts processor time in hundredths of a second. */
const tickMicros = 10_000;

const prompt = await measure(0, Number(values.charges));
say(`at once: ${describe(prompt)}, ${prompt.bytesPerPayment} B a payment`);
const late = await measure(latencyMs, Number(values['late-charges']));
say(`${latencyMs} ms late: ${describe(late)}`);
await report(
  'sandbox',
  {
    microsPerCharge: prompt.microsPerCharge,
    chargesPerSecond: prompt.chargesPerSecond,
    bytesPerPayment: prompt.bytesPerPayment,
    lateMicrosPerCharge: late.microsPerCharge,
    lateChargesPerSecond: late.chargesPerSecond,
  },
  { prompt, late, inFlight, latencyMs },
);

function describe({ chargesPerSecond, microsPerCharge, loadMicrosPerCharge }: Measured): string {
  return `${chargesPerSecond} charges/s, ${microsPerCharge} µs of the sandbox and ${loadMicrosPerCharge} µs of the SDK each`;
}

interface Measured {
  charges: number;
  chargesPerSecond: number;
  /** Of the sandbox. */
  microsPerCharge: number;
  /** Of the load, which is the SDK. */
  loadMicrosPerCharge: number;
  bytesPerPayment: number;
}

async function measure(answerLateMs: number, charges: number): Promise<Measured> {
  const main = join(import.meta.dirname, '../sandbox/main.ts');
  const options = ['--port', '0', '--clock', 'manual', '--json', '--latency-ms', String(answerLateMs)];
  const child = spawn(process.execPath, [...nodeFlags, main, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url } = JSON.parse(line as string) as { url: string };
  const port = createStripeProcessor({
    secretKey: 'sk_test_bench',
    webhookSecrets: ['whsec_bench'],
    baseUrl: new URL(url),
    callMsMax: 30_000,
    clock: systemClock(),
  });
  const pid = child.pid ?? 0;
  try {
    await charge(port, 0, warmUpCharges);
    const [micros, bytes] = [microsOf(pid), await heapOf(url)];
    const own = process.cpuUsage();
    const startMs = performance.now();
    await charge(port, warmUpCharges, charges);
    const seconds = (performance.now() - startMs) / 1000;
    const { user, system } = process.cpuUsage(own);
    return {
      charges,
      chargesPerSecond: Math.round(charges / seconds),
      microsPerCharge: round((microsOf(pid) - micros) / charges, 1),
      loadMicrosPerCharge: round((user + system) / charges, 1),
      bytesPerPayment: Math.round(((await heapOf(url)) - bytes) / charges),
    };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

async function charge(port: ProcessorPort, first: number, count: number): Promise<void> {
  let next = first;
  const lane = async () => {
    while (next < first + count) {
      const documentId = `0197a1de-0000-7000-8000-${String(next++).padStart(12, '0')}`;
      const outcome = await port.charge({
        ...nameAttempt({ applianceId: 'box-1', documentId, purpose: 'charge', number: 1 }),
        amount: { currency: 'GBP', amountMinor: 370 },
        token: 'pm_card_visa',
        take: 'authorise_and_capture',
      });
      if (outcome.kind !== 'approved') throw new Error(JSON.stringify(outcome));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

function microsOf(pid: number): number {
  // The name of the program may hold spaces; what follows its bracket does not.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMicros;
}

/** What is still in use once the unused is collected. */
async function heapOf(url: string): Promise<number> {
  const answer = await fetch(new URL('/sandbox/memory', url));
  const { usedBytes } = (await answer.json()) as { usedBytes: number };
  return usedBytes;
}
