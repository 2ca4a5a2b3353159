// Every screen: where it is, what the navigation calls it, and what it shows. A screen that is not here is not there.
import type { ComponentChildren } from 'preact';
import type { Action } from '../../people/roles.ts';
import type { Place } from './route.ts';
import { Appliance } from './screens/appliance.tsx';
import { Checkout } from './screens/checkout.tsx';
import { Fleet } from './screens/fleet.tsx';
import { Settings } from './screens/settings.tsx';

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
