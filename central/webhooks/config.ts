// Where webhooks come in and from whom, and how they go out: the section [webhooks] of central's configuration.
import { resolve } from 'node:path';
import * as z from 'zod';
import { isAddressRange } from '../../kit/address-list.ts';

const AddressRange = z
  .string()
  .refine(isAddressRange, { error: 'use an IP address, or a network as 10.0.0.0/8' });
const Port = z.int().min(0).max(65_535);

export const WebhooksConfig = z.strictObject({
  /** Its own listener, so that the operators' interface need not face the internet. */
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 for any free one; the log says which. */
  port: Port.default(8082),
  /** Both or none; without them a proxy ends TLS. */
  tls: z.strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
  /** Reverse proxies of our own, whose X-Forwarded-For says who asks. */
  trustedProxies: z.array(AddressRange).max(50).default([]),
  /** By processor: from where its webhooks may come; from anywhere where a processor is not named. */
  sources: z.record(z.string(), z.array(AddressRange).min(1).max(200)).default({}),
  /** So long after it was applied an event of a processor is kept, with its bytes. */
  keptDays: z.int().min(30).max(3650).default(400),
  outbound: z
    .strictObject({
      /** Lets endpoints lie in private networks, as the merchant's own systems may. */
      privateAddresses: z.boolean().default(false),
      /** PEM of authorities that endpoints may have their certificates from, beside the public ones. */
      caFile: z.string().min(1).optional(),
    })
    .prefault({}),
});
export type WebhooksConfig = z.infer<typeof WebhooksConfig>;

/** With the files of TLS found from the folder of the configuration. */
export function inFolder({ tls, outbound, ...config }: WebhooksConfig, folder: string): WebhooksConfig {
  const { caFile, ...others } = outbound;
  const from = (file: string) => resolve(folder, file);
  return {
    ...config,
    ...(tls && { tls: { certFile: from(tls.certFile), keyFile: from(tls.keyFile) } }),
    outbound: { ...others, ...(caFile !== undefined && { caFile: from(caFile) }) },
  };
}
