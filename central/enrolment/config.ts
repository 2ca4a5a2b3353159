// Where boxes enrol, and for how long what they get counts: the section [est] of central's configuration.
import { join, resolve } from 'node:path';
import * as z from 'zod';

export const EstConfig = z.strictObject({
  host: z.string().min(1).default('0.0.0.0'),
  /** 0 for any free one; the log says which. */
  port: z.int().min(0).max(65_535).default(8884),
  /** By which boxes reach it: printed on every slip. The name is one of central's certificate. */
  url: z.url({ protocol: /^https$/, error: 'use https://<host>:<port>, as boxes are to dial it' }),
  /** By which boxes reach the broker: told to each of them. */
  centralUrl: z.url({ protocol: /^mqtts$/, error: 'use mqtts://<host>:<port>, as boxes are to dial it' }),
  /** Holds issuing.crt and, unless issuingKeyCredential names it, issuing.key. */
  issuingFolder: z.string().min(1),
  /** The key by its name among the service's systemd credentials (LoadCredential=). */
  issuingKeyCredential: z
    .string()
    .regex(/^[\w.-]{1,64}$/, { error: 'use the name of a credential, without a folder' })
    .optional(),
  /** An appliance's certificate. */
  certificateDays: z.int().min(1).max(825).default(90),
  /** For so long after its end a certificate can still be renewed with its key. */
  renewalGraceDays: z.int().min(0).max(366).default(60),
  /** Of releases, to all boxes together. */
  releaseBytesPerSecondMax: z
    .int()
    .min(64 * 1024)
    .default(20_000_000),
});
export type EstConfig = z.infer<typeof EstConfig>;

/** With its folder found from that of the configuration. */
export function estInFolder(config: EstConfig | undefined, folder: string): EstConfig | undefined {
  return config && { ...config, issuingFolder: resolve(folder, config.issuingFolder) };
}

export interface IssuingFiles {
  key: string;
  keyFrom: 'file' | 'credential';
  certificate: string;
}

/** Where the issuing CA's files are. @param credentials systemd's CREDENTIALS_DIRECTORY */
export function issuingFiles(
  config: Pick<EstConfig, 'issuingFolder' | 'issuingKeyCredential'>,
  credentials: string | undefined,
): IssuingFiles {
  const { issuingFolder, issuingKeyCredential } = config;
  return {
    key:
      issuingKeyCredential === undefined
        ? join(issuingFolder, 'issuing.key')
        : join(credentials ?? '', issuingKeyCredential),
    keyFrom: issuingKeyCredential === undefined ? 'file' : 'credential',
    certificate: join(issuingFolder, 'issuing.crt'),
  };
}
