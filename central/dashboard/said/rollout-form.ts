// What a person types to start a rollout, and what central is asked for by it. Pure.

export interface RolloutForm {
  kind: 'release' | 'flags' | 'policy' | 'configuration' | 'catalogue';
  release: string;
  anyHour: boolean;
  flag: string;
  flagPercent: string;
  policy: string;
  configuration: string;
  /** A draft's number. */
  draft: string;
  sites: string;
  labels: string;
  appliances: string;
  canary: string;
  stages: string;
  soakMinutes: string;
  failedPercentMax: string;
  silentHoursMax: string;
  probe: boolean;
  onFailure: 'roll_back' | 'pause';
}

/** The careful one, as central's own defaults. */
export const usualRollout: RolloutForm = {
  kind: 'release',
  release: '',
  anyHour: false,
  flag: '',
  flagPercent: '100',
  policy: '',
  configuration: '',
  draft: '',
  sites: '',
  labels: '',
  appliances: '',
  canary: '1',
  stages: '10, 50, 100',
  soakMinutes: '30',
  failedPercentMax: '2',
  silentHoursMax: '24',
  probe: false,
  onFailure: 'roll_back',
};

export type ReadForm = { kind: 'whole'; body: object } | { kind: 'wrong'; words: string };

export function readRollout(form: RolloutForm): ReadForm {
  try {
    return { kind: 'whole', body: { change: changeOf(form), target: targetOf(form), plan: planOf(form) } };
  } catch (error) {
    if (error instanceof Wrong) return { kind: 'wrong', words: error.message };
    throw error;
  }
}

/** The field and what to type into it. */
class Wrong extends Error {}

function changeOf(form: RolloutForm): object {
  const { kind, release, anyHour, flag, flagPercent } = form;
  switch (kind) {
    case 'release':
      if (release === '') throw new Wrong('Release: choose one');
      return { kind, release, anyHour };
    case 'flags': {
      if (!/^[a-z][a-z0-9-]{0,62}$/.test(flag.trim())) {
        throw new Wrong('Flag: use a small letter, then small letters, digits and -');
      }
      const share = numberIn('On for', flagPercent, 0, 100);
      return { kind, flags: { [flag.trim()]: { shareBasisPoints: share * 100 } } };
    }
    case 'policy':
      return { kind, policy: json('Policy', form.policy) };
    case 'catalogue':
      if (form.draft === '') throw new Wrong('Draft: choose one');
      return { kind, draft: Number(form.draft) };
    case 'configuration':
      return { kind, values: json('Configuration', form.configuration) };
  }
}

function json(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Wrong(`${name}: ${(error as Error).message}`);
  }
}

function targetOf({ sites, labels, appliances }: RolloutForm): object {
  const pairs = listIn(labels).map((pair) => {
    const [, name, value] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) throw new Wrong('Labels: use name=value');
    return [name.trim(), value.trim()] as const;
  });
  const [ofSites, ofAppliances] = [listIn(sites), listIn(appliances)];
  return {
    ...(ofSites.length > 0 && { sites: ofSites }),
    ...(pairs.length > 0 && { labels: Object.fromEntries(pairs) }),
    ...(ofAppliances.length > 0 && { appliances: ofAppliances }),
  };
}

function planOf(form: RolloutForm): object {
  return {
    canary: { count: numberIn('Canary', form.canary, 1, 1000) },
    stagesPercent: listIn(form.stages).map((share) => numberIn('Stages', share, 1, 100)),
    soakMinutes: numberIn('Watch each stage', form.soakMinutes, 0, 44_640),
    failedPercentMax: numberIn('Failed at most', form.failedPercentMax, 0, 100),
    silentMinutesMax: numberIn('Wait for silent boxes', form.silentHoursMax, 0, 744) * 60,
    probe: form.probe ? 'required' : 'ignored',
    onFailure: form.onFailure,
  };
}

function listIn(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function numberIn(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Wrong(`${name}: use a whole number from ${least} to ${most}`);
}
