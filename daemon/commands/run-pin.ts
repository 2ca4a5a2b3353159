// What `holdfast pin` does. A PIN stands in no argument, for those are seen by every account and kept by the shell.
import { mkdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { readConfig } from '../config.ts';
import { judgePin } from '../technician/judge-pin.ts';
import { removePin, writePin } from '../technician/pin-file.ts';
import { askSecrets } from './ask-secret.ts';
import { type Options, print } from './command.ts';
import { CommandError } from './error.ts';

export type PinOptions = Options & { stdin?: boolean };

export async function setPin(options: PinOptions): Promise<void> {
  const { dataFolder, http } = readConfig(options.config);
  const pin = options.stdin ? (await text(process.stdin)).trim() : await askTwice();
  assertTaken(pin);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  try {
    await writePin(dataFolder, pin);
  } catch (error) {
    const hint = 'Run it as root or as the account of the service, and see that the disk has room.';
    throw new CommandError('pin_not_written', (error as Error).message, hint, error);
  }
  const where = http.lan ? `https://<this box>:${http.lan.port}/` : `http://127.0.0.1:${http.port}/`;
  const words = `The PIN is set. The technician’s page: ${where}`;
  print(options, { set: true }, http.lan ? words : `${words} (for the network: [http.lan])`);
}

export async function clearPin(options: Options): Promise<void> {
  const cleared = removePin(readConfig(options.config).dataFolder);
  print(options, { cleared }, cleared ? 'The PIN is gone: the page shows nothing.' : 'There was no PIN.');
}

async function askTwice(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new CommandError('not_confirmed', 'there is nobody to ask', 'Give it by --stdin.');
  }
  const asking = askSecrets();
  try {
    const pin = await asking.ask('New PIN, 6 to 12 digits: ');
    // Before it is asked for again: nobody types a refused one twice.
    assertTaken(pin);
    if ((await asking.ask('The same again: ')) === pin) return pin;
  } finally {
    asking.end();
  }
  throw new CommandError(
    'argument_malformed',
    'the two are not the same',
    'Nothing was changed: begin again.',
  );
}

function assertTaken(pin: string): void {
  const judged = judgePin(pin);
  if (judged.kind === 'refused') throw new CommandError('pin_refused', judged.words, judged.hint);
}
