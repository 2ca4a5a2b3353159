// A process that charges what is due at the sandbox and is gone at the point it was told: node charge-process.ts
// <database> <sandbox url> <the point to die at, 0 for none>. Its last words are the point, or how many there were.
import { writeSync } from 'node:fs';
import { openDatabase } from '../../central/ledger/sqlite/open.ts';
import { createSqliteStore } from '../../central/ledger/sqlite/store.ts';
import { openSandboxStripe, stripeRouting } from './charge-sandbox.ts';
import { carryOutSteps } from './charge-steps.ts';

const [path = '', url = '', last = '0'] = process.argv.slice(2);
const store = createSqliteStore(openDatabase(path), { routing: stripeRouting });
const { processor, clock } = await openSandboxStripe(new URL(url));
let passed = 0;
await carryOutSteps({
  store,
  processor,
  clock,
  point(step) {
    passed++;
    if (passed !== Number(last)) return;
    writeSync(process.stdout.fd, `${JSON.stringify({ kind: 'killed', at: step, passed })}\n`);
    process.kill(process.pid, 'SIGKILL');
    // The signal may take a moment, in which nothing more may be done.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  untilMs: Number.MAX_SAFE_INTEGER,
});
store.close();
writeSync(process.stdout.fd, `${JSON.stringify({ kind: 'ended', passed })}\n`);
process.exit(0);
