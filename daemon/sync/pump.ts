// The pump: moves receivedThrough forward. It asks the machine what to do, does it, and is woken when the journal
// grows, a frame arrives, or time has passed.
import { randomUUID } from 'node:crypto';
import { limits } from '../../contract/limits.ts';
import { protocolVersion, type Receipt, type RefusalCode, type Welcome } from '../../contract/sync.ts';
import type { DownFrame } from '../../contract/topics.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { newTraceparent } from '../../kit/traceparent.ts';
import type { IdentityError } from '../identity/error.ts';
import { judgeCentralsWord } from '../identity/server-time.ts';
import type { StoreClient } from '../store/client.ts';
import { applyFrame } from './apply-frame.ts';
import type { Envelope, OpenedFeed } from './envelope.ts';
import { createGiveWay } from './give-way.ts';
import type { Borne, Link, LinkIdentity } from './link.ts';
import { createShownLink } from './link-view.ts';
import { act, next, reading, type SyncEvent, type SyncState, type SyncTiming } from './machine.ts';
import type { SyncProgress } from './progress.ts';
import { createReportTurn } from './report-turn.ts';

export interface PumpParts {
  store: Pick<StoreClient, 'ask' | 'kiosksSubmit' | 'lastSeq' | 'lastAskedSeq' | 'onAppended'>;
  link: Link;
  envelope: Envelope;
  clock: Clock;
  log: Log;
  release: string;
  /** The appliance's certificate, DER. */
  certificate: Buffer;
  /** Follows entries on their way, where somebody does. */
  progress?: SyncProgress;
  /** Central has a receipt for more of this journal than there is: the file was cut short, or a copy put in its place. */
  onFallenBack(receipt: Receipt): void;
}

/** Everything of the pump that hangs on the appliance's identity. */
export interface PumpIdentity {
  envelope: Envelope;
  certificate: Buffer;
  link: LinkIdentity;
}

export interface Pump {
  start(): void;
  /** Signs, and says who it is, by another identity of the same appliance; the link ends and comes back with it. */
  renew(identity: PumpIdentity): void;
  /** Sends how the box is, where it is its turn (report-turn.ts); false when it was not sent. */
  report(reports: readonly Buffer[]): Promise<boolean>;
  /** Says bye and closes the link. */
  stop(): Promise<void>;
}

const timing: SyncTiming = { answerMsMax: 10_000, refusedMs: 60_000, fullFrameItems: 200 };
const frameItems = 400;
/** After a run that could not be read, as when too many kiosks ask: tried again at once, it would take their place. */
const unsentMs = 100;

export function createPump(parts: PumpParts): Pump {
  const { store, link, clock, log, release, progress, onFallenBack, ...identity } = parts;
  let { envelope, certificate } = identity;
  const giveWay = createGiveWay(store, clock);
  let state: SyncState = { kind: 'offline' };
  const shown = createShownLink(store, clock);
  /** What central's first word of this connection has to confirm. */
  let borne: Borne | null = null;
  let cancelWait: () => void = () => {};
  let helloSentMs = 0;
  const reportTurn = createReportTurn(timing.fullFrameItems);
  /** What the last run took to read and send. */
  let runMs = 0;
  /** Frames downwards are handled one after the other: the feed is an order. */
  let inbound: Promise<void> = Promise.resolve();

  return {
    start() {
      store.onAppended(() => step());
      link.start({
        onUp(given) {
          borne = given ?? null;
          greet({ kind: 'link_up', helloId: randomUUID() });
        },
        onDistrust: distrusted,
        onDown: () => happened({ kind: 'link_down' }),
        onFrame(frame, payload) {
          inbound = inbound
            .then(() => handle(frame, payload))
            .catch((error: Error) => log.error({ frame, error: error.message }, 'could not take a frame'));
        },
      });
    },
    renew(next) {
      ({ envelope, certificate } = next);
      link.renew(next.link);
    },
    async report(reports) {
      if (!reportTurn.may(state, store.lastSeq, clock.monotonicMs())) return false;
      return link.send('health', await envelope.sealReports(reports));
    },
    async stop() {
      cancelWait();
      if (state.kind !== 'offline') {
        const { journalId, lastSeq } = await store.ask('position', {});
        await link.send('bye', envelope.seal('bye', { journalId, lastSeq }));
      }
      state = { kind: 'offline' };
      await link.stop();
    },
  };

  function facts() {
    return { nowMs: clock.monotonicMs(), lastSeq: store.lastSeq, lastAskedSeq: store.lastAskedSeq };
  }

  function happened(event: SyncEvent): void {
    const before = state;
    state = next(state, event, facts(), timing);
    if (state.kind !== before.kind) shown.show(state);
    step();
  }

  /** Does what the machine says until there is nothing left to do now. */
  function step(): void {
    cancelWait();
    const action = act(state, facts(), timing);
    switch (action.kind) {
      case 'send':
        if (state.kind === 'streaming') state = reading(state);
        void sendRun(action.afterSeq);
        return;
      case 'wait':
        cancelWait = clock.after(Math.max(1, action.untilMs - clock.monotonicMs()), wake);
        return;
      default:
    }
  }

  function wake(): void {
    const before = state;
    const helloId = randomUUID();
    state = next(state, { kind: 'tick', helloId }, facts(), timing);
    if (state !== before && state.kind === 'greeting') {
      log.warn({ after: before.kind }, 'no answer from central in time; saying hello again');
      shown.show(state);
      void sendHello(helloId);
    }
    step();
  }

  function greet(event: Extract<SyncEvent, { kind: 'link_up' }>): void {
    shown.begin();
    happened(event);
    void sendHello(event.helloId);
  }

  /** A hello that could not be sent is missed like one that was lost: the machine says it again in time. */
  async function sendHello(helloId: string): Promise<void> {
    const position = await store.ask('position', {}).catch((error: Error) => {
      log.error({ error: error.message }, 'could not say hello');
      return null;
    });
    if (!position) return;
    const { journalId, lastSeq, lastHash, feedId, appliedThrough } = position;
    helloSentMs = clock.monotonicMs();
    await link.send(
      'hello',
      envelope.seal('hello', {
        ...{ helloId, versions: [protocolVersion], release },
        ...{ journalId, lastSeq, lastHash, feedId, appliedThrough },
        ...{ bootId: clock.bootId, wallMs: clock.wallMs(), certificate: certificate.toString('base64') },
      }),
    );
  }

  async function sendRun(afterSeq: number): Promise<void> {
    // What was just accepted goes at once; only a backlog can wait.
    if (store.lastSeq - afterSeq >= timing.fullFrameItems) await giveWay(runMs);
    const startMs = clock.monotonicMs();
    try {
      const bounds = { itemsMax: frameItems, bytesMax: limits.frameRawBytesMax };
      const run = await store.ask('entries', { afterSeq, ...bounds });
      if (!run) return happened({ kind: 'unsent' });
      const payload = await envelope.sealEntries(run, newTraceparent());
      // Not awaited to its end: the window, not the pipe, says how much may be out.
      void link.send('entries', payload);
      runMs = clock.monotonicMs() - startMs;
      progress?.sent(run.lastSeq);
      happened({ kind: 'sent', firstSeq: run.firstSeq, lastSeq: run.lastSeq });
    } catch (error) {
      log.error({ error: (error as Error).message }, 'could not send entries');
      clock.after(unsentMs, () => happened({ kind: 'unsent' }));
    }
  }

  async function handle(frame: DownFrame, payload: Buffer): Promise<void> {
    switch (frame) {
      case 'welcome': {
        const welcome = envelope.openWelcome(payload);
        return welcome ? takeWelcome(welcome) : ignore(frame);
      }
      case 'receipt': {
        const receipt = envelope.openReceipt(payload);
        return receipt ? takeReceipt(receipt) : ignore(frame);
      }
      case 'feed': {
        const feed = await envelope.openFeed(payload);
        return feed ? takeFeed(feed) : ignore(frame);
      }
    }
  }

  async function takeReceipt(receipt: Receipt): Promise<void> {
    const answer = await store.ask('received', receipt);
    if (answer.kind === 'diverged') return diverged(receipt);
    progress?.received(answer.receivedThrough);
    happened({ kind: 'received', through: receipt.receivedThrough });
  }

  async function takeFeed(feed: OpenedFeed): Promise<void> {
    const appliedThrough = await applyFrame(
      { store, giveWay, clock, log, ...(progress && { progress }) },
      feed,
    );
    if (appliedThrough === null) return;
    await link.send('applied', envelope.seal('applied', { feedId: feed.feedId, appliedThrough }));
  }

  async function takeWelcome(welcome: Welcome): Promise<void> {
    const { helloId } = welcome;
    if (state.kind !== 'greeting' || state.helloId !== helloId) return;
    if (welcome.kind === 'refusal') {
      if (welcome.receipt) await seeFallenBack(welcome.receipt);
      return refused(helloId, welcome.code, welcome.hint);
    }
    const { receipt, windowFrames, entriesPerSecondMax } = welcome;
    const doubt = borne && judgeCentralsWord(borne.dates, borne.time, welcome.centralMs);
    if (doubt) {
      distrusted(doubt);
      return link.distrust(doubt.message);
    }
    // Half the round trip either way: the estimate of central's time and how far off it can be.
    const nowMs = clock.monotonicMs();
    const uncertaintyMs = Math.ceil((nowMs - helloSentMs) / 2);
    await store.ask('centralTime', {
      aheadOfMonotonicMs: welcome.centralMs + uncertaintyMs - nowMs,
      uncertaintyMs,
    });
    const answer = await store.ask('received', receipt);
    if (answer.kind === 'diverged') return diverged(receipt);
    // A central that was restored from a backup begins a new feed; its items are repeats or newer words.
    await store.ask('followFeed', { feedId: welcome.feedId, feedHead: welcome.feedHead });
    shown.name(null);
    // Central may stand behind what it once confirmed, after a restore: it is sent again from where it stands.
    happened({
      kind: 'welcomed',
      helloId,
      receivedThrough: receipt.receivedThrough,
      windowFrames,
      entriesPerSecondMax,
    });
  }

  function distrusted({ code, message, hint }: IdentityError): void {
    shown.name({ code, hint: `Nothing is handed over: ${message}. ${hint}`, sinceMs: 0 });
    shown.show(state);
  }

  async function diverged(receipt: Receipt): Promise<void> {
    await seeFallenBack(receipt);
    if (state.kind !== 'offline') {
      const helloId = state.kind === 'greeting' ? state.helloId : '';
      refused(
        helloId,
        'history_diverged',
        'central holds another history under the identity of this journal',
      );
    }
  }

  /** Another hash at a seq that is here is for a person to look at; entries that are not here at all are known to be lost. */
  async function seeFallenBack(receipt: Receipt): Promise<void> {
    const { journalId, lastSeq } = await store.ask('position', {});
    if (receipt.journalId === journalId && receipt.receivedThrough > lastSeq) onFallenBack(receipt);
  }

  function refused(helloId: string, code: RefusalCode, hint: string): void {
    log.error({ code, hint }, 'central refuses to go on with this journal; selling goes on');
    shown.name({ code, hint, sinceMs: clock.wallMs() });
    happened({ kind: 'refused', helloId, code });
  }

  function ignore(frame: DownFrame): void {
    // Said once a connection: whoever floods us with frames must not fill the log, nor keep the store busy.
    if (!shown.unbelieve()) return;
    log.warn({ frame }, 'ignored a frame that is malformed or not signed by central');
    shown.show(state);
  }
}
