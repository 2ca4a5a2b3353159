// What the running daemon asks about kiosks: who a token belongs to, and whether a code may be traded for one. Tokens
// are looked up in memory; what another process changed in the file is noticed on the next look.
import type { Condition } from '../../../contract/kiosk-api.ts';
import type { Kiosk } from '../../../contract/pairing.ts';
import type { Clock } from '../../../kit/clock.ts';
import { type Guard, judgePairing } from '../../kiosks/judge-pairing.ts';
import { hashSecret, newToken, readCode } from '../../kiosks/secrets.ts';
import { momentOf, openKioskFile, readScopes } from './open.ts';
import { asideCondition } from './set-aside.ts';

export interface KioskDoor {
  /** Whose token this is, as of now: a kiosk revoked by a command is nobody at once. A few microseconds. */
  kioskOf(token: string): Kiosk | null;
  /** Trades a code for a token; durable when it returns. Of two that trade the same code one is told it is wrong. */
  pair(code: string): PairingResult;
  /** Every kiosk by its name, with when it was last known here by its token; null: not since the daemon started. */
  seen(): (Kiosk & { lastSeenMs: number | null })[];
  /** What a technician must do about the kiosks of before. */
  condition(): Condition | null;
  close(): void;
}

export type PairingResult =
  | { kind: 'paired'; kiosk: Kiosk; token: string }
  | { kind: 'wrong_code'; locksNow: boolean }
  | { kind: 'locked'; leftMs: number }
  /** Another process is writing: try again. */
  | { kind: 'busy' };

interface CodeRow {
  name: string;
  scopes: string;
  made_boot_id: string;
  made_monotonic_ms: number;
}

interface GuardRow {
  wrong_tries: number;
  locked_boot_id: string | null;
  locked_monotonic_ms: number | null;
}

/** This runs on the thread that answers kiosks: better to ask one to come again than to hold up all. */
const waitMsMax = 100;

/** @throws UnknownSchemaError */
export function openKioskDoor(folder: string, clock: Clock): KioskDoor {
  const db = openKioskFile(folder, waitMsMax);
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
  const all = db.prepare<[], { name: string; scopes: string; token_hash: string }>(
    'SELECT name, scopes, token_hash FROM kiosk',
  );
  const codeBy = db.prepare<[string], CodeRow>(
    'SELECT name, scopes, made_boot_id, made_monotonic_ms FROM pairing_code WHERE code_hash = ?',
  );
  const removeCode = db.prepare<[string]>('DELETE FROM pairing_code WHERE name = ?');
  const insert = db.prepare('INSERT INTO kiosk (name, scopes, token_hash, paired_at_ms) VALUES (?, ?, ?, ?)');
  const guardRow = db.prepare<[], GuardRow>('SELECT * FROM pairing_guard');
  const setGuard = db.prepare(
    'UPDATE pairing_guard SET wrong_tries = ?, locked_boot_id = ?, locked_monotonic_ms = ?',
  );

  let kiosks = new Map<string, Kiosk>();
  /** By the token's hash: a name may change. */
  let lastSeenMs = new Map<string, number>();
  let seenVersion: number | undefined;
  const refresh = () => {
    seenVersion = dataVersion.get();
    kiosks = new Map(
      all.all().map((row) => [row.token_hash, { name: row.name, scopes: readScopes(row.scopes) }]),
    );
    lastSeenMs = new Map([...lastSeenMs].filter(([tokenHash]) => kiosks.has(tokenHash)));
  };
  refresh();

  const pair = db.transaction((typed: string): PairingResult => {
    const code = readCode(typed);
    const row = code === null ? undefined : codeBy.get(hashSecret(code));
    const madeAt = row ? { bootId: row.made_boot_id, monotonicMs: row.made_monotonic_ms } : null;
    const before = readGuard();
    const { guard, ...judged } = judgePairing(before, madeAt, momentOf(clock));
    // Nothing is written while pairing is locked, so that no stream of tries wears the disk or holds up this thread.
    if (guard !== before) {
      setGuard.run(guard.wrongTries, guard.lockedAt?.bootId ?? null, guard.lockedAt?.monotonicMs ?? null);
    }
    if (judged.kind === 'locked') return judged;
    if (judged.kind === 'wrong_code' || !row)
      return { kind: 'wrong_code', locksNow: guard.lockedAt !== null };
    const token = newToken();
    insert.run(row.name, row.scopes, hashSecret(token), clock.wallMs());
    removeCode.run(row.name);
    return { kind: 'paired', kiosk: { name: row.name, scopes: readScopes(row.scopes) }, token };
  });

  return {
    kioskOf(token) {
      // SQLite counts what other connections commit; one's own writes are not among it.
      if (dataVersion.get() !== seenVersion) refresh();
      const tokenHash = hashSecret(token);
      const kiosk = kiosks.get(tokenHash) ?? null;
      if (kiosk) lastSeenMs.set(tokenHash, clock.wallMs());
      return kiosk;
    },
    seen() {
      if (dataVersion.get() !== seenVersion) refresh();
      return [...kiosks]
        .map(([tokenHash, kiosk]) => ({ ...kiosk, lastSeenMs: lastSeenMs.get(tokenHash) ?? null }))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
    },
    pair(code) {
      try {
        const result = pair.immediate(code);
        if (result.kind === 'paired') refresh();
        return result;
      } catch (error) {
        if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return { kind: 'busy' };
        throw error;
      }
    },
    condition: () => asideCondition(folder),
    close: () => db.close(),
  };

  function readGuard(): Guard {
    const row = guardRow.get();
    const { locked_boot_id: bootId = null, locked_monotonic_ms: monotonicMs = null } = row ?? {};
    const lockedAt = bootId !== null && monotonicMs !== null ? { bootId, monotonicMs } : null;
    return { wrongTries: row?.wrong_tries ?? 0, lockedAt };
  }
}
