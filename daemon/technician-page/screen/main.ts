// The technician's page: where its parts meet. It asks again by itself, says how old what it shows is, and keeps nobody signed
// in who does nothing.
import type { PairingOffer, TechnicianView } from '../../../contract/technician-api.ts';
import { durationWords } from '../../commands/duration-words.ts';
import { byId, replace } from '../../kiosk-page/screen/element.ts';
import { examinedWords } from '../said/words.ts';
import { askSession, askView, signOut, startExamination } from './ask.ts';
import { createBoard } from './board.ts';
import { offerScreen, pairingForm } from './pairing.ts';
import { noPinScreen, type SignInScreen, signInScreen } from './sign-in.ts';

const askAgainMs = 5000;
/** While the doctor looks. */
const askSoonMs = 1000;
const oldMsMax = 12_000;

type Shown = 'nothing' | 'no_pin' | 'pin_damaged' | 'signed_out' | 'signed_in';

const main = byId('main');
let shown: Shown = 'nothing';
let view: TechnicianView | null = null;
let heardMs = 0;
let acted = true;
let offered: (ReturnType<typeof offerScreen> & { name: string; known: boolean }) | null = null;
let signing: SignInScreen | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let asking = false;

const board = createBoard({
  examine: () => void examine(),
  signOut: () => void signOut().then(look),
  pairing: pairingForm(showOffer),
});

for (const kind of ['pointerdown', 'keydown']) {
  document.addEventListener(kind, () => {
    acted = true;
  });
}
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void look();
});
setInterval(tick, 1000);
void look();

/** Asks how things are and shows it; then again after a while, but not while nobody sees the page. */
async function look(): Promise<void> {
  clearTimeout(timer);
  if (!asking) {
    asking = true;
    await (shown === 'signed_in' ? lookAtView() : lookAtSession());
    asking = false;
  }
  clearTimeout(timer);
  const soon = view?.examination.kind === 'running';
  if (!document.hidden) timer = setTimeout(() => void look(), soon ? askSoonMs : askAgainMs);
  tick();
}

async function lookAtSession(): Promise<void> {
  const answer = await askSession();
  if (answer.kind !== 'answered') return;
  heardMs = performance.now();
  const { state, waitSeconds } = answer.value;
  if (state === 'signed_in') return enter();
  if (state === shown) {
    if (waitSeconds === 0) signing?.lift();
    return;
  }
  leave(state);
  if (state === 'signed_out') {
    signing = signInScreen(waitSeconds, () => void enter());
    replace(main, signing.element);
  } else {
    replace(main, noPinScreen(state));
  }
}

async function enter(): Promise<void> {
  shown = 'signed_in';
  await lookAtView();
  if (shown !== 'signed_in') return;
  replace(main, ...board.elements);
  void look();
}

async function lookAtView(): Promise<void> {
  const answer = await askView(acted);
  if (answer.kind === 'refused' && answer.problem.code === 'technician_signed_out') {
    shown = 'nothing';
    return lookAtSession();
  }
  if (answer.kind !== 'answered') return;
  acted = false;
  heardMs = performance.now();
  announceNews(view, answer.value);
  view = answer.value;
  byId('box').textContent = titleOf(view);
  document.title = `${view.status.applianceId} · Holdfast`;
  board.show(view);
  if (offered && !offered.known && view.kiosks?.some(({ name }) => name === offered?.name)) offered.paired();
}

/** Of who was signed in nothing stays on the screen. */
function leave(to: Shown): void {
  shown = to;
  view = null;
  offered = null;
  byId('box').textContent = 'This appliance';
  document.title = 'Technician · Holdfast';
}

async function examine(): Promise<void> {
  if (view?.examination.kind === 'running') return;
  await startExamination();
  await look();
}

function showOffer(offer: PairingOffer): void {
  const known = view?.kiosks?.some(({ name }) => name === offer.name) ?? false;
  offered = { ...offerScreen(offer, back), name: offer.name, known };
  offered.tick();
  replace(main, offered.screen);
}

function back(): void {
  offered = null;
  replace(main, ...board.elements);
  byId('kiosk-name').focus();
}

/** Once a second: how old it is, and how long a code holds. */
function tick(): void {
  offered?.tick();
  const ageMs = performance.now() - heardMs;
  const silent = heardMs > 0 && ageMs > oldMsMax;
  const age = durationWords(ageMs);
  byId('age').textContent = view ? `As of ${age} ago` : '';
  const unanswered = byId('unanswered');
  if (silent && unanswered.hidden) {
    unanswered.textContent = 'The box does not answer. What stands here is from before.';
  }
  unanswered.hidden = !silent;
}

function titleOf({ status: { applianceId, release }, site }: TechnicianView): string {
  return [applianceId, site === null ? null : `site ${site}`, `Holdfast ${release}`]
    .filter(Boolean)
    .join(' · ');
}

/** To who listens: what is new, once. */
function announceNews(before: TechnicianView | null, now: TechnicianView): void {
  if (!before) return;
  const { examination } = now;
  if (before.examination.kind === 'running' && examination.kind === 'done') {
    announce(`The doctor has looked. ${examinedWords(examination.checks)}`);
  }
  const known = new Set(before.status.conditions.map(({ code }) => code));
  for (const { code, hint } of now.status.conditions) if (!known.has(code)) announce(`${code}: ${hint}`);
}

function announce(words: string): void {
  byId('announcements').textContent = words;
}
