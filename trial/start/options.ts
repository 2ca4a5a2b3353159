// The command line of `npm start`.
import { Command, InvalidArgumentError } from 'commander';

export interface StartOptions {
  folder: string;
  /** Above one, the last of them starts cut off. */
  appliances: number;
  /** At each. */
  kiosks: number;
  /** When to do by itself what the keys do, in seconds after the first sale; null never. */
  seconds: number | null;
  cutAfter: number | null;
  restoreAfter: number | null;
  killAfter: number | null;
}

const examples = `
Examples:
  npm start
  npm start -- --appliances 5
  npm start -- --kiosks 8
  npm start -- --seconds 60 --cut-after 15 --restore-after 40 --kill-after 25

Keys in a terminal: c cut the link, r restore it, k kill -9 the appliance, q quit;
up and down choose on which of several appliances.
With several, the last one starts cut off, and the operators' page shows them all.
A second start in the same folder goes on with the same journal and ledger.

Exit codes: 0 stopped in order, 1 failed or the books differ, 2 the arguments cannot be used`;

/** Reads the arguments; prints help or what is wrong with them, and then ends the process. */
export function readStartOptions(argv: readonly string[]): StartOptions {
  const command = new Command('start')
    .description('A site in a box: central, appliances and a few kiosks, as real processes on this machine.')
    .option('--folder <folder>', 'where identities, journal, ledger and logs are kept', '.holdfast')
    .option('--appliances <n>', 'boxes at the one central, or as many as there were', wholeNumber(1, 20), 1)
    .option('--kiosks <n>', 'kiosks selling at each appliance', wholeNumber(1, 64), 3)
    .option('--seconds <s>', 'quit after so long', wholeNumber(1, 1_000_000), null)
    .option('--cut-after <s>', 'cut the link', wholeNumber(0, 1_000_000), null)
    .option('--restore-after <s>', 'restore the link', wholeNumber(0, 1_000_000), null)
    .option(
      '--kill-after <s>',
      'kill -9 the appliance, which is started again',
      wholeNumber(0, 1_000_000),
      null,
    )
    .addHelpText('after', examples)
    .allowExcessArguments(false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  command.parse([...argv], { from: 'user' });
  return command.opts<StartOptions>();
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Use a whole number from ${min} to ${max}.`);
  };
}
