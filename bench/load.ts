// A load of checkouts over real HTTP, from a process of its own: closed loop at a number of connections, or at a rate.
// Run by the benches as a child; prints one JSON object. It shares the machine with what it measures, so it costs little:
// raw sockets, and bodies made before the clock runs.
import { randomUUIDv7 } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { seededRandom } from '../kit/seeded-random.ts';
import { basket } from './baskets.ts';

export interface LoadOptions {
  port: number;
  connections: number;
  seconds: number;
  /** Checkouts a second over all connections; absent: as fast as answers come. */
  perSecond?: number;
  seed: number;
}

export interface LoadResult {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Answers other than 201. */
  errors: number;
}

/** Different bodies, sent in turn; every request has an id of its own. */
const bodies = 4000;

/** @param options.signal ends the load early */
async function runLoad(options: LoadOptions & { signal: AbortSignal }): Promise<LoadResult> {
  const random = seededRandom(options.seed);
  const requests = Array.from({ length: bodies }, () => requestOf(basket(random).body));
  let sent = 0;
  const latencies: number[] = [];
  let errors = 0;
  const startMs = performance.now();
  const endMs = startMs + options.seconds * 1000;
  await Promise.all(Array.from({ length: options.connections }, (_, i) => client(i)));
  const seconds = (performance.now() - startMs) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    requests: latencies.length,
    perSecond: Math.round(latencies.length / seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    errors,
  };

  async function client(index: number): Promise<void> {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    const answers = readAnswers(socket);
    const gapMs = options.perSecond ? (1000 * options.connections) / options.perSecond : 0;
    let dueMs = startMs + (gapMs * index) / options.connections;
    for (;;) {
      if (gapMs > 0) await sleepUntil(dueMs);
      const sentMs = gapMs > 0 ? dueMs : performance.now();
      if (sentMs >= endMs || options.signal.aborted) break;
      const { head, tail } = requests[sent++ % bodies] as Request;
      socket.write(`${head}${randomUUIDv7()}${tail}`, 'latin1');
      const status = await answers();
      // Measured from when it was due, so that a stalled server is not forgiven what it held back.
      latencies.push(performance.now() - sentMs);
      if (status !== 201) errors++;
      dueMs += gapMs;
    }
    socket.destroy();
  }
}

/** A request's text before and after its id. */
interface Request {
  head: string;
  tail: string;
}

function requestOf(body: string): Request {
  return {
    head: 'POST /v1/checkouts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: ',
    tail: `\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  };
}

function sleepUntil(ms: number): Promise<void> | undefined {
  const delay = ms - performance.now();
  return delay > 0.5 ? new Promise((resolve) => setTimeout(resolve, delay)) : undefined;
}

/** Resolves with the status of each answer in turn; reads Content-Length bodies only, which is all the server sends. */
function readAnswers(socket: Socket): () => Promise<number> {
  let buffered = Buffer.alloc(0);
  let waiting: ((status: number) => void) | null = null;
  const take = () => {
    const headEnd = buffered.indexOf('\r\n\r\n');
    if (headEnd < 0 || !waiting) return;
    const head = buffered.toString('latin1', 0, headEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (buffered.length < headEnd + 4 + length) return;
    buffered = buffered.subarray(headEnd + 4 + length);
    const resolve = waiting;
    waiting = null;
    resolve(Number(head.slice(9, 12)));
  };
  socket.on('data', (chunk) => {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    take();
  });
  return () =>
    new Promise((resolve) => {
      waiting = resolve;
      take();
    });
}

if (process.argv[1] === import.meta.filename) {
  const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions;
  const end = new AbortController();
  process.once('SIGTERM', () => end.abort());
  process.stdout.write(`${JSON.stringify(await runLoad({ ...options, signal: end.signal }))}\n`);
}
