// The daemon's configuration: one TOML file, every key checked and every limit named with its unit.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';

const mebibyte = 1024 * 1024;

const Config = z.strictObject({
  /** Where the journal lives. */
  dataFolder: z.string().min(1),
  /** appliance.key, appliance.crt, ca.crt and central-signing.pem. */
  identityFolder: z.string().min(1),
  http: z
    .strictObject({
      // Kiosks have no tokens of their own yet, so the interface is open to this machine alone.
      host: z.enum(['127.0.0.1', '::1', 'localhost']).default('127.0.0.1'),
      port: z.int().min(0).max(65535).default(8080),
      connectionsMax: z.int().min(1).default(1024),
      requestMsMax: z.int().min(100).default(10_000),
    })
    .prefault({}),
  central: z.strictObject({
    url: z.url({ protocol: /^mqtts$/, error: 'use mqtts://host:port' }),
    reconnectMsMax: z.int().min(100).default(60_000),
    keepaliveSeconds: z.int().min(5).max(3600).default(30),
  }),
  journal: z
    .strictObject({
      bytesMax: z
        .int()
        .min(mebibyte)
        .default(8192 * mebibyte),
      reserveBytes: z
        .int()
        .min(0)
        .default(32 * mebibyte),
      commandsWaitingMax: z.int().min(1).default(4096),
    })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
});
export type Config = z.infer<typeof Config>;

/** The file is missing, no TOML, or holds a value that cannot be meant; the message names field and remedy. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  readonly hint: string;
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.hint = hint;
  }
}

/** Reads the file; relative folders count from where it lies. @throws ConfigError */
export function readConfig(path: string): Config {
  const parsed = Config.safeParse(readToml(path));
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      ({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`,
    );
    throw new ConfigError(`${path}: ${issues.join('; ')}`, 'correct the fields named, then start again');
  }
  const base = dirname(resolve(path));
  const { dataFolder, identityFolder, ...rest } = parsed.data;
  return { ...rest, dataFolder: resolve(base, dataFolder), identityFolder: resolve(base, identityFolder) };
}

function readToml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof TomlError) {
      throw new ConfigError(`${path}: ${cause.message}`, 'write the file as TOML', cause);
    }
    throw new ConfigError(`${path} cannot be read`, 'name the configuration with --config FILE', cause);
  }
}
