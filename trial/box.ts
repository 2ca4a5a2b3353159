// One more appliance of a site, at the same central: an identity, a link and a process of its own. Opened again it goes on with the same
// journal.
import { mkdirSync } from 'node:fs';
import { mainOf } from '../provisioning/package/main-of.ts';
import { createProgram, onNode, type Program } from './program.ts';
import { type Box, makePlaced, openOnlyLink, type Site, untilSelling } from './site.ts';
import { boxFilesOf, boxRecord, filesOf, readRecord, writeApplianceConfig } from './site-folder.ts';

export interface OpenBox extends Box {
  /** What sends first, what receives last. */
  stop(): Promise<void>;
}

/**
 * Resolves once the box sells.
 * @throws TrialError already_running, program_not_ready, command_failed, too_slow; ProvisioningError
 */
export async function openBox(
  site: Site,
  options: { applianceId: string; place: string; onCrash?: (program: Program, how: string) => void },
): Promise<OpenBox> {
  const { applianceId, place } = options;
  const at = boxFilesOf(site.folder, applianceId);
  const whole = filesOf(site.folder);
  mkdirSync(at.folder, { recursive: true, mode: 0o700 });
  const { ports } = await boxRecord(at.record);
  const link = await openOnlyLink(ports.link, readRecord(whole.record)?.ports.centralMqtt ?? 0, at.folder);
  const appliance = createProgram({
    name: applianceId,
    command: onNode(mainOf('holdfast')),
    args: ['run', '--config', at.config],
    logFile: at.log,
    pidFile: `${at.folder}/appliance.pid`,
    onCrash: (how) => options.onCrash?.(appliance, how),
  });
  const stop = async () => {
    await appliance.stop();
    await link.close();
  };
  try {
    await makePlaced(whole, { applianceId, place, identity: at.identity });
    writeApplianceConfig(at, ports);
    await appliance.start();
    const applianceUrl = `http://127.0.0.1:${ports.appliance}`;
    const box = { folder: at.folder, applianceId, applianceUrl, appliance, link };
    await untilSelling({ ...site, ...box });
    return { ...box, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
