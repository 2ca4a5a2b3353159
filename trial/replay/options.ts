// The command line of `npm run replay`.
import { Command, InvalidArgumentError, Option } from 'commander';

export interface ReplayOptions {
  files: string[];
  kiosks: number;
  /** The link is cut between these shares of the day. */
  outage: { from: number; to: number } | null;
  kills: number;
  /** At which processor the day is charged; null: at none. */
  processor: 'stripe-sandbox' | null;
  /** Whether calls, reports and statements go wrong. */
  faults: 'none' | 'all';
  /** What the faults are drawn by. */
  seed: number;
  json: boolean;
  keep: boolean;
}

const examples = `
Examples:
  npm run replay -- days/2010-12-01.csv
  npm run replay -- --kiosks 8 --outage 30-60 --kill 5 days/2010-12-01.csv
  npm run replay -- --json days/*.csv | tail -1
  npm run replay -- --processor stripe-sandbox --faults all days/2010-12-01.csv

A day is a CSV file with the columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID
and Country, prices in pounds.

Exit codes: 0 balanced, 1 not balanced or failed, 2 the arguments or a file cannot be used`;

/** Reads the arguments; prints help or what is wrong with them, and then ends the process. */
export function readReplayOptions(argv: readonly string[]): ReplayOptions {
  const command = new Command('replay')
    .description('Sells recorded days through a real site and compares journal and ledger entry by entry.')
    .argument('<file...>', 'recorded days, CSV')
    .option('--kiosks <n>', 'kiosks selling side by side', wholeNumber(1, 256), 4)
    .option('--outage <a-b>', 'keep the link cut between a % and b % of the day', outage, null)
    .option('--kill <n>', 'kill the appliance with -9 that many times', wholeNumber(0, 100), 0)
    .addOption(
      new Option('--processor <name>', 'charge the day there and reconcile it on four sides')
        .choices(['stripe-sandbox'])
        .default(null, 'nobody is charged'),
    )
    .addOption(
      new Option('--faults <which>', 'what goes wrong at the processor, in its reports and at the bank')
        .choices(['none', 'all'])
        .default('none'),
    )
    .option('--seed <n>', 'draw the faults by it', wholeNumber(1, 1_000_000), 1)
    .option('--json', 'end with one line of JSON', false)
    .option('--keep', 'keep the folder with both databases and logs', false)
    .addHelpText('after', examples)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  command.parse([...argv], { from: 'user' });
  if (command.opts().faults !== 'none' && command.opts().processor === null) {
    command.error('error: --faults needs --processor: there is nothing else that could go wrong');
  }
  const { kill, ...options } = command.opts<Omit<ReplayOptions, 'files' | 'kills'> & { kill: number }>();
  return { files: command.args, kills: kill, ...options };
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Use a whole number from ${min} to ${max}.`);
  };
}

function outage(text: string): { from: number; to: number } {
  const [, from = '', to = ''] = /^(\d{1,3})-(\d{1,3})$/.exec(text) ?? [];
  const shares = { from: Number(from) / 100, to: Number(to) / 100 };
  if (from !== '' && shares.from < shares.to && shares.to <= 1) return shares;
  throw new InvalidArgumentError('Use two percentages of the day, the smaller first, such as 30-60.');
}
