// An OpenFeature provider over the flags of the signed policy. It holds one policy at a time and goes forward only; a
// policy that is not there yet has no flags.
import {
  type EvaluationContext,
  FlagNotFoundError,
  type Provider,
  type ResolutionDetails,
  TargetingKeyMissingError,
  TypeMismatchError,
} from '@openfeature/server-sdk';
import type { Policy } from '../../contract/policy.ts';
import { evaluate, type Subject } from './evaluate.ts';

/** The flags of one policy. */
export interface PolicyFlags {
  policyVersion: number;
  flags: Policy['flags'];
}

export interface PolicyProvider extends Provider {
  readonly inForce: PolicyFlags;
  /** Goes by these from now on, unless they are older. */
  take(newer: PolicyFlags): void;
}

/** Resolves to `on` and `off`; errors as OpenFeature names them: FLAG_NOT_FOUND, TYPE_MISMATCH, TARGETING_KEY_MISSING. */
export function createPolicyProvider(): PolicyProvider {
  let inForce: PolicyFlags = { policyVersion: 0, flags: {} };
  const find = (name: string) => {
    if (!Object.hasOwn(inForce.flags, name)) {
      throw new FlagNotFoundError(`policy ${inForce.policyVersion} has no flag ${name}`);
    }
    return inForce.flags[name] as Policy['flags'][string];
  };
  const onlyBoolean = async (name: string): Promise<never> => {
    find(name);
    throw new TypeMismatchError(`${name} is a switch: ask for a boolean`);
  };
  return {
    metadata: { name: 'policy' },
    runsOn: 'server',
    get inForce() {
      return inForce;
    },
    take(newer) {
      if (newer.policyVersion > inForce.policyVersion) inForce = newer;
    },
    async resolveBooleanEvaluation(name, _default, context): Promise<ResolutionDetails<boolean>> {
      const evaluation = evaluate(name, find(name), subjectOf(context));
      if (evaluation.kind === 'nobody') {
        throw new TargetingKeyMissingError(`a share of ${name} is drawn by targetingKey`);
      }
      const { value, reason } = evaluation;
      const { policyVersion } = inForce;
      return { value, variant: value ? 'on' : 'off', reason, flagMetadata: { policyVersion } };
    },
    resolveStringEvaluation: onlyBoolean,
    resolveNumberEvaluation: onlyBoolean,
    resolveObjectEvaluation: onlyBoolean,
  };
}

/** The context may hold anything; what is no text names nobody. */
function subjectOf({ targetingKey, site, kiosk }: EvaluationContext): Subject {
  return {
    targetingKey,
    site: typeof site === 'string' ? site : null,
    kiosk: typeof kiosk === 'string' ? kiosk : null,
  };
}
