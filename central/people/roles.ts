// Who may do what at central: every action has a stable name, and this table says which role may take it.

/** From the narrowest to the widest. */
export const roles = ['viewer', 'support', 'finance', 'admin'] as const;
export type Role = (typeof roles)[number];

const everybody = roles;
const whoAnswersCustomers = ['support', 'finance', 'admin'] as const;
const whoMovesMoney = ['finance', 'admin'] as const;
const adminOnly = ['admin'] as const;

/**
 * The action a route names is what a key needs. A room that adds a route adds its action here, so that the question who
 * may do it is answered where all the other answers stand.
 */
export const rolesFor = {
  'fleet.read': everybody,
  'metrics.read': everybody,
  'alert.read': everybody,
  'alert.acknowledge': whoAnswersCustomers,
  'maintenance.manage': whoAnswersCustomers,
  'synthetic.ask': whoAnswersCustomers,
  'doctor.ask': whoAnswersCustomers,
  'appliance.revoke': whoAnswersCustomers,
  'appliance.manage': adminOnly,
  'enrolment.manage': adminOnly,
  'ledger.read': everybody,
  'catalogue.read': everybody,
  'rollout.read': everybody,
  'rollout.manage': adminOnly,
  'charging.read': everybody,
  'review.read': everybody,
  'review.decide': whoAnswersCustomers,
  'exception.read': everybody,
  'exception.settle': whoMovesMoney,
  'doubt.read': everybody,
  'doubt.settle': whoMovesMoney,
  'payout.read': everybody,
  'payout.manage': whoMovesMoney,
  'webhook.read': everybody,
  'webhook.replay': whoAnswersCustomers,
  'webhook.manage': adminOnly,
  'audit.read': whoMovesMoney,
  'key.manage': adminOnly,
  'person.manage': adminOnly,
  'session.own': everybody,
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof rolesFor;
export const actions = Object.keys(rolesFor) as Action[];

export function roleMay(role: Role, action: Action): boolean {
  return (rolesFor[action] as readonly Role[]).includes(role);
}
