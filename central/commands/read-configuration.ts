// What central sets of the boxes' configuration, in the file named on the command line: as a box's own file has it, TOML, or JSON.
import { parse as parseToml } from 'smol-toml';
import { RemoteConfiguration, remoteKeys } from '../../contract/configuration.ts';
import { describeIssue } from '../../contract/issue-words.ts';
import { CommandError } from '../errors.ts';
import { readText } from './read-text.ts';

/** @throws CommandError file_missing, file_malformed, configuration_malformed naming every key that is wrong */
export function readConfiguration(file: string): RemoteConfiguration {
  const malformed = (details: string[], cause?: unknown) => {
    const hint = `Central sets these: ${remoteKeys.join(', ')}.`;
    return new CommandError('configuration_malformed', `${file} is nothing that central sets`, hint, {
      details,
      cause,
    });
  };
  const text = readText(file);
  let value: unknown;
  try {
    value = text.trimStart().startsWith('{') ? JSON.parse(text) : parseToml(text);
  } catch (error) {
    throw malformed((error as Error).message.trimEnd().split('\n'), error);
  }
  const parsed = RemoteConfiguration.safeParse(flat(value));
  if (!parsed.success) throw malformed(parsed.error.issues.map(describeIssue));
  return parsed.data;
}

/** Tables as keys with points between, as `log.level`. */
function flat(value: unknown, name = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [name]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, each]) => flat(each, name === '' ? key : `${name}.${key}`)),
  );
}
