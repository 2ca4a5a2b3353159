// npm run test:kill -- --cycles 500
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { runKillCycles } from './kill-cycles.ts';

const program = new Command('npm run test:kill --')
  .description('Kills the programs at random moments under load and checks every 201 against the ledger.')
  .option('--cycles <n>', 'how many kills', wholeNumber, 500)
  .option('--kiosks <n>', 'how many kiosks sell at the same time', wholeNumber, 8)
  .option('--seed <n>', 'a run that failed is run again with its seed', wholeNumber, Date.now() % 1_000_000)
  .addHelpText(
    'after',
    '\nExample:\n  npm run test:kill -- --cycles 500 --seed 7\n\nExit codes: 0 all is well, 1 it is not',
  )
  .parse();
const { cycles, kiosks, seed } = program.opts<{ cycles: number; kiosks: number; seed: number }>();

const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
process.stdout.write(`${cycles} cycles, ${kiosks} kiosks, seed ${seed}, in ${folder}\n`);
const findings = await runKillCycles({
  folder,
  cycles,
  kiosks,
  seed,
  onCycle: (cycle, told) => {
    if (cycle % 10 === 0) process.stdout.write(`  ${cycle} kills, ${told} documents answered\n`);
  },
});
process.stdout.write(`${JSON.stringify({ cycles, seed, ...findings })}\n`);
if (findings.wrongs.length > 0) process.exit(1);
rmSync(folder, { recursive: true });

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('use a whole number above zero');
  return Number(text);
}
