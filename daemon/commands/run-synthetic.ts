// What `holdfast synthetic run` asks and says.
import { SyntheticResult } from '../../contract/synthetic.ts';
import { readConfig } from '../config.ts';
import { readBoxKey } from '../synthetic/box-key.ts';
import { failureHint } from '../synthetic/judge.ts';
import { loopbackUrl } from './ask-daemon.ts';
import { type Options, print } from './command.ts';
import { CommandError } from './error.ts';

/** Its own ten seconds, and those of one that runs already. */
const answerMsMax = 30_000;

export async function runSynthetic(options: Options): Promise<void> {
  const config = readConfig(options.config);
  const key = readBoxKey(config.dataFolder);
  if (key === null) {
    const hint = 'Start the service; and run this as root or as the account of the service.';
    throw new CommandError('service_silent', 'the service does not run, or its key cannot be read', hint);
  }
  const result = await ask(`${loopbackUrl(config)}/v1/synthetic-checkouts`, key);
  print(options, result, syntheticWords(result));
  if (result.kind === 'failed') process.exitCode = 1;
}

async function ask(url: string, key: string): Promise<SyntheticResult> {
  const headers = { Authorization: `Bearer ${key}` };
  try {
    const answer = await fetch(url, { method: 'POST', headers, signal: AbortSignal.timeout(answerMsMax) });
    return SyntheticResult.parse(await answer.json());
  } catch (cause) {
    const hint = 'See `holdfast status`, and the log of the service.';
    throw new CommandError('service_silent', `${url} gave no result`, hint, cause);
  }
}

export function syntheticWords({ kind, failure, problem, verdict, reasons, hops }: SyntheticResult): string {
  const steps: [string, number | null][] = [
    ['durable', hops.durableMs],
    ['sent', hops.sentMs],
    ['received', hops.receivedMs],
    ['booked', hops.bookedMs],
    ['outcome here', hops.appliedMs],
  ];
  const lines = steps.map(([step, ms]) => `  ${step.padEnd(13)} ${ms === null ? 'not reached' : `${ms} ms`}`);
  const said = verdict === null ? [] : [`  ${[verdict, ...reasons].join(' ')}`];
  const why = failure === null ? [] : [`hint: ${failureHint(failure)}`];
  return [headline(kind, failure, problem), ...said, ...lines, ...why].join('\n');
}

function headline(
  kind: SyntheticResult['kind'],
  failure: SyntheticResult['failure'],
  problem: string | null,
): string {
  switch (kind) {
    case 'passed':
      return 'passed: from the door to the ledger and back';
    case 'passed_here':
      return 'passed here: it is in the journal; the link is down, or busy with a backlog';
    case 'failed':
      return `failed: ${failure}${problem === null ? '' : ` (${problem})`}`;
  }
}
