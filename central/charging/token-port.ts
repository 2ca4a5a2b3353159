// What a card that one processor keeps is called by another.
import type { By } from '../people/actor.ts';

export interface ProcessorToken {
  /** As a checkout carries it. */
  token: string;
  processor: string;
  /** As that processor knows the same card. */
  processorToken: string;
}

export interface TokenCalls {
  /** The newest word holds. Answers how many were not known so before. @param source for the audit log */
  importTokens(piece: { source: string; tokens: readonly ProcessorToken[] }, by: By): number;
}
