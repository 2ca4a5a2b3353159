// What a technician does with kiosks: offer a code, list, rename, revoke. Each act is one short transaction, beside a
// running daemon or without one.
import type { Kiosk } from '../../../contract/pairing.ts';
import type { Clock } from '../../../kit/clock.ts';
import { codeLeftMs, pairingLimits } from '../../kiosks/judge-pairing.ts';
import { hashSecret, newCode, readCode } from '../../kiosks/secrets.ts';
import { momentOf, openKioskFile, readScopes } from './open.ts';

export interface KioskRegistry {
  /**
   * Makes a one-time code for a new kiosk. An earlier code for the same name is void, and a lock on pairing is lifted:
   * whoever may write this file is trusted above the count of wrong tries.
   */
  offer(kiosk: Kiosk): OfferResult;
  list(): KioskList;
  rename(from: string, to: string): 'renamed' | 'unknown' | 'name_taken';
  /** Ends a kiosk's token, or takes back the code that waits for it. */
  revoke(name: string): 'revoked' | 'code_taken_back' | 'unknown';
  close(): void;
}

export type OfferResult =
  | { kind: 'offered'; code: string; codeMsMax: number }
  | { kind: 'name_taken' }
  | { kind: 'full' };

export interface KioskList {
  kiosks: (Kiosk & { pairedAtMs: number })[];
  /** Codes that were given out and may still be traded. */
  codes: (Kiosk & { leftMs: number })[];
}

interface CodeRow {
  name: string;
  scopes: string;
  made_boot_id: string;
  made_monotonic_ms: number;
}

/** A person waits. */
const commandWaitMsMax = 5000;

/**
 * @param waitMsMax how long an act may wait for another process that writes
 * @throws UnknownSchemaError
 */
export function openKioskRegistry(folder: string, clock: Clock, waitMsMax = commandWaitMsMax): KioskRegistry {
  const db = openKioskFile(folder, waitMsMax);
  const hasKiosk = db.prepare<[string], 1>('SELECT 1 FROM kiosk WHERE name = ?').pluck();
  const kiosks = db.prepare<[], { name: string; scopes: string; paired_at_ms: number }>(
    'SELECT name, scopes, paired_at_ms FROM kiosk ORDER BY name',
  );
  const codes = db.prepare<[], CodeRow>(
    'SELECT name, scopes, made_boot_id, made_monotonic_ms FROM pairing_code ORDER BY name',
  );
  const removeCode = db.prepare<[string]>('DELETE FROM pairing_code WHERE name = ?');
  const removeKiosk = db.prepare<[string]>('DELETE FROM kiosk WHERE name = ?');
  const insertCode = db.prepare(
    `INSERT OR REPLACE INTO pairing_code (name, scopes, code_hash, made_boot_id, made_monotonic_ms)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const lift = db.prepare(
    'UPDATE pairing_guard SET wrong_tries = 0, locked_boot_id = NULL, locked_monotonic_ms = NULL',
  );
  const renameKiosk = db.prepare<[string, string]>('UPDATE kiosk SET name = ? WHERE name = ?');

  const offer = db.transaction((kiosk: Kiosk): OfferResult => {
    if (hasKiosk.get(kiosk.name)) return { kind: 'name_taken' };
    const waiting = openCodes().filter(({ name }) => name !== kiosk.name);
    if (kiosks.all().length + waiting.length >= pairingLimits.kiosksMax) return { kind: 'full' };
    const code = newCode();
    const { bootId, monotonicMs } = momentOf(clock);
    insertCode.run(kiosk.name, JSON.stringify(kiosk.scopes), codeHash(code), bootId, monotonicMs);
    lift.run();
    return { kind: 'offered', code, codeMsMax: pairingLimits.codeMsMax };
  });

  const rename = db.transaction((from: string, to: string): ReturnType<KioskRegistry['rename']> => {
    if (!hasKiosk.get(from)) return 'unknown';
    // A code that waits has the name already: there would be two of it when the code is traded.
    const taken = hasKiosk.get(to) || openCodes().some(({ name }) => name === to);
    if (from !== to && taken) return 'name_taken';
    renameKiosk.run(to, from);
    return 'renamed';
  });

  const revoke = db.transaction((name: string): ReturnType<KioskRegistry['revoke']> => {
    if (removeKiosk.run(name).changes > 0) return 'revoked';
    const open = openCodes().some((code) => code.name === name);
    removeCode.run(name);
    return open ? 'code_taken_back' : 'unknown';
  });

  return {
    offer: (kiosk) => offer.immediate(kiosk),
    rename: (from, to) => rename.immediate(from, to),
    revoke: (name) => revoke.immediate(name),
    list: db.transaction(() => ({
      kiosks: kiosks
        .all()
        .map((row) => ({ name: row.name, scopes: readScopes(row.scopes), pairedAtMs: row.paired_at_ms })),
      codes: codes.all().flatMap((row) => {
        const leftMs = leftMsOf(row);
        return leftMs > 0 ? [{ name: row.name, scopes: readScopes(row.scopes), leftMs }] : [];
      }),
    })),
    close: () => db.close(),
  };

  /** Those still good; the others are removed on the way. */
  function openCodes(): CodeRow[] {
    const [open, over] = [true, false].map((good) => codes.all().filter((row) => leftMsOf(row) > 0 === good));
    for (const row of over ?? []) removeCode.run(row.name);
    return open ?? [];
  }

  function leftMsOf(row: CodeRow): number {
    const madeAt = { bootId: row.made_boot_id, monotonicMs: row.made_monotonic_ms };
    return codeLeftMs(madeAt, momentOf(clock));
  }
}

/** Of the code as the kiosk's side reads it. */
function codeHash(code: string): string {
  return hashSecret(readCode(code) ?? code);
}
