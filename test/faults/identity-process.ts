// `enrol` or `renew` alone, as a process that is killed: with no more of the program around it than it needs, and with a
// clock that may be wrong.
import { runEnrol } from '../../daemon/commands/enrol.ts';
import { runRenew } from '../../daemon/commands/renew.ts';

const [command, config = '', slip = ''] = process.argv.slice(2);
const at = process.env.BOX_CLOCK;
if (at) Date.now = () => Date.parse(at);

const done = command === 'enrol' ? runEnrol({ config, slip }) : runRenew({ config, force: slip === 'force' });
done.catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
