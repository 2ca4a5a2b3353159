// The daemon's configuration: one TOML file, every key checked and every limit named with its unit.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import * as z from 'zod';
import { remoteKeys, remoteValues } from '../contract/configuration.ts';
import { Text } from '../contract/id.ts';
import { isAddressRange } from '../kit/address-list.ts';
import { readMinisignKey } from '../kit/minisign.ts';
import { TracingConfig, tracingInFolder } from '../kit/tracing-config.ts';
import { configIssueWords } from './config-words.ts';
import { EstUrl } from './identity/slip.ts';

const mebibyte = 1024 * 1024;

/** As a browser sends it: scheme, host and port, nothing behind. Without TLS only a page of this machine. */
const Origin = z.string().refine(
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const local = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
    return url?.origin === text && !text.includes('*') && (url.protocol === 'https:' || local);
  },
  { error: 'use https://host or https://host:port, in small letters and without a path' },
);

const Config = z.strictObject({
  /** Where this appliance stands, by the name central was given: for flags that name sites. */
  site: Text(64).nullable().default(null),
  /** Where the journal lives. */
  dataFolder: z.string().min(1),
  /** appliance.key, appliance.crt, ca.crt and central-signing.pem. */
  identityFolder: z.string().min(1),
  http: z
    .strictObject({
      // Plain HTTP is for this machine alone; others come by http.lan.
      host: z.enum(['127.0.0.1', '::1', 'localhost']).default('127.0.0.1'),
      port: z.int().min(0).max(65535).default(8080),
      connectionsMax: z.int().min(1).default(1024),
      requestMsMax: z.int().min(100).default(10_000),
      /** Whether programs on this machine need a token too. Off this machine everybody does. */
      kioskAuth: z.enum(['loopback_open', 'required']).default('loopback_open'),
      /** Of one kiosk, or of one address without a token: ten a second. */
      ratePerMinute: remoteValues['http.ratePerMinute'].default(600),
      /** Of this machine without a token; unlimited unless told, for whoever runs programs here needs no protection from itself. */
      loopbackRatePerMinute: remoteValues['http.loopbackRatePerMinute'].default(null),
      /** Pages of these origins may call from a browser. */
      corsOrigins: z.array(Origin).max(100).default([]),
      /** HTTPS on the local network. */
      lan: z
        .strictObject({
          host: z.string().min(1),
          port: z.int().min(0).max(65535).default(8443),
          certificateFile: z.string().min(1),
          keyFile: z.string().min(1),
        })
        .nullable()
        .default(null),
    })
    .prefault({}),
  central: z.strictObject({
    url: z.url({ protocol: /^mqtts$/, error: 'use mqtts://host:port' }),
    /** Where certificates are renewed; written by `holdfast enrol`. */
    est: EstUrl.nullable().default(null),
    reconnectMsMax: z.int().min(100).default(60_000),
    keepaliveSeconds: z.int().min(5).max(3600).default(30),
    /** The keys that central may set here, over what this file says; none: never. */
    maySet: z
      .array(z.enum(remoteKeys))
      .max(64)
      .default([...remoteKeys]),
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
  /** Who may read /metrics beside this machine itself. */
  metrics: z
    .strictObject({
      addresses: z
        .array(z.string().refine(isAddressRange, { error: 'use an IP address, or a network as 10.0.0.0/8' }))
        .max(50)
        .default([]),
    })
    .prefault({}),
  /** Releases that central rolls out; without it the box runs what its package brought, and takes none. */
  releases: z
    .strictObject({
      /** Two slots, and what is being fetched. */
      folder: z.string().min(1),
      /** Who may sign a release: minisign public keys, the line that begins with RW. Several: one takes over from another. */
      keys: z
        .array(
          z.string().refine((text) => readMinisignKey(text) !== null, {
            error: 'use the line of a minisign public key that begins with RW',
          }),
        )
        .min(1)
        .max(8),
      bytesMax: z
        .int()
        .min(mebibyte)
        .default(256 * mebibyte),
      /** Changed over only when no kiosk has sold for so long: longer than any waits for central's word. */
      quietSeconds: z.int().min(1).max(3600).default(60),
      /** A release on trial must be well for so long … */
      steadySeconds: z.int().min(1).max(3600).default(60),
      /** … within this, or what ran before runs again. */
      provingMinutesMax: z.int().min(1).max(120).default(10),
    })
    .nullable()
    .default(null),
  /** Checkouts that the box asks itself, to see that selling works; they move nothing. */
  synthetic: z
    .strictObject({
      /** 0: only when somebody asks. */
      everyMinutes: remoteValues['synthetic.everyMinutes'].default(15),
    })
    .prefault({}),
  /** Where spans of checkouts go: an OpenTelemetry collector. */
  tracing: TracingConfig,
  log: z.strictObject({ level: remoteValues['log.level'].default('info') }).prefault({}),
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

const Folders = z.object({ dataFolder: z.string().min(1), identityFolder: z.string().min(1) });

/**
 * Where data and identity of a box lie that may not be enrolled yet: the rest of the file is not judged, for enrolment is
 * what completes it. @throws ConfigError
 */
export function readFolders(path: string): z.infer<typeof Folders> {
  const { dataFolder, identityFolder } = checked(path, Folders.safeParse(readToml(path)));
  const base = dirname(resolve(path));
  return { dataFolder: resolve(base, dataFolder), identityFolder: resolve(base, identityFolder) };
}

const SlotsFolder = z.object({ releases: z.object({ folder: z.string().min(1) }).nullish() });

/**
 * Where the slots are, by a file that may be written for a newer release: the launcher must not refuse what the program that
 * it starts understands. Null where it names none, or cannot be read, which the program says.
 */
export function readSlotsFolder(path: string): string | null {
  try {
    const { releases } = SlotsFolder.parse(readToml(path));
    return releases ? resolve(dirname(resolve(path)), releases.folder) : null;
  } catch {
    return null;
  }
}

/** Reads the file; relative folders and files count from where it lies. @throws ConfigError */
export function readConfig(path: string): Config {
  const { dataFolder, identityFolder, http, releases, tracing, ...rest } = checked(
    path,
    Config.safeParse(readToml(path)),
  );
  const base = dirname(resolve(path));
  return {
    ...rest,
    http: { ...http, lan: http.lan && withPaths(http.lan, base) },
    dataFolder: resolve(base, dataFolder),
    identityFolder: resolve(base, identityFolder),
    releases: releases && { ...releases, folder: resolve(base, releases.folder) },
    tracing: tracingInFolder(tracing, base),
  };
}

/** Every key there is, as `table.key`, in the order of the schema. */
export const configKeys: readonly string[] = keysOf(Config);

/**
 * The text of a file judged as `readConfig` would, before it is one.
 * @returns what is wrong, a line each; none: it is valid
 */
export function judgeConfig(text: string): string[] {
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    return [(error as Error).message];
  }
  const parsed = Config.safeParse(table);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => configIssueWords(issue, configKeys));
}

function keysOf(schema: z.core.$ZodType, path: readonly string[] = []): string[] {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodObject)) return [path.join('.')];
  return Object.entries(inner.shape).flatMap(([key, each]) => keysOf(each, [...path, key]));
}

/** Without its default, and without what allows null. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const wraps =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable;
  return wraps ? unwrapped(schema.unwrap()) : schema;
}

function checked<T>(path: string, parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap((issue) => configIssueWords(issue, configKeys));
  throw new ConfigError(`${path}: ${issues.join('; ')}`, 'correct the fields named, then start again');
}

function withPaths<T extends { certificateFile: string; keyFile: string }>(lan: T, base: string): T {
  const { certificateFile, keyFile } = lan;
  return { ...lan, certificateFile: resolve(base, certificateFile), keyFile: resolve(base, keyFile) };
}

/** The file as it is written, unjudged. @throws ConfigError where it cannot be read, or is no TOML */
export function readToml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof TomlError) {
      throw new ConfigError(`${path}: ${cause.message}`, 'write the file as TOML', cause);
    }
    throw new ConfigError(`${path} cannot be read`, 'name the configuration with --config FILE', cause);
  }
}
