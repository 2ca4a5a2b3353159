// What a trial reads from central's operator API, parsed at the door.
import * as z from 'zod';
import { TrialError } from './error.ts';

const LedgerEntry = z.object({
  seq: z.int().min(1),
  documentId: z.string().nullable(),
  kind: z.string().nullable(),
  verdict: z.string().nullable(),
  totalMinor: z.int().nullable(),
  currency: z.string().nullable(),
  /** booked: money moved; recorded: it did not, as when refused at the appliance; parked: waits for a person. */
  state: z.enum(['booked', 'recorded', 'known', 'parked']),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;
const LedgerEntries = z.object({ items: z.array(LedgerEntry) });

const Account = z.object({
  name: z.string(),
  currency: z.string(),
  balanceMinor: z.int(),
});
export type Account = z.infer<typeof Account>;
const Accounts = z.object({ items: z.array(Account) });

const Appliance = z.object({ feed: z.object({ head: z.int().min(0), appliedThrough: z.int().min(0) }) });

const FleetMember = z.object({ report: z.object({}).nullable() });

const Exposure = z.object({
  openCount: z.int(),
  heldCount: z.int(),
  heldMinor: z.int(),
  writtenOffCount: z.int(),
  writtenOffMinor: z.int(),
});
export type Exposure = z.infer<typeof Exposure>;
const Reviews = z.object({ items: z.array(z.object({ number: z.int() })) });
const HeldMoney = z.object({
  items: z.array(z.object({ reason: z.string(), attemptRef: z.int().nullable(), amountMinor: z.int() })),
  nextCursor: z.int().nullable(),
});
const Persons = z.object({ items: z.array(z.object({ name: z.string(), state: z.string() })) });
const PersonLink = z.object({ link: z.string() });
const reviewsMax = 100;
const Exposures = z.object({ items: z.array(Exposure) });

export interface CentralApi {
  /** How far the appliance's feed goes; null while central does not know the appliance. */
  feedOf(applianceId: string): Promise<{ head: number; appliedThrough: number } | null>;
  /** Whether the appliance has said how it is. */
  hasReported(applianceId: string): Promise<boolean>;
  /** What the ledger has taken of a journal after a seq, in order, at most 1000. */
  entries(journalId: string, after: number): Promise<LedgerEntry[]>;
  accounts(): Promise<Account[]>;
  /** What each appliance approved and central has not collected, by currency. */
  exposure(): Promise<Exposure[]>;
  /** Refunds without a checkout: no exposure names them, and a person pays them out. */
  unlinkedRefunds(): Promise<{ count: number; minor: number }>;
  /** Gives up every sale that a warning of fraud holds, as a person would. Answers how many. */
  declineFraud(note: string): Promise<number>;
  /** The link by which an admin of that name signs in at the operators' page for the first time; null: they have. */
  linkFor(person: string): Promise<string | null>;
}

/** Each call throws TrialError bad_answer for an answer that is not central's, and what fetch throws for none. */
export function createCentralApi(options: { url: string; operatorKey: string }): CentralApi {
  async function read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const found = await readIfThere(path, schema);
    if (found !== null) return found;
    throw new TrialError('bad_answer', `central knows no ${path}`, "See central's log in the site's folder.");
  }

  async function readIfThere<T>(path: string, schema: z.ZodType<T>, body?: object): Promise<T | null> {
    const response = await fetch(options.url + path, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        Authorization: `Bearer ${options.operatorKey}`,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (response.status === 404) return null;
    const parsed = response.ok ? schema.safeParse(JSON.parse(text)) : null;
    if (parsed?.success) return parsed.data;
    throw new TrialError(
      'bad_answer',
      `central answered ${response.status} to ${path}: ${parsed ? z.prettifyError(parsed.error) : text.slice(0, 300)}`,
      "See central's log in the site's folder.",
    );
  }
  return {
    async feedOf(applianceId) {
      return (await readIfThere(`/v1/appliances/${applianceId}`, Appliance))?.feed ?? null;
    },
    async hasReported(applianceId) {
      const member = await readIfThere(`/v1/fleet/${applianceId}`, FleetMember);
      return member !== null && member.report !== null;
    },
    async entries(journalId, after) {
      const query = new URLSearchParams({ journal: journalId, after: String(after), limit: '1000' });
      return (await read(`/v1/ledger/entries?${query}`, LedgerEntries)).items;
    },
    async linkFor(person) {
      const { items } = await read('/v1/persons', Persons);
      const known = items.find(({ name }) => name === person);
      if (known?.state === 'active') return null;
      const [path, body] = known
        ? [`/v1/persons/${person}/link`, {}]
        : ['/v1/persons', { name: person, role: 'admin' }];
      return (await readIfThere(path, PersonLink, body))?.link ?? null;
    },
    accounts: async () => (await read('/v1/ledger/accounts', Accounts)).items,
    exposure: async () => (await read('/v1/exposure', Exposures)).items,
    async unlinkedRefunds() {
      const found = { count: 0, minor: 0 };
      for (let cursor: number | null = null; ; ) {
        const from: string = cursor === null ? '' : `&cursor=${cursor}`;
        const path = `/v1/reviews?state=waiting&kind=held_money&limit=${reviewsMax}${from}`;
        const { items, nextCursor } = await read(path, HeldMoney);
        for (const { reason, attemptRef, amountMinor } of items) {
          // One of a checkout names the call that took its money.
          if (reason !== 'refund' || attemptRef !== null) continue;
          found.count++;
          found.minor += amountMinor;
        }
        if (nextCursor === null) return found;
        cursor = nextCursor;
      }
    },
    async declineFraud(note) {
      let done = 0;
      for (;;) {
        const { items } = await read(`/v1/reviews?state=waiting&kind=fraud&limit=${reviewsMax}`, Reviews);
        if (items.length === 0) return done;
        for (const { number } of items) {
          await readIfThere(`/v1/reviews/${number}/decisions`, z.object({}), { decision: 'decline', note });
        }
        done += items.length;
      }
    },
  };
}
