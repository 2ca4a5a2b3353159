// A process that charges what is due at the sandbox and is gone at the point it was told: node charge-process.ts
// <database> <sandbox url> <the point to die at, 0 for none>
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
  point() {
    passed++;
    if (passed === Number(last)) process.kill(process.pid, 'SIGKILL');
  },
  untilMs: Number.MAX_SAFE_INTEGER,
});
store.close();
process.stdout.write(`${passed}\n`);
process.exit(0);
