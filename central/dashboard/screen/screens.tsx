// Every screen: where it is, what the navigation calls it, and what it shows. A screen that is not here is not there.
import type { ComponentChildren } from 'preact';
import type { Action } from '../../people/roles.ts';
import type { Place } from './route.ts';
import { Account } from './screens/account.tsx';
import { AlertScreen } from './screens/alert.tsx';
import { Alerts } from './screens/alerts.tsx';
import { Appliance } from './screens/appliance.tsx';
import { Audit } from './screens/audit.tsx';
import { Checkout } from './screens/checkout.tsx';
import { Enrolments } from './screens/enrolments.tsx';
import { Exception } from './screens/exception.tsx';
import { Exceptions } from './screens/exceptions.tsx';
import { Fleet } from './screens/fleet.tsx';
import { LatencyScreen } from './screens/latency.tsx';
import { Ledger } from './screens/ledger.tsx';
import { Payout } from './screens/payout.tsx';
import { Payouts } from './screens/payouts.tsx';
import { Review } from './screens/review.tsx';
import { Reviews } from './screens/reviews.tsx';
import { Rollout } from './screens/rollout.tsx';
import { RolloutBegin } from './screens/rollout-begin.tsx';
import { Rollouts } from './screens/rollouts.tsx';
import { Settings } from './screens/settings.tsx';
import { Site } from './screens/site.tsx';
import { Sites } from './screens/sites.tsx';

export interface Screen {
  path: string;
  title: string;
  /** Who may see it; everybody unless said. */
  action?: Action;
  /** Null: there is nothing at that place. */
  show: (place: Place) => ComponentChildren;
}

/** In the navigation, in this order. */
export const screens: readonly Screen[] = [
  { path: 'fleet', title: 'Fleet', show: () => <Fleet /> },
  {
    path: 'alerts',
    title: 'Alerts',
    action: 'alert.read',
    show: ({ path: [, number] }) => (number ? <AlertScreen key={number} number={number} /> : <Alerts />),
  },
  {
    path: 'rollouts',
    title: 'Rollouts',
    action: 'rollout.read',
    show: ({ path: [, number] }) => <RolloutsAt number={number} />,
  },
  { path: 'latency', title: 'Latency', action: 'fleet.read', show: () => <LatencyScreen /> },
  { path: 'enrolments', title: 'Enrolments', action: 'fleet.read', show: () => <Enrolments /> },
  { path: 'audit', title: 'Audit log', action: 'audit.read', show: () => <Audit /> },
  {
    path: 'sites',
    title: 'Sites',
    show: ({ path: [, name] }) => (name ? <Site key={name} name={name} /> : <Sites />),
  },
  {
    path: 'reviews',
    title: 'Reviews',
    action: 'review.read',
    show: ({ path: [, number] }) => (number ? <Review key={number} number={number} /> : <Reviews />),
  },
  {
    path: 'exceptions',
    title: 'Exceptions',
    action: 'exception.read',
    show: ({ path: [, number] }) => (number ? <Exception key={number} number={number} /> : <Exceptions />),
  },
  {
    path: 'ledger',
    title: 'Ledger',
    action: 'ledger.read',
    show: ({ path: [, name, currency] }) =>
      name && currency ? <Account key={`${name} ${currency}`} name={name} currency={currency} /> : <Ledger />,
  },
  {
    path: 'payouts',
    title: 'Payouts',
    action: 'payout.read',
    show: ({ path: [, number] }) => (number ? <Payout key={number} number={number} /> : <Payouts />),
  },
  { path: 'settings', title: 'Settings', show: () => <Settings /> },
];

/** Reached from others. */
export const innerScreens: readonly (Omit<Screen, 'title'> & { under: string })[] = [
  {
    path: 'appliances',
    under: 'fleet',
    show: ({ path: [, id] }) => id && <Appliance key={id} id={id} />,
  },
  {
    path: 'checkouts',
    under: 'fleet',
    show: ({ path: [, applianceId, id] }) =>
      applianceId && id && <Checkout key={id} applianceId={applianceId} id={id} />,
  },
];

/** `rollouts`, `rollouts/new`, `rollouts/12`. */
function RolloutsAt({ number }: { number: string | undefined }) {
  if (number === undefined) return <Rollouts />;
  return number === 'new' ? <RolloutBegin /> : <Rollout key={number} number={number} />;
}
