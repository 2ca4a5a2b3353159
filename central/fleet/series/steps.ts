// For how long which step is kept, and which one answers a question. Pure.

export interface Level {
  stepSeconds: number;
  keptSeconds: number;
}

const daySeconds = 86_400;

/** From the finest; each step is a multiple of the one before. */
export const levels = [
  { stepSeconds: 30, keptSeconds: 2 * daySeconds },
  { stepSeconds: 300, keptSeconds: 60 * daySeconds },
  { stepSeconds: 3600, keptSeconds: 2 * 365 * daySeconds },
] as const satisfies readonly Level[];

export const pointsMax = 1000;
/** Of the longest level, for spans that it would answer with too many points. */
const multiples = [1, 6, 24, 24 * 7];

/**
 * The finest step that is kept as far back as the span begins and answers it in at most `pointsMax` points.
 * @returns the level it is read from, and how many of its steps make a point
 */
export function chooseStep(fromMs: number, toMs: number, nowMs: number): { level: Level; factor: number } {
  const points = (stepSeconds: number) =>
    Math.ceil(toMs / (stepSeconds * 1000)) - Math.floor(fromMs / (stepSeconds * 1000));
  const coarsest = levels[2];
  for (const level of levels) {
    const keeps = fromMs >= nowMs - level.keptSeconds * 1000;
    if ((keeps || level === coarsest) && points(level.stepSeconds) <= pointsMax) return { level, factor: 1 };
  }
  const factor = multiples.find((many) => points(coarsest.stepSeconds * many) <= pointsMax);
  return { level: coarsest, factor: factor ?? Math.ceil(points(coarsest.stepSeconds) / pointsMax) };
}
