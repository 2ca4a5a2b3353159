// [alerts] of central's configuration: when somebody is to be told, and how.
import { resolve } from 'node:path';
import * as z from 'zod';

const Whole = (usual: number, min: number, max: number) => z.int().min(min).max(max).default(usual);
const Address = z.email({ error: 'use an address such as ops@shop.example' });

const loopback = /^(localhost|::1|127(\.\d{1,3}){3})$/;

const Mail = z
  .strictObject({
    host: z.string().min(1).max(253),
    /** 465 with `tls`, 587 else, unless said. */
    port: z.int().min(1).max(65_535).optional(),
    /** `none` to this machine alone. */
    security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    user: z.string().min(1).max(256).optional(),
    /** The password, alone on one line, mode 0600; the systemd credential `alerts-mail` where it is not named. */
    passwordFile: z.string().min(1).optional(),
    /** PEM of an authority that the server has its certificate from, beside the public ones. */
    caFile: z.string().min(1).optional(),
    from: Address,
    to: z.array(Address).min(1).max(20),
    /** Told as well of what nobody acknowledged. */
    escalateTo: z.array(Address).max(20).default([]),
  })
  .refine(({ security, host }) => security !== 'none' || loopback.test(host), {
    path: ['security'],
    error: 'use starttls or tls: what is not encrypted stays on this machine',
  })
  .refine(({ passwordFile, user }) => passwordFile === undefined || user !== undefined, {
    path: ['user'],
    error: 'name the user that the password is of',
  });
export type MailConfig = z.infer<typeof Mail>;

export const AlertsConfig = z
  .strictObject({
    /** Not acknowledged for so long: those of `escalateTo` are told. */
    escalateAfterMinutes: Whole(30, 1, 10_080),
    silentMinutes: Whole(5, 2, 1440),
    backlogMinutes: Whole(15, 1, 10_080),
    exposurePercent: Whole(80, 1, 100),
    certificateDays: Whole(14, 1, 90),
    diskFreePercent: Whole(10, 1, 50),
    commitMs: Whole(1000, 10, 60_000),
    clockSeconds: Whole(60, 1, 86_400),
    /** Conditions of boxes that nobody is called for. */
    conditionsPassedOver: z
      .array(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'use a condition such as stock_low' }))
      .max(64)
      .default(['stock_low']),
    mail: Mail.optional(),
  })
  .prefault({});
export type AlertsConfig = z.infer<typeof AlertsConfig>;

/** With its files found from the folder of the configuration. */
export function alertsInFolder({ mail, ...config }: AlertsConfig, folder: string): AlertsConfig {
  if (mail === undefined) return config;
  const { passwordFile, caFile, ...others } = mail;
  const from = (file: string) => resolve(folder, file);
  return {
    ...config,
    mail: {
      ...others,
      ...(passwordFile !== undefined && { passwordFile: from(passwordFile) }),
      ...(caFile !== undefined && { caFile: from(caFile) }),
    },
  };
}
