// What a card that one processor keeps is called by another.

export interface ProcessorToken {
  /** As a checkout carries it. */
  token: string;
  processor: string;
  /** As that processor knows the same card. */
  processorToken: string;
}

export interface TokenCalls {
  /** The newest word holds. Answers how many were not known so before. */
  importTokens(tokens: readonly ProcessorToken[], nowMs: number): number;
}
