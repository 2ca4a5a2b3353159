// What the commands that make a code for a box ask for alike: which box, at which site, and for how long.
import { Option } from 'commander';
import type { EstConfig } from '../enrolment/config.ts';
import type { EnrolmentCalls } from '../enrolment/port.ts';
import { CommandError } from '../errors.ts';
import { type By, byCommand } from '../people/actor.ts';
import { countOption } from './command.ts';
import { assertApplianceId, assertSiteName, estOf, freshCode } from './enrolment-command.ts';

export interface CodeOptions {
  config: string;
  site: string;
  newSite?: boolean;
  appliance?: string;
  days: number;
}

const codeDaysMax = 90;

/** @param days for how long the code waits unless said */
export function codeOptions(days: number): Option[] {
  return [
    new Option('--site <name>', 'where the box is to stand').makeOptionMandatory(),
    new Option('--new-site', 'the site is new: make it known too'),
    new Option('--appliance <id>', 'its id; the next one of the site unless given'),
    countOption('--days <count>', 'for how long the code waits').default(days),
  ];
}

export interface CodeAsked {
  request: Parameters<EnrolmentCalls['createEnrolment']>[0];
  by: By;
  /** It is nowhere else. */
  code: string;
  est: EstConfig;
  root: string;
}

/** @throws CommandError argument_malformed, est_missing */
export function askForCode(options: CodeOptions): CodeAsked {
  const { config, site, newSite = false, appliance: applianceId = null, days } = options;
  assertSiteName(site);
  if (applianceId !== null) assertApplianceId(applianceId);
  if (days > codeDaysMax) {
    const hint = `Give --days 1 to ${codeDaysMax}.`;
    throw new CommandError('argument_malformed', 'that is too long for a code', hint);
  }
  const { est, root } = estOf(config);
  const { code, codeHash } = freshCode();
  const by = byCommand();
  const expiresMs = by.nowMs + days * 86_400_000;
  return { request: { site, newSite, applianceId, codeHash, expiresMs }, by, code, est, root };
}
