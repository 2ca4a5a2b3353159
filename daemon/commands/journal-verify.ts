// What `holdfast journal verify` says: that the journal is sound, or each thing that is wrong with it and what to do.
import type { openForReading } from '../store/salvage/readable.ts';
import { type Finding, type Verified, verifyJournal } from '../store/salvage/verify.ts';
import { type Options, print } from './command.ts';

export function runVerify(db: NonNullable<ReturnType<typeof openForReading>>, options: Options): void {
  const verified = verifyJournal(db, showProgress());
  print(options, { sound: verified.findings.length === 0, ...verified }, words(verified));
  process.exitCode = verified.findings.length === 0 ? 0 : 1;
}

/** On a terminal, a line that is written over; elsewhere nothing. */
function showProgress(): (done: number, of: number) => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  let shown = -1;
  return (done, of) => {
    const percent = Math.floor((done / of) * 100);
    if (percent === shown) return;
    shown = percent;
    stderr.write(done === of ? '\r\u001b[K' : `\r${done} of ${of} entries (${percent} %)`);
  };
}

function words({ journalId, lastSeq, receivedThrough, findings, more }: Verified): string {
  const which = journalId ?? 'whose id cannot be read';
  const received = receivedThrough === null ? '' : `, central has received ${receivedThrough}`;
  if (findings.length === 0) {
    const proven = lastSeq === 0 ? 'It is empty' : `Entries 1 to ${lastSeq} are proven${received}`;
    return `The journal ${which} is sound.\n${proven}.`;
  }
  return [
    `The journal ${which} is damaged. It names entries 1 to ${lastSeq}${received}.`,
    '',
    ...findings.map((finding) => `  ${describe(finding)}`),
    ...(more ? ['  and more'] : []),
    '',
    'The service salvages it at its next start. To see beforehand what it keeps, with the service stopped:',
    '  holdfast journal salvage --dry-run',
  ].join('\n');
}

function describe(finding: Finding): string {
  switch (finding.code) {
    case 'pages_damaged':
      return `pages_damaged: ${finding.words}`;
    case 'entries_missing':
    case 'entries_unreadable':
    case 'entries_altered':
      return `${finding.code}: ${seqs(finding)}`;
    case 'entry_malformed':
      return `entry_malformed: ${seqs(finding)}: ${finding.words}`;
    case 'position_unreadable':
      return 'position_unreadable: how far central has received is not known here';
    case 'exposure_differs':
      return `exposure_differs: ${finding.keptMinor} is kept, the documents sum to ${finding.countedMinor} (minor units)`;
  }
}

function seqs({ firstSeq, lastSeq }: { firstSeq: number; lastSeq: number }): string {
  return firstSeq === lastSeq ? `${firstSeq}` : `${firstSeq} to ${lastSeq}`;
}
