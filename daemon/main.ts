#!/usr/bin/env node
// The appliance daemon. Read downwards this is the start order, upwards the stop order.
import { Command, CommanderError } from 'commander';
import type { HealthReport } from '../contract/health.ts';
import { systemClock } from '../kit/clock.ts';
import { createLifecycle } from '../kit/lifecycle.ts';
import { createLog } from '../kit/log.ts';
import { createNotify } from '../kit/notify.ts';
import { processFamilies, prometheusText } from '../kit/prometheus.ts';
import { createReload, logPart } from '../kit/reload.ts';
import { collectAtRest } from '../kit/rest.ts';
import { runSupervised } from '../kit/supervised.ts';
import { releaseMadeAtMs } from '../kit/version.ts';
import packageJson from '../package.json' with { type: 'json' };
import { defaultConfigPath } from './commands/command.ts';
import { addCommands } from './commands/commands.ts';
import { CommandError, exitCodes } from './commands/error.ts';
import { ConfigError, readConfig, readSlotsFolder } from './config.ts';
import { createDoctorByCentral } from './doctor/by-central.ts';
import { createLook } from './health/look.ts';
import { metricsOf } from './health/metrics.ts';
import { documentReportMsMax, type Reporter, startReporter } from './health/reporter.ts';
import { createTally } from './health/tally.ts';
import { exportSpans } from './health/tracing.ts';
import { loadLanCertificate } from './http/lan-certificate.ts';
import { startHttp } from './http/server.ts';
import { readWho } from './identity/awaiting.ts';
import { certifiedFromMs } from './identity/server-time.ts';
import { startPresence } from './presence.ts';
import { type Launched, launch, launchedAs } from './release/launch.ts';
import { probeWord } from './release/prove.ts';
import { startReleases } from './release/start.ts';
import { askingPart, httpPart, identityPart, liveKeys } from './reload.ts';
import { openRemote } from './remote/remote.ts';
import { serviceLine } from './service-line.ts';
import { startAbandonment } from './store/abandonment.ts';
import { startStore } from './store/client.ts';
import { openKioskDoor } from './store/kiosks/door.ts';
import { setAsideDamaged } from './store/kiosks/set-aside.ts';
import { ownSchemas } from './store/own-schemas.ts';
import { doubtWords } from './store/salvage/set-aside.ts';
import { suspect } from './store/salvage/suspicion.ts';
import { FolderInUseError, holdFolder } from './store/sole-daemon.ts';
import { openTelemetry } from './store/telemetry/telemetry.ts';
import { applyBundle } from './sync/apply-bundle.ts';
import { onApplied } from './sync/progress.ts';
import { makeBoxKey } from './synthetic/box-key.ts';
import { createSynthetics } from './synthetic/runner.ts';
import { startSchedule } from './synthetic/schedule.ts';
import { submitTo } from './synthetic/submit.ts';
import { createTechnicianDoor } from './technician/door.ts';
import { createExaminer } from './technician/examination.ts';
import { keepTroubles } from './technician/troubles.ts';

const release = packageJson.version;
const fallenBackExitCode = 3;

const program = new Command('holdfast')
  .description('The appliance: answers kiosks, keeps the journal, hands it to central.')
  .version(release)
  .showHelpAfterError()
  .exitOverride();

program
  .command('run')
  .description('run the appliance daemon in the foreground, logging JSON lines to stdout')
  .option('--config <file>', 'the configuration, TOML', defaultConfigPath)
  .addHelpText(
    'after',
    '\nExamples:\n  holdfast run\n  holdfast run --config ./holdfast.toml\n\nExit codes: 0 stopped in order, 1 failed, 2 configuration or identity not usable,\n  3 the journal fell back behind what central has: the next start salvages it',
  )
  .action(({ config }: { config: string }) => run(config));

addCommands(program);

void program.parseAsync().catch(fail);

async function run(configPath: string): Promise<void> {
  // Before anything is opened: from here on this may be another program.
  const launched = launchedFrom(readSlotsFolder(configPath));
  const file = readConfig(configPath);
  const clock = systemClock();
  const { log, troubles } = keepTroubles(createLog('holdfast', file.log.level), clock.wallMs);
  // Launchers and technicians must see the port whatever the level: it is said once.
  const announced = createLog('holdfast', 'info');
  const who = readWho(file);
  const { applianceId } = who;
  const notify = createNotify(process.env, log);
  const { lan } = file.http;
  const tls = lan && loadLanCertificate(lan, clock.wallMs());
  const lifecycle = createLifecycle(log);
  const rest = collectAtRest(clock);
  lifecycle.onStop('rest', rest.stop);

  const tally = createTally();
  /** Central hears soon what became of its word, once there is who tells it. */
  const told: { soon: Reporter['soon'] } = { soon: () => {} };
  lifecycle.onStop('folder', holdFolder(file.dataFolder));
  const store = await startStore(
    {
      folder: file.dataFolder,
      space: { bytesMax: file.journal.bytesMax, reserveBytes: file.journal.reserveBytes },
      pastMs: Math.max(
        releaseMadeAtMs,
        who.kind === 'enrolled' ? certifiedFromMs(who.identity) : who.awaited.madeMs,
      ),
    },
    {
      commandsWaitingMax: file.journal.commandsWaitingMax,
      onAsked: rest.worked,
      onCommitted: (batch) => tally.committed(batch, clock.monotonicMs()),
      onSetAside({ file, words, ...counted }) {
        const doubts = doubtWords(counted);
        log.error(
          { file, words, doubts },
          'the journal was damaged: it is set aside, and what is whole of it goes on',
        );
      },
      onGone(error) {
        // What must never happen: nothing can be answered truthfully any more. The journal is whole on the disk.
        const { code, hint } = (error.cause ?? {}) as { code?: unknown; hint?: unknown };
        log.error(
          { error: error.message, cause: String(error.cause), code, hint },
          'stopping: the store is gone',
        );
        process.exit(1);
      },
    },
  );
  lifecycle.onStop('store', () => store.close());

  if (who.kind === 'awaiting_first_contact') await applyBundle(who.awaited, { store, clock, log });
  const remote = await openRemote({
    ...{ store, clock, log, readFile: () => readConfig(configPath) },
    onSettled: () => told.soon(),
  });
  lifecycle.onStop('remote', async () => remote.stop());
  const config = remote.read();
  log.level = config.log.level;
  const synthetics = createSynthetics({ store, clock, log, onAnswered: () => told.soon() });
  const hearsConfiguration = onApplied(synthetics.progress, ['configuration'], remote.look);
  const documents = ['policy', 'catalogue', 'catalogue_delta'] as const;
  const hearsDocuments = onApplied(hearsConfiguration, documents, () => told.soon(documentReportMsMax));
  const doctor = createDoctorByCentral({ store, log });
  const presence = startPresence({
    ...{ who, config, configPath, store, clock, log, release },
    progress: {
      ...hearsDocuments,
      applied(items) {
        hearsDocuments.applied(items);
        doctor.applied(items);
      },
    },
    onFallenBack({ journalId, receivedThrough }) {
      suspect(config.dataFolder, { cause: 'fallen_back', journalId, receivedThrough });
      log.error(
        { journalId, receivedThrough },
        'stopping: central has more of the journal than there is here; the next start salvages it',
      );
      void lifecycle.stop().finally(() => process.exit(fallenBackExitCode));
    },
  });
  lifecycle.onStop('presence', presence.stop);

  const abandonment = startAbandonment(store, clock, log);
  lifecycle.onStop('abandonment', abandonment.stop);

  const aside = setAsideDamaged(config.dataFolder, clock.wallMs());
  if (aside) log.error({ file: aside }, 'kiosks.db was damaged and is set aside: pair every kiosk again');
  const door = openKioskDoor(config.dataFolder, clock);
  lifecycle.onStop('kiosks', () => door.close());

  const { dataFolder: folder } = config;
  const examiner = createExaminer(configPath, clock);
  lifecycle.onStop('examiner', () => examiner.stop());
  const boxKey = makeBoxKey(config.dataFolder);
  lifecycle.onStop('box key', boxKey.remove);
  const technician = { door: createTechnicianDoor(folder, clock, log), examiner, troubles, folder };

  /** There is nothing to look at before the status can be asked. */
  const scrape: { look: (() => Promise<HealthReport>) | null } = { look: null };

  const spans = exportSpans(config.tracing, { applianceId, release, clock, log });
  lifecycle.onStop('spans', spans.stop);

  const http = await startHttp(
    { ...config.http, site: config.site, lan: lan && tls && { ...lan, tls } },
    {
      store,
      identity: { applianceId, release },
      certificate: presence.view,
      log,
      kiosks: { door, clock },
      technician,
      metrics: {
        took: tally.requestTook,
        addresses: config.metrics.addresses,
        text: async () => {
          const ofBox = scrape.look ? metricsOf(await scrape.look(), tally.counts()) : [];
          return prometheusText([...processFamilies(release), ...ofBox]);
        },
      },
      ...{ synthetic: { synthetics, boxKey }, tracer: spans.tracer },
    },
  );
  lifecycle.onStop('http', () => http.stop());
  synthetics.open(submitTo({ host: config.http.host, port: http.port }));
  const { everyMinutes } = config.synthetic;
  const schedule = startSchedule(everyMinutes, { synthetics, store, clock, random: Math.random });
  lifecycle.onStop('synthetic', async () => schedule.stop());

  const releases = startReleases({
    ...{ config, launched, release, store, clock, log },
    identity: presence.identity,
    inFlight: http.inFlight,
    online: async () => (await http.status()).link.kind === 'online',
    probe: async () => probeWord(await synthetics.run('release')),
    onEnded: () => told.soon(),
    restart(reason) {
      log.warn({ reason }, 'stopping, to be started as another release');
      void lifecycle.stop().finally(() => process.exit(0));
    },
  });
  lifecycle.onStop('releases', async () => releases.stop());

  const { telemetry, opened } = openTelemetry(config.dataFolder);
  if (opened !== 'as_it_was') log.warn({ opened }, 'telemetry.db could not be used; nothing in it is money');
  lifecycle.onStop('telemetry', telemetry.close);
  const looked = {
    ...{ status: http.status, synthetic: synthetics.last, store, folder, release, slots: releases.view },
    ...{ clock, tally, kiosks: door.seen, configuration: remote.standing },
  };
  scrape.look = createLook({ ...looked, peaks: null, doctor: null });
  const reporter = startReporter({
    telemetry,
    look: createLook({ ...looked, peaks: tally.takePeaks, doctor: doctor.take }),
    send: presence.report,
    clock,
    random: Math.random,
    log,
  });
  told.soon = reporter.soon;
  lifecycle.onStop('reporter', reporter.stop);
  doctor.open(examiner, reporter.soon);

  const look = async () => {
    await store.ask('selfCheck', {});
    return serviceLine(await store.ask('status', {}));
  };
  const reload = createReload({
    config,
    read: remote.read,
    liveKeys,
    parts: [
      logPart(log),
      httpPart(http, tls, clock.wallMs),
      askingPart(schedule, spans),
      identityPart(config.identityFolder, applianceId, presence),
    ],
    log,
  });
  remote.open(reload);
  const reloadAndLook = () => {
    const reloaded = reload();
    remote.look();
    return reloaded;
  };
  await runSupervised({ notify, clock, log, look, reload: reloadAndLook, stop: lifecycle.stop });
  announced.info(
    { applianceId, release, httpPort: http.port, lanPort: http.lanPort, pid: process.pid },
    'ready',
  );
}

/** Becomes the program that is to run, where that is another one. */
function launchedFrom(folder: string | null): Launched {
  const launched = launchedAs(process.env);
  const schemas = ownSchemas();
  if (launched) return launched;
  if (folder === null) return { slot: 'package', packageRelease: release, packageSchemas: schemas };
  return launch({
    ...{ folder, release, schemas, args: process.argv.slice(process.argv.indexOf('run')), env: process.env },
    become: (file, args, env) => process.execve?.(file, args, env),
  });
}

/** Says what is wrong and what to do, on one line each. */
function fail(error: NodeJS.ErrnoException & { hint?: string }): never {
  // It has said so itself.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  const taken = 'stop what listens there, or change http.port or http.lan.port in the configuration';
  const hint = error.syscall === 'listen' ? taken : error.hint;
  process.stderr.write(`holdfast: ${error.message}\n`);
  if (hint) process.stderr.write(`hint: ${hint}\n`);
  if (error instanceof CommandError) process.exit(exitCodes[error.code]);
  process.exit(error instanceof ConfigError || error instanceof FolderInUseError || 'code' in error ? 2 : 1);
}
