// How long a processor waits until its webhook is acknowledged, at a steady 500 a second: signature judged, event on the
// disk, and the worker applying them meanwhile. Each is sent when its time has come, whether or not those before it were
// answered, and counted from that time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { paymentEvent, signStripe } from '../central/webhooks/fixtures/stripe-events.ts';
import { report, round, say } from './report.ts';

export interface WebhookFigures {
  webhookP99Ms: number;
  webhookP50Ms: number;
  webhookMsMax: number;
  answered: number;
  refused: number;
}

const connectionsMax = 64;
const warmUpSeconds = 3;

/** Measures over a store of its own in a temporary folder; as `control`, a server that answers at once and keeps nothing. */
export async function measureWebhooks(
  load: { perSecond: number; seconds: number },
  what: 'door' | 'control' = 'door',
): Promise<WebhookFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const server = spawn(process.execPath, [join(import.meta.dirname, 'webhook-server.ts'), folder, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  try {
    const [port] = await once(createInterface({ input: server.stdout }), 'line');
    await send({ perSecond: load.perSecond, seconds: warmUpSeconds }, Number(port), agent);
    const { took, refused } = await send(load, Number(port), agent);
    took.sort((a, b) => a - b);
    const at = (share: number) => round(took[Math.floor(took.length * share)] ?? 0);
    return {
      webhookP99Ms: at(0.99),
      webhookP50Ms: at(0.5),
      webhookMsMax: round(took.at(-1) ?? 0),
      answered: took.length,
      refused,
    };
  } finally {
    agent.destroy();
    server.kill('SIGKILL');
    await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function send(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  port: number,
  agent: Agent,
) {
  const took: number[] = [];
  const state = { refused: 0 };
  const startMs = performance.now();
  const sent: Promise<void>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const dueMs = startMs + (i * 1000) / perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    sent.push(
      postOne(port, agent).then((status) => {
        if (status === 200) took.push(performance.now() - dueMs);
        else state.refused++;
      }),
    );
  }
  await Promise.all(sent);
  return { took, refused: state.refused };
}

function postOne(port: number, agent: Agent): Promise<number> {
  const body = paymentEvent({ reference: 'box-1.bench.charge.1' });
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        port,
        agent,
        path: '/webhooks/stripe',
        method: 'POST',
        headers: { 'stripe-signature': signStripe(body), 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      rate: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '20' },
    },
  });
  const load = { perSecond: Number(values.rate), seconds: Number(values.seconds) };
  const control = await measureWebhooks(load, 'control');
  const figures = await measureWebhooks(load);
  say(`a server that keeps nothing: p50 ${control.webhookP50Ms} ms, p99 ${control.webhookP99Ms} ms`);
  say(
    `${load.perSecond}/s for ${load.seconds} s: p50 ${figures.webhookP50Ms} ms, p99 ${figures.webhookP99Ms} ms, ` +
      `the slowest ${figures.webhookMsMax} ms, ${figures.refused} refused`,
  );
  await report('webhooks', { webhookP99Ms: figures.webhookP99Ms }, { ...figures, control, ...load });
}
