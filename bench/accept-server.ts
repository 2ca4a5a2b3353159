// The appliance's own HTTP server over one of the stores that the accept bench compares, as a process of its own.
import { randomUUID } from 'node:crypto';
import { startHttp } from '../daemon/http/server.ts';
import { answerOf } from '../daemon/store/answer.ts';
import { type StoreClient, startStore } from '../daemon/store/client.ts';
import type { AnswerTo, Ask, Command, CommandKind } from '../daemon/store/commands.ts';
import { openStore } from '../daemon/store/store.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { sellingFeed } from './baskets.ts';

export type StoreKind = 'durable' | 'nothing' | 'one_commit';

const space = { bytesMax: 64 * 1024 ** 3, reserveBytes: 0 };
const clock = systemClock();

/** A store that judges and keeps nothing: what HTTP alone costs. */
function keepNothing(): Asked {
  let seq = 0;
  return {
    async ask<K extends CommandKind>(_kind: K, ask: Ask<K>): Promise<AnswerTo<K>> {
      const { id, checkout } = ask as Ask<'checkout'>;
      const at = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs(), bootId: clock.bootId };
      const entry = { kind: 'checkout', id, at, verdict: 'approved_offline', reasons: [], checkout } as const;
      const answer = answerOf(
        { ...entry, reasons: [], slip: ++seq, catalogueVersion: 1, policyVersion: 1 },
        seq,
      );
      return { kind: 'answered', answer } as unknown as AnswerTo<K>;
    },
  };
}

type Asked = Pick<StoreClient, 'ask'>;

/** Each request its own transaction and sync, on the thread that serves. */
function oneCommit(folder: string): Asked {
  const store = openStore({ folder, space, clock });
  return {
    async ask<K extends CommandKind>(kind: K, ask: Ask<K>): Promise<AnswerTo<K>> {
      return store.execute([{ kind, ...ask } as unknown as Command])[0] as AnswerTo<K>;
    },
  };
}

async function open(kind: StoreKind, folder: string): Promise<Asked> {
  switch (kind) {
    case 'nothing':
      return keepNothing();
    case 'one_commit':
      return oneCommit(folder);
    case 'durable':
      return startStore({ folder, space }, { commandsWaitingMax: 4096, onGone: () => process.exit(1) });
  }
}

const [kind, folder] = process.argv.slice(2) as [StoreKind, string];
const store = await open(kind, folder);
if (kind !== 'nothing') {
  const { feedId, appliedThrough } = await store.ask('position', {});
  if (appliedThrough === 0) {
    await store.ask('feed', { feedId: feedId ?? randomUUID(), firstPosition: 1, items: sellingFeed() });
  }
}
const http = await startHttp(
  { host: '127.0.0.1', port: 0, connectionsMax: 1024, requestMsMax: 10_000 },
  {
    store: { lastSeq: 0, onDecided() {}, onChanged() {}, ...store },
    identity: { applianceId: 'bench', release: '0' },
    log: silentLog,
  },
);
process.stdout.write(`${JSON.stringify({ port: http.port })}\n`);
process.on('SIGINT', () => process.exit(0));
