// The life of a sale at this kiosk: goods in, paid, and what became of it, also when the page was loaded anew in between.
// The till is kept before anything is sent, and opened again only when the sale's fate is known.
import type { Answer } from '../../../contract/kiosk-api.ts';
import type { Quote } from '../../../contract/quote.ts';
import { moneyText } from '../../../kiosk/banner.ts';
import type { KioskClient, Reading, Submission } from '../../../kiosk/client.ts';
import { newId } from '../../../kiosk/uuid.ts';
import { fateOf } from '../shop/fate.ts';
import type { TestCard } from '../shop/test-cards.ts';
import {
  type Basket,
  codeOf,
  emptyBasket,
  emptyTill,
  goodsOf,
  lineOf,
  type Till,
  withMore,
  withQuantity,
} from '../shop/till.ts';
import { readingWords, refusalWords, scanRefusal, type Told, unansweredWords } from '../shop/words.ts';

export type View =
  | { kind: 'selling'; basket: Basket; quote: Quote | null; online: boolean; notice: string | null }
  | { kind: 'asking' }
  | { kind: 'unanswered'; told: Told }
  | { kind: 'sold'; answer: Answer; slip: string | null; printed: boolean }
  | { kind: 'not_sold'; told: Told };

interface CounterParts {
  kiosk: KioskClient;
  till: { read(): Till; write(till: Till): void };
  /** Who attests an age. */
  by: string;
  /** The site's, null until its policy is known. */
  currency(): string | null;
  /** Whether central can be asked at the moment. */
  online(): boolean;
  show(view: View): void;
  /** Said to whoever cannot see the screen. */
  announce(words: string): void;
  /** The appliance does not let this kiosk in: it must be paired. */
  onTurnedAway(words: string): void;
  /** Another counter takes this one's place. */
  signal: AbortSignal;
}

export interface Counter {
  /** Shows where the kiosk was; asks after a sale that has no answer. */
  start(): Promise<void>;
  add(text: string): Promise<void>;
  setQuantity(at: number, quantity: number): Promise<void>;
  attestAge(years: number): Promise<void>;
  /** Prices the basket again where it is on the screen: the link or the appliance has come or gone. */
  refresh(): Promise<void>;
  /** Back to the basket, after a sale that was not made. */
  back(): Promise<void>;
  /** An empty basket: the next customer. */
  clear(): Promise<void>;
  pay(card: TestCard): Promise<void>;
  /** Asks after the sale without an answer now. */
  askNow(): Promise<void>;
  /** What is on the screen is on paper now. */
  printed(): void;
}

const askAgainMs = 3000;

export function createCounter(parts: CounterParts): Counter {
  const { kiosk, till, announce, signal } = parts;
  let quote: Quote | null = null;
  let shown: View['kind'] | null = null;
  let askAgain: ReturnType<typeof setTimeout> | undefined;
  const show = (view: View) => {
    shown = view.kind;
    parts.show(view);
  };
  /** One thing at a time: a scanner is faster than an answer. */
  let work: Promise<void> = Promise.resolve();
  const inTurn = (task: () => Promise<void>) => {
    const done = work.then(task);
    // What failed is in the browser's console; the next thing is done all the same.
    work = done.catch(() => {});
    return done;
  };

  const selling = (basket: Basket, notice: string | null): View => ({
    kind: 'selling',
    basket,
    quote,
    online: parts.online(),
    notice,
  });

  function openBasket(): Basket {
    const now = till.read();
    return now.kind === 'open' ? now.basket : emptyBasket;
  }

  /** Puts a changed basket in place of the old one when it could be priced. */
  async function change(
    basket: Basket,
    added: { at: number; code: string } | null = null,
  ): Promise<Quote | null> {
    if (till.read().kind === 'paying') return null;
    const asked = await price(basket);
    const refusal = asked && scanRefusal(asked, added);
    if (refusal) {
      announce(refusal);
      show(selling(openBasket(), refusal));
      return null;
    }
    quote = asked?.kind === 'found' ? asked.value : null;
    till.write({ kind: 'open', basket });
    show(selling(basket, null));
    return quote;
  }

  /** Null for an empty basket, which costs nothing. */
  async function price(basket: Basket): Promise<Reading<Quote> | null> {
    if (basket.lines.length === 0) return null;
    const currency = parts.currency();
    if (currency === null) return { kind: 'unavailable', reason: 'unreachable' };
    return kiosk.quote({ ...goodsOf(basket, parts.by), currency });
  }

  async function settle(submission: Submission): Promise<void> {
    if (signal.aborted) return;
    const now = till.read();
    switch (submission.kind) {
      case 'approved':
        return sold(submission.answer, false);
      case 'declined':
      case 'refused':
      case 'invalid': {
        const basket = now.kind === 'paying' ? now.basket : emptyBasket;
        till.write({ kind: 'open', basket });
        const told = refusalWords(submission);
        announce([told.headline, ...told.sentences].join('. '));
        show({ kind: 'not_sold', told });
        if (submission.kind === 'invalid' && submission.problem.status === 401) {
          parts.onTurnedAway(told.sentences.join(' '));
        }
        return;
      }
      case 'unavailable': {
        const told = unansweredWords(submission.reason);
        show({ kind: 'unanswered', told });
        if (submission.reason === 'not_admitted') return parts.onTurnedAway(told.sentences.join(' '));
        clearTimeout(askAgain);
        askAgain = setTimeout(() => void inTurn(findOut), askAgainMs);
      }
    }
  }

  async function sold(answer: Answer, printed: boolean): Promise<void> {
    quote = null;
    till.write({ kind: 'done', saleId: answer.id, printed });
    const slip = await kiosk.slipText(answer.id, { copy: printed });
    show({ kind: 'sold', answer, slip: slip.kind === 'found' ? slip.value : null, printed });
  }

  /** What became of the sale that is being paid: what was kept is sent again as it was, otherwise it is looked up. */
  async function findOut(): Promise<void> {
    const now = till.read();
    if (now.kind !== 'paying' || signal.aborted) return;
    show({ kind: 'asking' });
    const resumed = (await kiosk.resume()).find(({ id }) => id === now.saleId);
    if (resumed) return settle(resumed);
    const { saleId: id } = now;
    const found = await kiosk.get(id);
    if (found.kind === 'found') return settle(fateOf(found.value));
    if (found.kind === 'unavailable') return settle({ ...found, id });
    if (found.problem.status !== 404) return settle({ kind: 'unavailable', id, reason: 'not_admitted' });
    // It was never sent: the basket is as it was.
    till.write({ kind: 'open', basket: now.basket });
    await change(now.basket);
  }

  async function add(text: string): Promise<void> {
    const code = codeOf(text);
    if (!code) return;
    const basket = openBasket();
    const before = lineOf(basket, code);
    const at = before < 0 ? basket.lines.length : before;
    const step = quote?.lines[at]?.price.baseQuantity ?? 1;
    let priced = await change(withMore(basket, code, before < 0 ? 1 : step), { at, code: text.trim() });
    // Loose goods are priced by so many of a unit: one of it is nobody's wish.
    const unit = priced?.lines[at]?.price.baseQuantity ?? 1;
    if (before < 0 && unit > 1) priced = await change(withQuantity(openBasket(), at, unit));
    const line = priced?.lines[at];
    if (!priced || !line) return;
    const total =
      priced.totalMinor === null ? '' : ` Total ${moneyText(priced.totalMinor, priced.currency)}.`;
    announce(`${line.name ?? line.sku}, ${line.quantity} in the basket.${total}`);
  }

  return {
    async start() {
      // What the SDK keeps is asked after though the till was written by another release and cannot be read.
      const [leftOver] = await kiosk.unanswered();
      if (leftOver !== undefined && till.read().kind !== 'paying') {
        till.write({ kind: 'paying', basket: openBasket(), saleId: leftOver });
      }
      const now = till.read();
      if (now.kind === 'paying') return inTurn(findOut);
      if (now.kind === 'open') return inTurn(async () => void (await restore(now.basket)));
      const found = await kiosk.get(now.saleId);
      if (found.kind === 'found') return sold(found.value, now.printed);
      show(selling(emptyBasket, null));
    },
    add: (text) => inTurn(() => add(text)),
    setQuantity: (at, quantity) =>
      inTurn(async () => void (await change(withQuantity(openBasket(), at, quantity)))),
    attestAge: (years) => inTurn(async () => void (await change({ ...openBasket(), attestedYears: years }))),
    refresh: () => inTurn(async () => void (shown === 'selling' && (await restore(openBasket())))),
    back: () => inTurn(() => restore(openBasket())),
    clear: () =>
      inTurn(async () => {
        if (till.read().kind === 'paying') return;
        quote = null;
        till.write(emptyTill);
        show(selling(emptyBasket, null));
      }),
    pay: (card) =>
      inTurn(async () => {
        const now = till.read();
        const { totalMinor = null, currency = '' } = quote ?? {};
        if (now.kind !== 'open' || totalMinor === null) return;
        const id = newId();
        // Before it is sent: from here on a reload asks after this id.
        till.write({ kind: 'paying', basket: now.basket, saleId: id });
        show({ kind: 'asking' });
        const goods = goodsOf(now.basket, parts.by);
        await settle(await kiosk.checkout({ ...goods, currency, totalMinor, payment: card.payment }, { id }));
      }),
    askNow: () => inTurn(findOut),
    printed() {
      const now = till.read();
      if (now.kind === 'done') till.write({ ...now, printed: true });
    },
  };

  /** A basket that was there before is kept whatever the appliance says of it. */
  async function restore(basket: Basket): Promise<void> {
    if (till.read().kind !== 'open') return;
    const asked = await price(basket);
    quote = asked?.kind === 'found' ? asked.value : null;
    const notice = asked && asked.kind !== 'found' ? readingWords(asked) : null;
    show(selling(basket, notice));
  }
}
