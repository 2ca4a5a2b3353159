// When one person is not enough for money, and who is another one: the same rule for reviews, exceptions and whatever else is
// decided by people. No clock, no database.
import type { Actor } from './actor.ts';

/**
 * Above this amount a second person confirms. Without any currency nobody ever must; where some are named, one that is not
 * needs a second person always: a forgotten currency must not be the way around.
 */
export type SecondPersonLimits = Readonly<Record<string, number>>;

export interface AmountAtStake {
  currency: string;
  amountMinor: number | bigint;
}

/** Whether any of the amounts, whatever its sign, is above its limit. */
export function needsSecondPerson(
  amounts: readonly AmountAtStake[],
  secondPersonAboveMinor: SecondPersonLimits,
): boolean {
  if (Object.keys(secondPersonAboveMinor).length === 0) return false;
  return amounts.some(({ currency, amountMinor }) => {
    const limit = secondPersonAboveMinor[currency];
    return limit === undefined || amountMinor > limit || -amountMinor > limit;
  });
}

/**
 * A key is its owner, where it names one, and else a person of its own. Owners and persons are
 * named as the machine names its users: a person with a session, a key and a shell is one person.
 */
export function personOf(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `person ${actor.name}`;
    case 'key':
      return actor.owner === undefined ? `key ${actor.name}` : `person ${actor.owner}`;
    case 'command':
      return `person ${actor.user}`;
    case 'central':
      return 'central';
  }
}
