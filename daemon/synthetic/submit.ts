// Submits a synthetic checkout as a kiosk would: over HTTP, on this machine's own loopback.
import { request } from 'node:http';
import type { Checkout } from '../../contract/checkout.ts';
import { Problem } from '../../contract/kiosk-api.ts';
import { SyntheticAnswer } from '../../contract/synthetic.ts';
import type { Submitted } from './judge.ts';

export type Submit = (asked: {
  id: string;
  token: string;
  checkout: Checkout;
  withinMs: number;
}) => Promise<Submitted>;

const answerBytesMax = 64 * 1024;

export function submitTo(at: { host: string; port: number }): Submit {
  return ({ id, token, checkout, withinMs }) =>
    new Promise((resolve) => {
      const body = JSON.stringify(checkout);
      const headers = {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'Idempotency-Key': id,
      };
      const silent = () => resolve({ kind: 'silent' });
      const timer = setTimeout(() => asking.destroy(), withinMs);
      // fetch would load all of undici, which a box that sells has no other use for.
      const asking = request(
        { ...at, method: 'POST', path: '/v1/checkouts', headers, agent: false },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (piece: string) => {
            text += piece;
            if (text.length > answerBytesMax) answer.destroy();
          });
          answer.on('error', silent);
          answer.on('end', () => resolve(read(text)));
        },
      );
      asking.on('error', silent);
      asking.on('close', () => {
        clearTimeout(timer);
        silent();
      });
      asking.end(body);
    });
}

function read(text: string): Submitted {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'silent' };
  }
  const answer = SyntheticAnswer.safeParse(json);
  if (answer.success) return { kind: 'answered', answer: answer.data };
  const problem = Problem.safeParse(json);
  return problem.success ? { kind: 'problem', code: problem.data.code } : { kind: 'silent' };
}
