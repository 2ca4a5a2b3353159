// What is known of the fleet: by the ledger's file, and by what each box says of itself.
import type { HealthReport } from '../../contract/health.ts';

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
  note(applianceId: string, heard: HeardReport): void;
  of(applianceId: string): HeardReport | null;
  close(): void;
}
