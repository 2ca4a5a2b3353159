// Opens a journal as the daemon's store does, and is killed after so many steps of its salvage.
import { writeSync } from 'node:fs';
import { mendJournal } from '../../daemon/store/salvage/mend.ts';
import { systemClock } from '../../kit/clock.ts';

const [, , folder = '', last = '0'] = process.argv;
let passed = 0;
mendJournal({
  folder,
  clock: systemClock(),
  onStep(step) {
    passed++;
    if (passed !== Number(last)) return;
    writeSync(process.stdout.fd, `${JSON.stringify({ kind: 'killed', at: step })}\n`);
    process.kill(process.pid, 'SIGKILL');
    // The signal may take a moment, in which nothing more may be done.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
writeSync(process.stdout.fd, `${JSON.stringify({ kind: 'ended', passed })}\n`);
