// A technician with a phone in the site's network: sets a PIN at the console, opens the page's API over the tills' HTTPS, and has
// the box examined inside its sandbox.
import { setTimeout as sleep } from 'node:timers/promises';
import { TechnicianSession, TechnicianView } from '../../contract/technician-api.ts';
import type { Guest } from './guest.ts';

const pin = '830527';
const examinedMsMax = 300_000;

/** @returns what is not as it must be, a line each */
export async function lookAsTechnician(
  guest: Guest,
  baseUrl: string,
  say: (line: string) => void,
): Promise<string[]> {
  await guest.type(
    'pin set',
    { asked: '6 to 12 digits: ', typed: pin },
    { asked: 'The same again: ', typed: pin },
  );
  const cookie = await signIn(baseUrl);
  const post = await fetch(`${baseUrl}/v1/technician/examination`, { method: 'POST', headers: { cookie } });
  if (post.status !== 202) return [`the box is not examined: ${post.status} ${await post.text()}`];
  const { headline, examination } = await untilExamined(baseUrl, cookie);
  say(`    technician: ${headline}`);
  if (examination.kind !== 'done') return [`the box was not examined: ${JSON.stringify(examination)}`];
  const found = examination.checks.filter(({ state }) => state !== 'ok');
  for (const { code, state, words } of found) say(`    ${state}: ${code}: ${words}`);
  return found
    .filter(({ state }) => state === 'error')
    .map(({ code, words }) => `the doctor finds ${code}: ${words}`);
}

async function signIn(baseUrl: string): Promise<string> {
  const answer = await fetch(`${baseUrl}/v1/technician/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pin }),
  });
  const text = await answer.text();
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
  if (answer.status === 201 && TechnicianSession.parse(JSON.parse(text)).state === 'signed_in') return cookie;
  throw new Error(`the technician is not let in: ${answer.status} ${text}`);
}

async function untilExamined(baseUrl: string, cookie: string): Promise<TechnicianView> {
  const deadline = performance.now() + examinedMsMax;
  for (;;) {
    const answer = await fetch(`${baseUrl}/v1/technician/view`, { headers: { cookie } });
    const view = TechnicianView.parse(await answer.json());
    if (view.examination.kind !== 'running' || performance.now() > deadline) return view;
    await sleep(1000);
  }
}
