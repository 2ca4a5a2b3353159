// What `holdfast release` finds out, says and changes: the file of the slots, which the launcher reads at the next start.
import { type SlotName, slotNames } from '../../contract/health.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { readConfig } from '../config.ts';
import { returnByHand, type Slots } from '../release/slots.ts';
import { openSlotsFile, type SlotsFile } from '../release/slots-file.ts';
import { type Options, print } from './command.ts';
import { CommandError } from './error.ts';

export type RollbackOptions = Options & { to: string };

export function releaseStatus(options: Options): void {
  const slots = filesOf(options).read();
  print(options, { packageRelease: packageJson.version, ...slots }, words(slots));
}

export function rollBack(options: RollbackOptions): void {
  const to = slotNames.find((name) => name === options.to);
  if (to === undefined) {
    throw new CommandError('argument_malformed', `'${options.to}' is no slot`, 'Use package, a or b.');
  }
  const files = filesOf(options);
  const slots = files.read();
  if (to !== 'package' && slots[to] === null) {
    const hint = 'See holdfast release status; the program of the package is always there.';
    throw new CommandError('slot_empty', `there is no release in slot ${to}`, hint);
  }
  files.write(returnByHand(slots, to));
  const next = 'Next: systemctl restart holdfast';
  print(options, { to }, `The next start runs ${placeWords(to, slots)}.\n${next}`);
}

/** @throws CommandError releases_not_taken */
function filesOf(options: Options): SlotsFile {
  const { releases } = readConfig(options.config);
  if (releases !== null) return openSlotsFile(releases.folder);
  throw new CommandError(
    'releases_not_taken',
    'this box takes no releases: the configuration has no [releases]',
    'It runs what its package brought; add [releases] with folder and keys to have central change that.',
  );
}

function words(slots: Slots): string {
  const { proven, trial, ended } = slots;
  return [
    `starts    ${placeWords(proven, slots)}`,
    ...(trial ? [`on trial  ${placeWords(trial.slot, slots)}, started ${trial.starts} time(s)`] : []),
    ...(['a', 'b'] as const).map((slot) => `slot ${slot}    ${slots[slot]?.release ?? 'empty'}`),
    `package   ${packageJson.version}`,
    ...(ended
      ? [
          `last      rollout ${ended.rollout}: ${ended.reason === null ? ended.step : `${ended.step}, ${ended.reason}`}`,
        ]
      : []),
  ].join('\n');
}

function placeWords(slot: SlotName, slots: Slots): string {
  if (slot === 'package') return 'the program of the package';
  return `release ${slots[slot]?.release ?? 'unknown'} in slot ${slot}`;
}
