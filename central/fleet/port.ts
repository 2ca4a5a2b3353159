// What is known of the fleet: by the ledger's file, and by what each box says of itself.
import type { HealthReport } from '../../contract/health.ts';
import type { Doctors } from '../doctor/port.ts';
import type { Metric } from './series/metrics.ts';
import type { SeriesAnswer } from './series/points.ts';
import type { FleetEvent } from './series/timeline.ts';

/** What the ledger's file knows of an appliance. */
export interface FleetFacts {
  id: string;
  site: string | null;
  /** By its last hello. */
  release: string | null;
  /** The last frame that counted for the ledger; null: never. */
  lastHeardMs: number | null;
  /** No longer let in, and how that came. */
  ended: { how: 'revoked' | 'replaced' | 'retired'; sinceMs: number } | null;
  journals: JournalStanding[];
  /** What central itself found wrong with it. */
  conditions: FoundCondition[];
}

export interface JournalStanding {
  journalId: string;
  receivedThrough: number;
  /** By its last hello. */
  lastSeq: number;
}

export interface FoundCondition {
  code: string;
  sinceMs: number;
}

export interface FleetCalls {
  /** By their ids. @param page.after the id before; `nextCursor` is the one to go on after */
  fleet(page: { after: string | null; limit: number }): { items: FleetFacts[]; nextCursor: string | null };
  fleetMember(applianceId: string): FleetFacts | null;
}

export interface HeardReport {
  report: HealthReport;
  /** By central's clock. */
  heardMs: number;
}

/** The newest report of each box. */
export interface Reports {
  of(applianceId: string): HeardReport | null;
}

/** Who hears how boxes are. */
export interface HealthTaker {
  /**
   * @param reports of one frame, the oldest first
   * @returns a reason for each that was not taken, or not with its time
   */
  take(applianceId: string, reports: readonly HealthReport[], heardMs: number): string[];
}

/** How boxes were. */
export interface FleetPast {
  /** Null: nothing was ever kept of it. */
  series(
    applianceId: string,
    metric: Metric,
    span: { fromMs: number; toMs: number; nowMs: number },
  ): SeriesAnswer | null;
  /** What held at any moment of the span, the newest first. Null: nothing was ever kept of it. */
  timeline(applianceId: string, span: { fromMs: number; toMs: number }): FleetEvent[] | null;
}

/** What a command reads beside the running service. */
export interface FleetAtRest extends Reports, Doctors, FleetPast {
  close(): void;
}

export interface FleetFile extends FleetAtRest, HealthTaker {
  /** How many reports were taken since the start. */
  taken(): number;
}
