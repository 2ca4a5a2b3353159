// The table of tokens: one line for each card and each processor that knows it by another name.
import type Database from 'better-sqlite3';
import type { TokenCalls } from '../token-port.ts';

export interface TokenTable extends TokenCalls {
  /** Null when nobody has said what the processor calls the card. */
  tokenOf(token: string, processor: string): string | null;
}

export function createTokenTable(db: Database.Database): TokenTable {
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
    importTokens: (tokens, nowMs) =>
      tokens.reduce(
        (changed, { token, processor, processorToken }) =>
          changed + upsert.run(token, processor, processorToken, nowMs).changes,
        0,
      ),
  };
}
