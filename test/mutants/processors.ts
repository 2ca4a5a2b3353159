// Mutants of the adapters to processors.
import type { Mutant } from './mutant.ts';

export const processorMutants: readonly Mutant[] = [
  {
    name: 'what was not seen is not there',
    breaks: 'I13: a charge at Adyen whose webhook is late is taken to be absent',
    edits: [
      {
        file: 'central/processors/adyen.ts',
        from: "return repeatable ? { kind: 'repeat' } : { kind: 'unavailable', code: 'key_forgotten' };",
        to: "return repeatable ? { kind: 'not_found' } : { kind: 'not_found' };",
      },
    ],
    tests: ['central/processors/adyen.test.ts'],
  },
  {
    name: 'an outage ends the doubt',
    breaks: 'I13: a charge not heard of is sent again when its key is forgotten',
    edits: [
      {
        file: 'central/processors/retryable.ts',
        from: 'if (inDoubt && (',
        to: 'if (!inDoubt && inDoubt && (',
      },
    ],
    tests: ['central/processors/adyen.test.ts', 'central/processors/retryable.test.ts'],
  },
  {
    name: 'a key that lives for ever',
    breaks: 'I13: a request is repeated after Adyen may have forgotten its key',
    edits: [
      {
        file: 'central/processors/adyen.ts',
        from: 'clock.wallMs() - firstSentMs < keyLifeMs - keyMarginMs',
        to: 'clock.wallMs() - firstSentMs < Infinity - keyMarginMs',
      },
    ],
    tests: ['central/processors/adyen.test.ts'],
  },
  {
    name: 'one signed item vouches for all',
    breaks: 'an unsigned item of a webhook is believed',
    edits: [
      {
        file: 'central/processors/adyen.ts',
        from: 'if (!items.every((item) => isSigned',
        to: 'if (!items.some((item) => isSigned',
      },
    ],
    tests: ['central/processors/adyen-webhooks.test.ts'],
  },
  {
    name: 'passwords follow a redirection',
    breaks: 'the credentials of reports go to another address than the one that is configured',
    edits: [
      {
        file: 'central/processors/adyen-reports.ts',
        from: "redirect: 'manual',",
        to: "redirect: 'follow',",
      },
    ],
    tests: ['central/processors/adyen-reports.test.ts'],
  },
];
