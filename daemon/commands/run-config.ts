// What the commands of the configuration do with the file.
import { readFileSync, statSync } from 'node:fs';
import { parse } from 'smol-toml';
import { writeDurable } from '../../kit/durable-file.ts';
import { configKeys, judgeConfig, readConfig, readToml } from '../config.ts';
import { unknownWords } from '../config-words.ts';
import { type KeyPath, type Literal, setKey } from '../edit-config.ts';
import { liveKeys } from '../reload.ts';
import { settle } from '../remote/lay-over.ts';
import { type RemoteStandings, readRemoteStandings } from '../store/remote-configuration.ts';
import { openForReading } from '../store/salvage/readable.ts';
import { type Options, print } from './command.ts';
import { CommandError } from './error.ts';

interface Shown {
  key: string;
  value: unknown;
  /** Where it came from. */
  from: 'central' | 'file' | 'default';
}

export function showConfig(options: Options): void {
  const file = readConfig(options.config);
  const { config: effective, counts, refused } = settle(file, standingsOf(file.dataFolder));
  const written = readToml(options.config);
  const from = (key: string): Shown['from'] => {
    if (counts?.values[key] !== undefined) return 'central';
    return at(written, key) === undefined ? 'default' : 'file';
  };
  const shown = configKeys
    .map((key): Shown => ({ key, value: at(effective, key), from: from(key) }))
    // A key within a table that is not there, such as those of http.lan.
    .filter(({ value }) => value !== undefined);
  const widths = [shown.map(({ key }) => key), shown.map(({ value }) => text(value))].map((column) =>
    Math.max(...column.map(({ length }) => length)),
  );
  const [keys = 0, values = 0] = widths;
  const lines = shown.map(({ key, value, from }) =>
    `${key.padEnd(keys)}  ${text(value).padEnd(values)}  ${from}`.trimEnd(),
  );
  const central = { version: counts?.version ?? 0, refused };
  if (counts) lines.push(`central: version ${counts.version}`);
  if (refused)
    lines.push(`central: version ${refused.version} is not taken: ${refused.key}, ${refused.reason}`);
  print(options, { file: options.config, values: shown, central }, lines.join('\n'));
}

/** What central sets, as the journal beside a running daemon or without one has it. */
function standingsOf(dataFolder: string): RemoteStandings {
  const db = openForReading(dataFolder);
  if (!db) return { offered: null, taken: null };
  try {
    return readRemoteStandings(db);
  } finally {
    db.close();
  }
}

export function validateConfig(options: Options): void {
  // Throws with every fault named.
  readConfig(options.config);
  print(options, { file: options.config, valid: true }, `${options.config} is valid`);
}

export function setConfig(key: string, given: string, options: Options): void {
  if (!configKeys.includes(key)) throw malformed(unknownWords(key, configKeys));
  const path = options.config;
  // Where it is no TOML, or cannot be read, it says so.
  readToml(path);
  const before = readFileSync(path, 'utf8');
  const value = literalOf(given);
  const edited = setKey(before, key.split('.') as [string, ...string[]] satisfies KeyPath, value);
  if (edited === null) {
    const hint = `Write ${key} = ${JSON.stringify(value)} into it by hand.`;
    throw new CommandError('config_not_editable', `${path} is written in a way this cannot edit`, hint);
  }
  const faults = judgeConfig(edited);
  if (faults.length > 0) throw malformed(faults.join('; '));
  if (edited !== before) {
    const { mode, uid, gid } = statSync(path);
    writeDurable(path, edited, mode & 0o777, process.getuid?.() === 0 ? { uid, gid } : null);
  }
  const live = (liveKeys as readonly string[]).includes(key);
  const then = live ? 'systemctl reload holdfast' : 'systemctl restart holdfast';
  const config = readConfig(path);
  const { counts } = settle(config, standingsOf(config.dataFolder));
  const said = counts?.values[key];
  const words =
    said === undefined
      ? `To let it count: ${then}`
      : `Central sets it to ${text(said)}, which counts: leave it out of central.maySet to keep it.`;
  print(
    options,
    { key, value, changed: edited !== before, then, ...(said !== undefined && { central: said }) },
    `${key} is ${text(value)}. ${words}`,
  );
}

function malformed(words: string): CommandError {
  return new CommandError('config_refused', `not set: ${words}`, 'See: holdfast config show');
}

/** A value as TOML writes it; what is none is a text, so that quotes may be left out. */
function literalOf(given: string): Literal {
  try {
    const { value } = parse(`value = ${given}`);
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (isList) return value as string[];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  } catch {
    // Not TOML: a text.
  }
  return given;
}

function at(value: unknown, key: string): unknown {
  let inner = value;
  for (const name of key.split('.')) {
    if (typeof inner !== 'object' || inner === null) return undefined;
    inner = (inner as Record<string, unknown>)[name];
  }
  return inner;
}

function text(value: unknown): string {
  return value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value);
}
