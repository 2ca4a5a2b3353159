import { expect, it } from 'vitest';
import type { Mode } from '../../contract/checkout.ts';
import type { ReasonCode } from '../../contract/verdict.ts';
import { type Against, decideLate, type Late, type LinkFacts, routeCheckout } from './route.ts';

const up: LinkFacts = { online: true, catchingUp: false };
const down: LinkFacts = { online: false, catchingUp: false };
const behind: LinkFacts = { online: true, catchingUp: true };
const codes = (...of: ReasonCode[]) => of.map((code) => ({ code }));
const judged = (...reasons: ReasonCode[]): Against => ({
  refusals: codes(...reasons.filter((code) => code === 'product_unknown')),
  offlineRefusals: codes(...reasons.filter((code) => code !== 'product_unknown')),
});
const alone = (verdict: 'approved_offline' | 'refused', ...reasons: ReasonCode[]) => ({
  kind: 'decided',
  verdict,
  reasons: codes(...reasons),
});
const asked = (late: Late, ...reasons: ReasonCode[]) => ({ kind: 'asked', late, reasons: codes(...reasons) });

it.each<[string, Mode, Against, Late, LinkFacts, object]>([
  ['central is asked', 'prefer_online', judged(), 'approve_offline', up, asked('approve_offline')],
  ['the policy refuses when late', 'prefer_online', judged(), 'refuse', up, asked('refuse')],
  [
    'central must decide',
    'require_online',
    judged('online_required'),
    'approve_offline',
    up,
    asked('refuse'),
  ],
  [
    'central may take what the site may not',
    'prefer_online',
    judged('exposure_limit_reached'),
    'approve_offline',
    up,
    asked('refuse', 'exposure_limit_reached'),
  ],
  [
    'nobody may sell what is unknown',
    'require_online',
    judged('product_unknown', 'online_required'),
    'approve_offline',
    up,
    alone('refused', 'product_unknown'),
  ],
  [
    'the kiosk would rather not wait',
    'offline_ok',
    judged(),
    'approve_offline',
    up,
    alone('approved_offline', 'offline_by_mode'),
  ],
  [
    'the kiosk would rather not wait, above a limit',
    'offline_ok',
    judged('above_floor_limit'),
    'approve_offline',
    up,
    asked('refuse', 'above_floor_limit'),
  ],
  [
    'the kiosk would rather not wait, and the lot fell on it',
    'offline_ok',
    judged('chosen_for_online'),
    'approve_offline',
    up,
    asked('approve_offline'),
  ],
  [
    'the lot fell on it, and there is no link',
    'offline_ok',
    judged('chosen_for_online'),
    'approve_offline',
    down,
    alone('approved_offline', 'link_down'),
  ],
  [
    'the lot fell on it, above a limit, behind a backlog',
    'prefer_online',
    judged('above_floor_limit', 'chosen_for_online'),
    'approve_offline',
    behind,
    alone('refused', 'above_floor_limit', 'link_catching_up'),
  ],
  ['no link', 'prefer_online', judged(), 'refuse', down, alone('approved_offline', 'link_down')],
  [
    'no link, and no wish for one',
    'offline_ok',
    judged(),
    'refuse',
    down,
    alone('approved_offline', 'link_down'),
  ],
  [
    'no link where one is required',
    'require_online',
    judged('online_required'),
    'approve_offline',
    down,
    alone('refused', 'online_required', 'link_down'),
  ],
  [
    'no link, and above a limit',
    'prefer_online',
    judged('exposure_limit_reached'),
    'approve_offline',
    down,
    alone('refused', 'exposure_limit_reached', 'link_down'),
  ],
  [
    'no link, and no such product: the link does not matter',
    'prefer_online',
    judged('product_unknown'),
    'approve_offline',
    down,
    alone('refused', 'product_unknown'),
  ],
  ['a backlog', 'prefer_online', judged(), 'refuse', behind, alone('approved_offline', 'link_catching_up')],
  [
    'a backlog where central must decide',
    'require_online',
    judged(),
    'approve_offline',
    behind,
    alone('refused', 'online_required', 'link_catching_up'),
  ],
])('%s', (_, mode, judgement, late, link, route) => {
  expect(routeCheckout(mode, judgement, late, link)).toEqual(route);
});

it.each<[string, Late, ReasonCode[], LinkFacts, object]>([
  ['approves', 'approve_offline', [], up, { verdict: 'approved_offline', reasons: codes('central_late') }],
  [
    'approves without a link',
    'approve_offline',
    [],
    down,
    { verdict: 'approved_offline', reasons: codes('link_down') },
  ],
  ['refuses', 'refuse', [], up, { verdict: 'refused', reasons: codes('online_required', 'central_late') }],
  [
    'refuses, and says what speaks against it',
    'refuse',
    ['above_floor_limit'],
    down,
    { verdict: 'refused', reasons: codes('above_floor_limit', 'online_required', 'link_down') },
  ],
])('late, %s', (_, late, reasons, link, judgement) => {
  expect(decideLate({ late, reasons: codes(...reasons) }, link)).toEqual(judgement);
});
