// Both books of a site as their own programs show them: the appliance's journal and central's ledger.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DocumentPage, DocumentView } from '../contract/kiosk-api.ts';
import { limits } from '../contract/limits.ts';
import { createKioskClient, type KioskClient, type Reading } from '../kiosk/client.ts';
import { type Account, type CentralApi, createCentralApi, type LedgerEntry } from './central-api.ts';
import { TrialError } from './error.ts';
import type { Site } from './site.ts';

export interface Books {
  /** Every document of the appliance, the oldest first. */
  journal: DocumentView[];
  /** Those of them whose decision is in the journal and has not arrived. */
  undecided: ReadonlySet<string>;
  /** Every entry the ledger has taken of that journal, in order. */
  ledger: LedgerEntry[];
  balances: Account[];
}

export interface SettleProgress {
  lastSeq: number;
  receivedThrough: number;
  bookedThrough: number;
}

interface SettleOptions {
  /** How long the books may stand still before we stop waiting for them. */
  stillMsMax?: number;
  onProgress?: (progress: SettleProgress) => void;
  signal?: AbortSignal;
  /** The link is cut: what has not arrived is left out, and not waited for. */
  isCut?: boolean;
}

/** So long nothing new came of what had arrived before the link was cut. */
const quietMs = 500;

/**
 * Waits until nothing is pending and the ledger has taken the whole journal, or what arrived of it, then reads both.
 * @throws TrialError too_slow when nothing moves for too long; bad_answer
 */
export async function readSettledBooks(
  site: Pick<Site, 'applianceUrl' | 'centralUrl' | 'operatorKey'>,
  options: SettleOptions = {},
): Promise<Books> {
  const { stillMsMax = 60_000, isCut = false } = options;
  const kiosk = createKioskClient({ baseUrl: site.applianceUrl });
  const central = createCentralApi({ url: site.centralUrl, operatorKey: site.operatorKey });
  let bookedThrough = 0;
  let movedMs = performance.now();
  let receivedBefore = -1;

  for (;;) {
    options.signal?.throwIfAborted();
    const { journal } = found(await kiosk.status());
    const news = journal.receivedThrough > 0 ? await central.entries(journal.journalId, bookedThrough) : [];
    bookedThrough = news.at(-1)?.seq ?? bookedThrough;
    options.onProgress?.({ ...journal, bookedThrough });
    if (journal.pending === 0 && bookedThrough >= journal.lastSeq) break;
    if (isCut && bookedThrough >= journal.receivedThrough && performance.now() - movedMs > quietMs) break;

    if (news.length > 0 || journal.receivedThrough !== receivedBefore) movedMs = performance.now();
    if (performance.now() - movedMs > stillMsMax)
      throw standingStill({ ...journal, bookedThrough }, stillMsMax);
    receivedBefore = journal.receivedThrough;
    if (news.length === 0) await sleep(100, undefined, options.signal && { signal: options.signal });
  }
  // Read anew: a checkout that was still pending when it was first read has been decided since.
  const journalId = found(await kiosk.status()).journal.journalId;
  const ledger = await readLedger(central, journalId);
  const journal = await readJournal(kiosk);
  // A receipt may have been lost in the cut: what central has is what arrived.
  const arrived = ledger.at(-1)?.seq ?? 0;
  return {
    ...(isCut ? asArrived(journal, arrived) : { journal, undecided: new Set<string>() }),
    ledger,
    balances: await central.accounts(),
  };
}

/** What the journal's entries through that seq say: a checkout whose decision comes later is undecided in them. */
export function asArrived(
  journal: readonly DocumentView[],
  throughSeq: number,
): Pick<Books, 'journal' | 'undecided'> {
  const isUndecided = ({ decisionSeq = 0 }: DocumentView) => decisionSeq > throughSeq;
  const arrived = journal.filter(({ seq }) => seq <= throughSeq);
  return {
    journal: arrived.map((document) => {
      const { decisionSeq, ...said } = document;
      return isUndecided(document) ? { ...said, verdict: 'pending' } : document;
    }),
    undecided: new Set(arrived.filter(isUndecided).map(({ id }) => id)),
  };
}

/** The books of several boxes at one central as one, in the order they were read: the balances are of all of them. */
export function joinBooks(books: readonly Books[]): Books {
  return {
    journal: books.flatMap(({ journal }) => journal),
    undecided: new Set(books.flatMap(({ undecided }) => [...undecided])),
    ledger: books.flatMap(({ ledger }) => ledger),
    balances: books.at(-1)?.balances ?? [],
  };
}

async function readLedger(central: CentralApi, journalId: string): Promise<LedgerEntry[]> {
  const ledger: LedgerEntry[] = [];
  for (let news = await central.entries(journalId, 0); news.length > 0; ) {
    ledger.push(...news);
    news = await central.entries(journalId, ledger.at(-1)?.seq ?? 0);
  }
  return ledger;
}

async function readJournal(kiosk: KioskClient): Promise<DocumentView[]> {
  const documents: DocumentView[] = [];
  let cursor: string | null = null;
  do {
    const from: { cursor?: string } = cursor === null ? {} : { cursor };
    const page: DocumentPage = found(await kiosk.list({ limit: limits.pageItemsMax, ...from }));
    documents.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return documents.reverse();
}

/** What was read, where not being able to read it means that the trial has failed. */
function found<T>(reading: Reading<T>): T {
  switch (reading.kind) {
    case 'found':
      return reading.value;
    case 'invalid':
      throw new TrialError(
        'bad_answer',
        `the appliance refused to answer: ${reading.problem.code}`,
        'See its log.',
      );
    case 'unavailable':
      throw new TrialError('too_slow', `the appliance does not answer: ${reading.reason}`, 'See its log.');
  }
}

function standingStill(
  { lastSeq, receivedThrough, bookedThrough }: SettleProgress,
  stillMsMax: number,
): TrialError {
  return new TrialError(
    'too_slow',
    `nothing moved for ${stillMsMax / 1000} s: journal at ${lastSeq}, received through ${receivedThrough}, booked through ${bookedThrough}`,
    'See both logs; the link must be up.',
  );
}
