// What a report says, put together of what was looked at. Pure.
import type { EntryTime } from '../../contract/entry.ts';
import type { HealthReport } from '../../contract/health.ts';
import type { Condition, LinkView, Status } from '../../contract/kiosk-api.ts';
import { limits } from '../../contract/limits.ts';
import type { SyntheticResult } from '../../contract/synthetic.ts';

export interface HealthFacts {
  at: EntryTime;
  release: string;
  upMs: number;
  status: Pick<Status, 'journal' | 'exposure' | 'catalogue' | 'policy' | 'certificate' | 'conditions'> & {
    link: LinkView;
  };
  /** By the wall clock of the box. */
  oldestUnreceivedMs: number | null;
  journalBytes: number;
  outages: number;
  residentBytes: number;
  corePermille: number | null;
  machine: HealthReport['machine'];
  counted?: Pick<HealthReport, 'verdicts' | 'reasons' | 'requestErrors' | 'latency' | 'store' | 'kiosks'>;
  slots?: HealthReport['slots'];
  configuration?: HealthReport['configuration'];
  synthetic: SyntheticResult | null;
  doctor?: HealthReport['doctor'];
}

export function makeReport(facts: HealthFacts): HealthReport {
  const { at, status, oldestUnreceivedMs } = facts;
  const { journal, exposure, certificate } = status;
  return {
    at,
    release: facts.release,
    upMs: facts.upMs,
    link: {
      kind: status.link.kind,
      forMs: sinceThen(at.wallMs, status.link.sinceMs),
      outages: facts.outages,
    },
    journal: {
      journalId: journal.journalId,
      lastSeq: journal.lastSeq,
      receivedThrough: journal.receivedThrough,
      oldestUnreceivedMs: oldestUnreceivedMs === null ? null : sinceThen(at.wallMs, oldestUnreceivedMs),
      bytes: facts.journalBytes,
    },
    exposure,
    versions: { catalogue: status.catalogue.version, policy: status.policy.version },
    certificateEndsMs: certificate?.notAfterMs ?? null,
    process: { residentBytes: facts.residentBytes, corePermille: facts.corePermille },
    machine: facts.machine,
    ...(facts.slots && { slots: facts.slots }),
    ...(facts.configuration && { configuration: facts.configuration }),
    synthetic: facts.synthetic,
    conditions: status.conditions.slice(0, limits.healthConditionsMax).map((condition) => ({
      code: condition.code,
      forMs: heldMs(condition, at.wallMs),
    })),
    ...facts.counted,
    ...(facts.doctor && { doctor: facts.doctor }),
  };
}

function heldMs({ sinceMs }: Condition, wallMs: number): number {
  // Some conditions have no beginning that anybody noted.
  return sinceMs === 0 ? 0 : sinceThen(wallMs, sinceMs);
}

/** A wall clock that was set back between must not make a time below nothing. */
function sinceThen(wallMs: number, thenMs: number): number {
  return Math.max(0, wallMs - thenMs);
}
