// The processors and the rules that choose among them, as the configuration names them. What is asked of a rule is checked
// before anything is charged: a rule that names nobody would leave money uncollected in silence.
import { resolve } from 'node:path';
import * as z from 'zod';
import { Text } from '../../contract/id.ts';
import { limits } from '../../contract/limits.ts';
import { Currency } from '../../contract/money.ts';
import { fallbackAfterMsUsual, type ProcessorFacts, type RoutingRules } from './route.ts';

const processorsMax = 16;
const rulesMax = 200;

/** Part of account names and of file names; `transit:payee` is where payouts to payees are. */
const ProcessorName = z.string().regex(/^(?!payee$)[a-z][a-z0-9-]{0,30}$/, {
  error: 'use 1 to 31 of a-z, 0-9 and -, beginning with a letter, and not payee',
});

/** Keys travel in every call: only this machine may be called without TLS. */
const BaseUrl = z.url({ protocol: /^https?$/ }).refine(
  (text) => {
    const { protocol, hostname, search, hash, username } = new URL(text);
    const isHere = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
    return (protocol === 'https:' || isHere) && `${search}${hash}${username}` === '';
  },
  { error: 'use https://host, or http:// on this machine' },
);

/** Two while a secret is being replaced. */
const SecretFiles = z.array(z.string().min(1)).max(4);

/** What every processor is told, whoever it is. */
const ofEvery = {
  /** Left out: the credential named like the processor, which systemd has loaded. */
  keyFile: z.string().min(1).exactOptional(),
  webhookSecretFiles: SecretFiles.default([]),
  /** What one call may take, from the first byte to the last. */
  callMsMax: z.int().min(100).max(120_000).default(20_000),
  /** Calls on their way at once. */
  concurrencyMax: z.int().min(1).max(1000).default(64),
  /** Tokens that are this processor's own; any other needs a line in the table of tokens. */
  tokenPrefixes: z.array(Text(32)).min(1).max(20).exactOptional(),
};

const Processor = z.discriminatedUnion('adapter', [
  z.strictObject({
    adapter: z.literal('stripe'),
    baseUrl: BaseUrl.default('https://api.stripe.com'),
    /** After so long a search that finds nothing proves that nothing was charged; Stripe's is behind, by more in an outage. */
    searchSettledMs: z.int().min(1000).max(86_400_000).default(3_600_000),
    ...ofEvery,
  }),
  z.strictObject({
    adapter: z.literal('adyen'),
    /** Must be said: the live one bears a prefix of the account's own. */
    baseUrl: BaseUrl,
    merchantAccount: Text(80),
    /** Of tokens that do not name their own shopper in front. */
    shopperReference: z
      .string()
      .regex(/^[^/]{3,256}$/, { error: 'use 3 to 256 characters, none of them a /' })
      .exactOptional(),
    /** Where the webhook is set up with basic authentication: `user:password`. */
    webhookUserFile: z.string().min(1).exactOptional(),
    /** Where its settlement detail reports are downloaded; without it they are brought. */
    reports: z
      .strictObject({
        baseUrl: BaseUrl,
        /** Of the report user: `user:password`. */
        userFile: z.string().min(1),
        /** Left out: the first that is known of, or 1. */
        firstBatch: z.int().min(1).max(999_999_999).exactOptional(),
      })
      .exactOptional(),
    ...ofEvery,
    webhookSecretFiles: SecretFiles.refine((files) => files.length > 0, {
      error: 'name the file of an HMAC key: Adyen tells what became of a capture by webhook alone',
    }),
  }),
]);
export type ProcessorConfig = z.infer<typeof Processor>;

export const Processors = z
  .record(ProcessorName, Processor)
  .refine((all) => Object.keys(all).length <= processorsMax, { error: `name at most ${processorsMax}` });
export type Processors = z.infer<typeof Processors>;

const Listed = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(100).exactOptional();
const Amount = z.int().min(1).max(limits.totalMinorMax);

/** Each condition that is there must hold. */
const Conditions = z
  .strictObject({
    currencies: Listed(Currency),
    sites: Listed(z.string().min(1)),
    schemes: Listed(Text(32)),
    totalMinorMin: Amount.exactOptional(),
    totalMinorMax: Amount.exactOptional(),
    /** Of the checkouts that come so far, chosen by a hash of their ids: a checkout always falls the same way. */
    shareBasisPoints: z.int().min(1).max(10_000).exactOptional(),
  })
  .refine(({ totalMinorMin = 0, totalMinorMax = limits.totalMinorMax }) => totalMinorMin <= totalMinorMax, {
    path: ['totalMinorMin'],
    error: 'must be at most totalMinorMax',
  });

/** The first rule that fits a checkout holds. */
const Rule = z.strictObject({
  when: Conditions.prefault({}),
  /** In their order: the next one when one is away, or may approve what another declined. */
  processors: z
    .array(ProcessorName)
    .min(1)
    .max(processorsMax)
    .refine((names) => new Set(names).size === names.length, { error: 'name each processor once' }),
  /** Declines after which the next one is asked, once; never what the card schemes forbid to ask again. */
  otherOn: z
    .array(z.enum(['retry_later', 'other_method']))
    .max(2)
    .default([]),
  /** A charge that finds no place at its processor for so long is asked of the next one. */
  fallbackAfterMs: z.int().min(1000).max(86_400_000).default(fallbackAfterMsUsual),
});

export const Routing = z.array(Rule).max(rulesMax);

export interface Charging {
  processors: Processors;
  routing: z.infer<typeof Routing>;
}

/** What is wrong between the two sections though each is right alone. */
export function chargingMistakes({
  processors,
  routing,
}: Charging): { path: PropertyKey[]; message: string }[] {
  const names = Object.keys(processors);
  const unknown = routing.flatMap((rule, i) =>
    rule.processors.flatMap((name, k) => {
      const path = ['routing', i, 'processors', k];
      return names.includes(name) ? [] : [{ path, message: `there is no section [processors.${name}]` }];
    }),
  );
  if (names.length < 2) return unknown;
  const message = 'with several processors, say whose tokens are whose';
  const unsaid = names
    .filter((name) => processors[name]?.tokenPrefixes === undefined)
    .map((name) => ({ path: ['processors', name, 'tokenPrefixes'], message }));
  const unrouted = [{ path: ['routing'], message: 'with several processors, give at least one rule' }];
  return [...unknown, ...unsaid, ...(routing.length === 0 ? unrouted : [])];
}

/** The rules as the store keeps them: a processor that is alone takes every checkout and every token. */
export function routingRules(
  { processors, routing }: Charging,
  keyLifeMs: (processor: string) => number,
): RoutingRules {
  const facts = Object.entries(processors).map(
    ([name, { tokenPrefixes = [''] }]): [string, ProcessorFacts] => [
      name,
      { keyLifeMs: keyLifeMs(name), tokenPrefixes },
    ],
  );
  const [only, ...others] = Object.keys(processors);
  const toTheOnly = only !== undefined && others.length === 0 && routing.length === 0;
  return {
    processors: Object.fromEntries(facts),
    rules: toTheOnly ? [{ when: {}, processors: [only], otherOn: [] }] : routing,
  };
}

/** File names count from the folder of the configuration. */
export function resolveProcessorFiles(processors: Processors, folder: string): Processors {
  const from = (path: string) => resolve(folder, path);
  return Object.fromEntries(
    Object.entries(processors).map(([name, one]): [string, ProcessorConfig] => [
      name,
      {
        ...one,
        ...(one.keyFile !== undefined && { keyFile: from(one.keyFile) }),
        ...(one.adapter === 'adyen' &&
          one.webhookUserFile !== undefined && { webhookUserFile: from(one.webhookUserFile) }),
        ...(one.adapter === 'adyen' &&
          one.reports && { reports: { ...one.reports, userFile: from(one.reports.userFile) } }),
        webhookSecretFiles: one.webhookSecretFiles.map(from),
      },
    ]),
  );
}
