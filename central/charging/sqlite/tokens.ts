// The table of tokens: one line for each card and each processor that knows it by another name.
import type Database from 'better-sqlite3';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { TokenCalls } from '../token-port.ts';

export interface TokenTable extends TokenCalls {
  /** Null when nobody has said what the processor calls the card. */
  tokenOf(token: string, processor: string): string | null;
}

export function createTokenTable(db: Database.Database, audit: Audit): TokenTable {
  const find = db
    .prepare<[string, string], string>(
      'SELECT processor_token FROM processor_token WHERE token = ? AND processor = ?',
    )
    .pluck();
  const upsert = db.prepare(
    `INSERT INTO processor_token (token, processor, processor_token, imported_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET processor_token = excluded.processor_token, imported_ms = excluded.imported_ms
     WHERE processor_token <> excluded.processor_token`,
  );
  return {
    tokenOf: (token, processor) => find.get(token, processor) ?? null,
    importTokens({ source, tokens }, by) {
      let changed = 0;
      for (const { token, processor, processorToken } of tokens) {
        changed += upsert.run(token, processor, processorToken, by.nowMs).changes;
      }
      audit(by, 'token.import', `file ${source}`, { tokens: tokens.length, changed });
      return changed;
    },
  };
}
