// `policy set`: a JSON or TOML file becomes the next version of the policy, for every appliance.
import { parse as parseToml } from 'smol-toml';
import { Policy } from '../../contract/policy.ts';
import { describeIssue } from '../config.ts';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { withStore } from './open-store.ts';
import { readText } from './read-text.ts';

export interface PolicySet {
  version: number;
  policy: Policy;
}

/** @throws CommandError policy_malformed naming the keys; nothing has changed then */
export function setPolicy(dataFolder: string, file: string): PolicySet {
  const policy = parsePolicy(readText(file), file);
  const version = withStore(dataFolder, (store) => {
    // Version 1 is the default one everywhere, whatever came first.
    store.ensurePolicy(defaultPolicy);
    return store.publishPolicy(policy);
  });
  return { version, policy };
}

function parsePolicy(text: string, file: string): Policy {
  const hint = 'Name every key of the policy; see `policy set --help`.';
  const malformed = (details: string[], cause?: unknown) =>
    new CommandError('policy_malformed', `${file} is no policy`, hint, { details, cause });
  let value: unknown;
  try {
    value = text.trimStart().startsWith('{') ? JSON.parse(text) : parseToml(text);
  } catch (error) {
    throw malformed([(error as Error).message], error);
  }
  const parsed = Policy.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error.issues.map(describeIssue));
  return parsed.data;
}
