#!/usr/bin/env node
// holdfast-central: the settlement service and the operators' commands. Everything meets here.
import { systemClock } from '../kit/clock.ts';
import { createLog, type Log } from '../kit/log.ts';
import { createNotify } from '../kit/notify.ts';
import { createReload, logPart } from '../kit/reload.ts';
import { runSupervised } from '../kit/supervised.ts';
import { type Config, readConfig } from './config.ts';
import { createProgram, runProgram } from './program.ts';
import { type AnnouncedFetches, createAnnouncedFetches } from './reconciliation/announced.ts';
import { createChildRuns } from './reconciliation/child-run.ts';
import { startSchedule } from './reconciliation/schedule.ts';

async function run(configPath: string): Promise<void> {
  const config = readConfig(configPath);
  const log = createLog('holdfast-central', config.log.level);
  // The key and the ports must be seen whatever the level: they are said once.
  const announced = createLog('holdfast-central', 'info');
  const notify = createNotify(process.env, log);
  // why so late: broker, HTTP and processors are half of the memory of a command that needs none of them.
  const { startCentral } = await import('./start.ts');
  const fetches = fetchAnnounced(config, configPath, log);
  const central = await startCentral(config, {
    log,
    announce: (fields, message) => announced.info(fields, message),
    onReport: fetches.announce,
    failed(error) {
      log.error({ error: error.message }, 'the store is gone; stopping');
      process.exit(1);
    },
  });
  const stopReconciling = reconcileOnSchedule(config, configPath, log);
  const { identityPart, liveKeys } = await import('./reload.ts');
  const reload = createReload({
    config,
    read: () => readConfig(configPath),
    liveKeys,
    parts: [logPart(log), identityPart(config.identityFolder, central.identity, central.prepare)],
    log,
  });
  const stop = async () => {
    log.info({}, 'stopping');
    await Promise.all([stopReconciling(), fetches.stop()]);
    await central.stop();
  };
  await runSupervised({ notify, clock: systemClock(), log, look: central.look, reload, stop });
}

/** Answers how to stop it. */
function reconcileOnSchedule(
  { reconciliation: { schedule, inbox, fetch } }: Config,
  configPath: string,
  log: Log,
): () => Promise<void> {
  if (schedule === undefined) return async () => {};
  const fetching = inbox === undefined && fetch.length === 0 ? [] : ['--fetch'];
  const runs = createChildRuns('the scheduled reconciliation', log);
  const run = async () =>
    void (await runs.run(['reconciliation', 'run', ...fetching, '--config', configPath]));
  const scheduled = startSchedule({ expression: schedule, clock: systemClock(), log, run });
  return async () => {
    scheduled.stop();
    await runs.stop();
  };
}

/** A report that a processor announces is fetched by the command of a person, where the configuration says how. */
function fetchAnnounced({ processors }: Config, configPath: string, log: Log): AnnouncedFetches {
  const runs = createChildRuns('the fetch of an announced report', log);
  const fetches = createAnnouncedFetches({
    async fetch({ processor, batch }) {
      const which = ['--processor', processor, '--batch', String(batch)];
      return (await runs.run(['reconciliation', 'fetch', ...which, '--config', configPath])) === 'done';
    },
    clock: systemClock(),
    log,
  });
  return {
    announce(report) {
      const section = processors[report.processor];
      if (section?.adapter === 'adyen' && section.reports !== undefined) fetches.announce(report);
      else log.info(report, 'a report can be downloaded; bring it to the inbox');
    },
    async stop() {
      await Promise.all([fetches.stop(), runs.stop()]);
    },
  };
}

runProgram(createProgram(run), process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
