// Stores raw entries: chain checked, position moved, nothing interpreted. The caller commits before it answers.
import { createPublicKey, type KeyObject } from 'node:crypto';
import type Database from 'better-sqlite3';
import { unreachable } from '../../../kit/assert.ts';
import { type EntriesRun, readEntriesRun } from '../../intake/entries-run.ts';
import { planRun } from '../../intake/plan-run.ts';
import type { Arrival } from '../../latency/hops.ts';
import type { LatencyTable } from '../../latency/sqlite/latency.ts';
import type { ReceiveResult } from '../port.ts';
import { type ApplianceTable, type JournalRow, positionOf } from './appliances.ts';

/** A hint for the ledger to hurry, no more: the entry itself is read by the ledger. */
const pendingVerdict = Buffer.from('"verdict":"pending"');

export interface IntakeTable {
  /** Stores what is not yet there of a run, whoever brought it and by whatever proof. */
  take(applianceRef: number, run: EntriesRun, arrival: Arrival): ReceiveResult;
  receive(frame: { applianceId: string; payload: Uint8Array; nowMs: number }): ReceiveResult;
}

export function createIntakeTable(
  db: Database.Database,
  appliances: ApplianceTable,
  latency: Pick<LatencyTable, 'arrived'>,
): IntakeTable {
  const insert = db.prepare('INSERT INTO entry (journal_ref, seq, body) VALUES (?, ?, ?)');
  const stored = db.prepare<[number, number], { body: Buffer }>(
    'SELECT body FROM entry WHERE journal_ref = ? AND seq = ?',
  );
  const keys = new Map<string, { der: Buffer; key: KeyObject }>();

  /** Making a KeyObject costs more than a comparison: it is kept for as long as the certificate stays the same. */
  function keyOf(applianceId: string, der: Buffer): KeyObject {
    const known = keys.get(applianceId);
    if (known?.der.equals(der)) return known.key;
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    keys.set(applianceId, { der, key });
    return key;
  }

  function store(journal: JournalRow, run: EntriesRun, skip: number, arrival: Arrival): number {
    for (let i = skip; i < run.bodies.length; i++) insert.run(journal.ref, run.firstSeq + i, run.bodies[i]);
    const lastSeq = run.firstSeq + run.bodies.length - 1;
    appliances.receivedThrough(journal.ref, lastSeq, run.lastHash);
    latency.arrived(journal.ref, { firstSeq: run.firstSeq + skip, lastSeq, ...arrival });
    return lastSeq;
  }

  function take(applianceRef: number, run: EntriesRun, arrival: Arrival): ReceiveResult {
    const journal = appliances.ensureJournal(applianceRef, run.journalId);
    const position = positionOf(run.journalId, journal);
    const diverged: ReceiveResult = { kind: 'diverged', position };
    const plan = planRun({ receivedThrough: position.receivedThrough, hash: journal.received_hash }, run);
    switch (plan.kind) {
      case 'store': {
        const receivedThrough = store(journal, run, plan.skip, arrival);
        return {
          kind: 'received',
          position: { ...position, receivedThrough, hash: run.lastHash.toString('hex') },
          entries: run.bodies.length - plan.skip,
          asks: run.bodies.some((body, i) => i >= plan.skip && body.includes(pendingVerdict)),
        };
      }
      case 'compare': {
        const same = run.bodies.every((body, i) =>
          stored.get(journal.ref, run.firstSeq + i)?.body.equals(body),
        );
        return same ? { kind: 'repeated', position } : diverged;
      }
      case 'repeated':
        return { kind: 'repeated', position };
      case 'gap':
        return { kind: 'gap', position };
      case 'diverged':
        return diverged;
      case 'chain_broken':
        return { kind: 'ignored', reason: 'chain_broken' };
      default:
        return unreachable(plan);
    }
  }

  return {
    take,
    receive({ applianceId, payload, nowMs }) {
      const appliance = appliances.find(applianceId);
      if (!appliance?.public_key) return { kind: 'ignored', reason: 'appliance_unknown' };
      const run = readEntriesRun(applianceId, payload, keyOf(applianceId, appliance.public_key));
      if ('ignored' in run) return { kind: 'ignored', reason: run.ignored };
      appliances.heard(appliance.ref, nowMs);
      const taken = take(appliance.ref, run, { receivedMs: nowMs, connectedMs: appliance.hello_ms });
      // The box itself says so: its journal stands under a condition until it says otherwise.
      if (taken.kind === 'diverged') {
        appliances.diverged(appliances.ensureJournal(appliance.ref, run.journalId).ref, nowMs);
      }
      return taken;
    },
  };
}
