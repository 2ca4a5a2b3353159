// How a cloned disk is noticed: one identity that speaks from two machines. Pure.

/** A boot of an appliance, as hellos tell of it. */
export interface SeenBoot {
  bootId: string;
  lastMs: number;
}

/** So many boots of an appliance are remembered: a clone comes back within the next few. */
export const bootsKept = 8;

/**
 * A machine never comes back to a boot it has left. One that is heard again after another has begun means that both run.
 * @param boots in any order
 */
export function runsInTwoPlaces(boots: readonly SeenBoot[], bootId: string): boolean {
  const known = boots.find((boot) => boot.bootId === bootId);
  return known !== undefined && boots.some((boot) => boot.lastMs > known.lastMs);
}

export interface Takeover {
  atMs: number;
  /** Where the connection came from that took over. */
  address: string;
}

/** Within this time. */
export const takeoverWindowMs = 10 * 60_000;
/** So many changes to and fro: a box whose link fails takes over from itself, but does not keep changing its address. */
export const takeoversMin = 4;

/** The takeovers to remember, and whether they go to and fro between addresses: two machines that push each other out. */
export function judgeTakeovers(
  before: readonly Takeover[],
  takeover: Takeover,
): { takeovers: Takeover[]; twoPlaces: boolean } {
  const recent = [...before, takeover]
    .filter(({ atMs }) => takeover.atMs - atMs < takeoverWindowMs)
    .slice(-50);
  // Back to an address that was left before: once may be a second line of the site, to and fro is not.
  const returns = recent.filter(
    ({ address }, i) =>
      i > 1 &&
      recent[i - 1]?.address !== address &&
      recent.slice(0, i - 1).some((one) => one.address === address),
  );
  return { takeovers: recent, twoPlaces: returns.length >= takeoversMin };
}
