// Money for the operators' page to show: a box that sold, a processor that was asked and answered late, one sale that waits for a
// person, differences that a reconciliation found, and a payee who is paid. By the store's own calls, on a clock of its own.
import { createModelProcessor } from '../../central/charging/fixtures/model-processor.ts';
import type { RoutingRules } from '../../central/charging/route.ts';
import { publishProducts } from '../../central/feed/publish.ts';
import { bytesOf, checkoutEntry, refundEntry } from '../../central/fixtures/entries.ts';
import { createTestJournal, testKeys } from '../../central/fixtures/journal.ts';
import type { LedgerPort } from '../../central/ledger/port.ts';
import type { By } from '../../central/people/actor.ts';
import type { FoundDifference } from '../../central/reconciliation/differences.ts';

export const routing: RoutingRules = {
  processors: { stripe: { keyLifeMs: 86_400_000, tokenPrefixes: [''] } },
  rules: [{ when: {}, processors: ['stripe'], otherOn: [] }],
};
/** Above £1,000 one person is not enough. */
export const secondPersonAboveMinor = { GBP: 100_000 };

const box = 'hull-1';
const minuteMs = 60_000;

/** @param goods what is sold is called @param nowMs when all of it is over */
export async function trade(port: LedgerPort, goods: string, nowMs: number): Promise<void> {
  const by = (atMs: number): By => ({
    actor: { kind: 'command', user: 'tester', from: 'bench' },
    nowMs: atMs,
  });
  const beganMs = nowMs - 40 * minuteMs;
  await port.createPayee(
    { id: 'acme', name: 'Acme Foods Ltd', bankReference: 'GB29NWBK60161331926819' },
    by(beganMs),
  );
  const price = { priceMinor: 4820, baseQuantity: 1 } as const;
  const split = { payees: [{ payee: 'acme', basisPoints: 10_000 }], feeBasisPoints: 1500 };
  await publishProducts(
    port,
    [{ sku: 'A', name: goods, price, sellable: true }],
    { ...by(beganMs), nowMs: () => beganMs },
    [{ sku: 'A', split }],
  );

  const at = (ms: number) => ({
    wallMs: ms,
    monotonicMs: 5000,
    bootId: '00000000-0000-4000-8000-000000000001',
  });
  const sold = checkoutEntry({
    at: at(beganMs),
    totalMinor: 4820,
    slip: 41,
    judged: [{ sku: 'A', name: goods, quantity: 1, price, totalMinor: 4820 }],
  });
  const risky = checkoutEntry({
    at: at(beganMs + 3 * minuteMs),
    totalMinor: 185_000,
    slip: 42,
    review: ['velocity_kiosk_reached'],
  });
  const back = refundEntry(sold.id, 600, { at: at(beganMs + 20 * minuteMs), slip: 43 });

  const { privateKey, publicKeyDer } = testKeys();
  const journal = createTestJournal(box, privateKey);
  const arrive = async (count: number, atMs: number) => {
    const seq = journal.lastSeq();
    await port.hello({
      ...{ applianceId: box, publicKey: publicKeyDer, journalId: journal.journalId },
      ...{ lastSeq: seq, lastHash: journal.hashAt(seq), feedId: null, appliedThrough: 0 },
      ...{ release: '1.4.0', nowMs: atMs },
    });
    await port.receive({
      applianceId: box,
      payload: await journal.payload(seq - count + 1, seq),
      nowMs: atMs + 240,
    });
    await port.bookPiece(100, atMs + 264);
  };
  const deliver = async (atMs: number) => {
    const limits = { deliveriesMax: 10, perEndpointMax: 10, leaseMs: 1000 };
    for (const { delivery } of await port.takeDeliveries({ ...limits, nowMs: atMs })) {
      const answered = { status: 204, error: null, answer: null };
      await port.deliveryTried({ delivery, atMs: atMs + 60, durationMs: 180, ...answered });
    }
  };
  const stripe = createModelProcessor('stripe');
  /** The first call's answer is lost; a look-up finds what became of it. */
  const collect = async (act: 'do' | 'do_and_lose', atMs: number) => {
    for (let round = 0; round < 6; round++) {
      const places = { stripe: { freeCount: 5, broken: false } };
      const stepMs = atMs + round * 40_000;
      for (const step of await port.takeSteps({ places, stepsMax: 10, nowMs: stepMs })) {
        const { attemptRef } = step;
        const answerMs = stepMs + 412;
        if (step.kind === 'send') {
          const outcome = stripe.send(step, round === 0 ? act : 'do', stepMs);
          await port.answered({ attemptRef, outcome, nowMs: answerMs });
        } else {
          const result = stripe.lookUp(step.question, 'see');
          await port.lookedUp({ attemptRef, result, nowMs: answerMs });
        }
      }
    }
  };

  const types = ['checkout.booked', 'checkout.captured'] as const;
  await port.createEndpoint(
    { url: 'https://shop.example/holdfast', types: [...types], note: '', secret: 'whsec_test' },
    by(beganMs),
  );
  journal.append(bytesOf(sold), bytesOf(risky));
  await arrive(2, beganMs + 8 * minuteMs);
  await deliver(beganMs + 8 * minuteMs + 264);
  await collect('do_and_lose', beganMs + 8 * minuteMs + 300);
  const told = beganMs + 14 * minuteMs;
  await port.storeWebhook({
    ...{ processor: 'stripe', events: [...stripe.events], body: Buffer.from('{}'), signature: null },
    nowMs: told,
  });
  await port.workWebhooks({ eventsMax: 10, nowMs: told });
  journal.append(bytesOf(back));
  await arrive(1, beganMs + 20 * minuteMs + 900);
  await collect('do', beganMs + 20 * minuteMs + 1200);

  await differ(port, nowMs - 5 * minuteMs);
  const rule = { bank: 'main', keepBackDays: 0, minimumMinor: {} };
  await port.preparePayout({ payee: 'acme', currency: 'GBP', untilMs: nowMs, rule }, by(nowMs - minuteMs));
}

/** A run of a reconciliation that found three things. */
async function differ(port: LedgerPort, nowMs: number): Promise<void> {
  const run = await port.beginRun({ asOfMs: nowMs, by: 'tester', nowMs });
  if (run.kind !== 'begun') throw new Error('another run is at work');
  const found = (
    status: FoundDifference['status'],
    reference: string,
    amountMinor: number,
    differenceMinor: bigint | null,
    sides: ('ledger' | 'report' | 'bank')[],
  ): FoundDifference => {
    const sinceMs = nowMs - 26 * 60 * minuteMs;
    const about = { reference, currency: 'GBP', atMs: sinceMs, file: null, line: null };
    return {
      ...{ key: `${status} ${reference}`, status, processor: 'stripe', reference, currency: 'GBP' },
      ...{ amountMinor: BigInt(amountMinor), differenceMinor, sinceMs, rowsCount: sides.length },
      rows: sides.map((side, i) => ({
        side,
        ...about,
        amountMinor: amountMinor + i * Number(differenceMinor),
      })),
    };
  };
  await port.takeDifferences(
    run.run,
    [
      found('unknown_to_us', 'ch_3Q9xT2', 1200, null, ['report']),
      found('amount_differs', 'po_1Q9aa7', 48_120, -500n, ['report', 'bank']),
      found('missing', 'hull-1.slip-39', 2350, null, ['ledger']),
    ],
    nowMs,
  );
  await port.endRun(run.run, [], nowMs);
}
