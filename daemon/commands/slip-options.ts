// How a slip reaches the box: a file, standard input, parts on the command line, or typed in answer to questions. The code
// is never an argument: whoever may list processes would see it.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { IdentityError } from '../identity/error.ts';
import { checkSlip, codeEnvironment, parseSlip, type Slip } from '../identity/slip.ts';

export interface SlipOptions {
  slip?: string;
  est?: string;
  appliance?: string;
  root?: string;
  codeFile?: string;
}

const slipBytesMax = 16 * 1024;

/** What the options name; null when they name nothing. @throws IdentityError slip_malformed, slip_missing */
export async function slipOf(options: SlipOptions): Promise<Slip | null> {
  const { slip, est, appliance, root, codeFile } = options;
  if (slip !== undefined) return parseSlip(readText(slip));
  if (est === undefined && appliance === undefined && root === undefined && codeFile === undefined)
    return null;
  const code = codeFile === undefined ? process.env[codeEnvironment] : readText(codeFile);
  return completeSlip({ est, appliance, root, code });
}

/** Asks for the slip. @throws IdentityError slip_missing where nobody can be asked */
export function askSlip(): Promise<Slip> {
  return completeSlip({});
}

type Parts = {
  est?: string | undefined;
  appliance?: string | undefined;
  code?: string | undefined;
  root?: string | undefined;
};

const questions: [keyof Parts, string][] = [
  ['est', 'link of central (https://…), or the whole text of the QR code'],
  ['appliance', 'appliance'],
  ['code', 'code'],
  ['root', 'fingerprint of the root (sha256:…)'],
];

async function completeSlip(given: Parts): Promise<Slip> {
  const missing = questions.filter(([name]) => given[name] === undefined);
  if (missing.length === 0) return checkSlip({ v: 1, ...given });
  if (!process.stdin.isTTY) {
    throw new IdentityError(
      'slip_missing',
      `there is nobody to ask for: ${missing.map(([name]) => name).join(', ')}`,
      `Give the slip's text with --slip FILE or --slip - ; or its parts with --est, --appliance, --root and --code-file (or ${codeEnvironment}).`,
    );
  }
  // On stderr, so that --json has stdout to itself.
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const parts: Parts = { ...given };
    for (const [name, question] of missing) {
      const answer = (await asking.question(`${question}: `)).trim();
      if (name === 'est' && answer.startsWith('{')) return parseSlip(answer);
      parts[name] = answer;
    }
    return checkSlip({ v: 1, ...parts });
  } finally {
    asking.close();
  }
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path === '-' ? 0 : path);
    if (bytes.length <= slipBytesMax) return bytes.toString('utf8').trim();
  } catch (cause) {
    throw new IdentityError(
      'slip_missing',
      `${path} cannot be read`,
      'Name a file that holds the slip, or - for standard input.',
      cause,
    );
  }
  throw new IdentityError(
    'slip_malformed',
    `${path} is longer than any slip`,
    'Give the text of the QR code alone.',
  );
}
