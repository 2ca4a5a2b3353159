// What was planted held against what reconciliation found: pure. Everything planted must be found, and nothing else.

/** As the sandbox lists it. */
export interface PlantedFault {
  side: 'report' | 'bank';
  kind: string;
  target: string;
  also: readonly string[];
  ourReference: string | null;
  payout: string | null;
}

/** An exception, with every name that stands in it. */
export interface FoundException {
  ref: number;
  status: string;
  /** Its own reference, and those of its rows. */
  references: readonly string[];
}

/** A line that reconciliation could not read and set aside. */
export interface SetAside {
  file: string;
  line: number;
  text: string;
}

export interface PlantedComparison {
  /** Planted, and neither an exception nor a line set aside tells of it. */
  unseen: string[];
  /** Found, and nothing was planted that would explain it. */
  unexplained: string[];
}

/** Faults that change nothing for those who match properly: several payouts in one entry are still those payouts. */
const harmless: ReadonlySet<string> = new Set(['entries_joined']);

/** @param known references that are expected to be found for another reason, such as a refund that has no checkout */
export function comparePlanted(
  planted: readonly PlantedFault[],
  found: readonly FoundException[],
  setAside: readonly SetAside[],
  known: ReadonlySet<string>,
): PlantedComparison {
  const tells = ({ references }: FoundException, fault: PlantedFault) =>
    references.some((reference) => namesOf(fault).has(reference));
  const isSetAside = (fault: PlantedFault) =>
    setAside.some(({ text }) => [...namesOf(fault)].some((name) => text.includes(name)));
  const unseen = planted.filter(
    (fault) => !harmless.has(fault.kind) && !isSetAside(fault) && !found.some((one) => tells(one, fault)),
  );
  const unexplained = found.filter(
    (one) => !one.references.some((name) => known.has(name)) && !planted.some((fault) => tells(one, fault)),
  );
  return {
    unseen: unseen.map(({ side, kind, target }) => `${side}: ${kind} on ${target} was planted and not found`),
    unexplained: unexplained.map(
      ({ ref, status, references }) =>
        `exception ${ref}: ${status} of ${references.join(', ')} was not planted`,
    ),
  };
}

/** Everything by which a fault may be known: its rows, our reference, and the payout whose sum it spoils. */
function namesOf({ target, also, ourReference, payout }: PlantedFault): ReadonlySet<string> {
  return new Set([
    target,
    ...also,
    ...(ourReference === null ? [] : [ourReference]),
    ...(payout === null ? [] : [payout]),
  ]);
}
