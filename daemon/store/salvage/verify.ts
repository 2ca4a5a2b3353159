// The whole journal held against itself: the file's pages, the chain from the first entry, and the sums kept beside it.
import type { Database } from 'better-sqlite3';
import { Entry } from '../../../contract/entry.ts';
import { genesisHash } from '../../../contract/hash.ts';
import { judgeChain } from './judge-chain.ts';
import { type Found, highestSeq, orNull, readThrough } from './readable.ts';

export type Finding =
  | { code: 'pages_damaged'; words: string }
  | { code: 'entries_missing' | 'entries_unreadable' | 'entries_altered'; firstSeq: number; lastSeq: number }
  | { code: 'entry_malformed'; firstSeq: number; lastSeq: number; words: string }
  | { code: 'position_unreadable' }
  | { code: 'exposure_differs'; keptMinor: number; countedMinor: number };

export interface Verified {
  journalId: string | null;
  /** What was read begins here. */
  firstSeq: number;
  lastSeq: number;
  receivedThrough: number | null;
  /** In the order in which they were found; of one kind at seqs that follow each other, one. */
  findings: Finding[];
  /** There were more than are named. */
  more: boolean;
}

const findingsMax = 100;
const pageWordsMax = 10;

/**
 * Reads everything once. The daemon may run: what it adds meanwhile is not looked at.
 * @param onProgress is told how many entries were read, of how many
 */
export function verifyJournal(db: Database, onProgress: (done: number, of: number) => void): Verified {
  const { findings, add } = findingList();
  for (const words of pageFindings(db)) add({ code: 'pages_damaged', words });
  return verifyRange(db, 1, highestSeq(db), { findings, add }, onProgress);
}

/** The same of the newest entries alone, and without reading every page: for a look at a box that sells. */
export function verifyNewest(db: Database, entriesMax: number): Verified {
  const lastSeq = highestSeq(db);
  return verifyRange(db, Math.max(1, lastSeq - entriesMax + 1), lastSeq, findingList(), () => {});
}

function verifyRange(
  db: Database,
  firstSeq: number,
  lastSeq: number,
  { findings, add }: ReturnType<typeof findingList>,
  onProgress: (done: number, of: number) => void,
): Verified {
  const position = orNull(() =>
    db
      .prepare<[], { journalId: string; receivedThrough: number; exposureMinor: number }>(
        `SELECT journal_id AS journalId, received_through AS receivedThrough, exposure_minor AS exposureMinor
         FROM position`,
      )
      .get(),
  );
  // What is read begins with an entry that nothing before it proves, unless it is the first.
  const before = firstSeq === 1 ? genesisHash : hashBefore(db, firstSeq);
  for (const judged of judgeChain(told(db, firstSeq, lastSeq, onProgress), before)) {
    switch (judged.kind) {
      case 'missing':
        add({ code: 'entries_missing', firstSeq: judged.seq, lastSeq: judged.seq });
        break;
      case 'unreadable':
        add({ code: 'entries_unreadable', firstSeq: judged.seq, lastSeq: judged.seq });
        break;
      case 'altered':
        add({ code: 'entries_altered', firstSeq: judged.entry.seq, lastSeq: judged.entry.seq });
        break;
      case 'unproven':
      case 'proven': {
        const words = malformed(judged.entry.body);
        const { seq } = judged.entry;
        if (words !== null) add({ code: 'entry_malformed', firstSeq: seq, lastSeq: seq, words });
      }
    }
  }
  if (!position) add({ code: 'position_unreadable' });
  else {
    // By one statement: the box may be selling meanwhile, and between two of them both change.
    const exposure = orNull(() =>
      db
        .prepare<[], { keptMinor: number; countedMinor: number }>(
          `SELECT exposure_minor AS keptMinor, (SELECT coalesce(sum(exposed_minor), 0) FROM document) AS countedMinor
           FROM position`,
        )
        .get(),
    );
    if (exposure && exposure.keptMinor !== exposure.countedMinor)
      add({ code: 'exposure_differs', ...exposure });
  }
  return {
    journalId: position?.journalId ?? null,
    firstSeq,
    lastSeq,
    receivedThrough: position?.receivedThrough ?? null,
    findings: findings.slice(0, findingsMax),
    more: findings.length > findingsMax,
  };
}

function hashBefore(db: Database, seq: number): Buffer | null {
  return orNull(
    () =>
      db
        .prepare<[number], Buffer>('SELECT hash FROM entry WHERE seq = ?')
        .pluck()
        .get(seq - 1) ?? null,
  );
}

function* told(
  db: Database,
  firstSeq: number,
  lastSeq: number,
  onProgress: (done: number, of: number) => void,
): Generator<Found> {
  let done = 0;
  for (const run of readThrough(db, firstSeq, lastSeq)) {
    yield* run;
    done += run.length;
    onProgress(done, lastSeq - firstSeq + 1);
  }
}

/** In SQLite's own words. */
function pageFindings(db: Database): string[] {
  const check = orNull(() => db.prepare<[], string>(`PRAGMA integrity_check(${pageWordsMax})`).pluck().all());
  if (check === null) return ['the file’s own catalogue of pages cannot be read'];
  return check.filter((words) => words !== 'ok');
}

function malformed(body: Buffer): string | null {
  try {
    const parsed = Entry.safeParse(JSON.parse(body.toString()));
    const issue = parsed.error?.issues[0];
    return issue ? `${issue.path.join('.')}: ${issue.message}` : null;
  } catch {
    return 'no JSON';
  }
}

/** Joins what is found of one kind at seqs that follow each other, and keeps one more than are named. */
function findingList(): { findings: Finding[]; add(finding: Finding): void } {
  const findings: Finding[] = [];
  return {
    findings,
    add(finding) {
      const last = findings.at(-1);
      const joined = last && 'lastSeq' in last && 'firstSeq' in last && 'firstSeq' in finding;
      if (joined && last.code === finding.code && last.lastSeq + 1 === finding.firstSeq) {
        last.lastSeq = finding.lastSeq;
      } else if (findings.length <= findingsMax) findings.push(finding);
    },
  };
}
