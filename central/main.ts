#!/usr/bin/env node
// holdfast-central: the settlement service and the operators' commands. Everything meets here.
import { Command, CommanderError } from 'commander';
import { systemClock } from '../kit/clock.ts';
import { createLog, type Log } from '../kit/log.ts';
import { createNotify } from '../kit/notify.ts';
import { createReload, logPart } from '../kit/reload.ts';
import { runSupervised } from '../kit/supervised.ts';
import { ProvisioningError } from '../provisioning/error.ts';
import { applianceCreate } from './commands/appliance-create.ts';
import { applianceAcknowledge, applianceDeny, applianceReadmit } from './commands/appliance-deny.ts';
import { applianceList, applianceShow } from './commands/appliance-list.ts';
import { applianceReplace } from './commands/appliance-replace.ts';
import { auditList } from './commands/audit-list.ts';
import { auditVerify } from './commands/audit-verify.ts';
import { authorityCrl } from './commands/authority-crl.ts';
import { authorityInit } from './commands/authority-init.ts';
import { issuingInstall, issuingRequest, serverRenew } from './commands/authority-issuing.ts';
import { issuingSign, rootCreate } from './commands/authority-root.ts';
import { catalogueDiff } from './commands/catalogue-diff.ts';
import { catalogueDiscard } from './commands/catalogue-discard.ts';
import { catalogueDrafts } from './commands/catalogue-drafts.ts';
import { catalogueImport } from './commands/catalogue-import.ts';
import { cataloguePublish } from './commands/catalogue-publish.ts';
import { chargeExposure } from './commands/charge-exposure.ts';
import { chargeList } from './commands/charge-list.ts';
import { chargeShow } from './commands/charge-show.ts';
import { configOption, helpText } from './commands/command.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { enrolmentCreate } from './commands/enrolment-create.ts';
import { enrolmentCancel, enrolmentList, enrolmentShow } from './commands/enrolment-list.ts';
import { exceptionActions } from './commands/exception-act.ts';
import { exceptionList } from './commands/exception-list.ts';
import { exceptionShow } from './commands/exception-show.ts';
import { hotListChange } from './commands/hot-list-change.ts';
import { hotListList } from './commands/hot-list-list.ts';
import { keyCreate } from './commands/key-create.ts';
import { keyList } from './commands/key-list.ts';
import { keyRevoke } from './commands/key-revoke.ts';
import { keyRotate } from './commands/key-rotate.ts';
import { kioskTlsCreate } from './commands/kiosk-tls-create.ts';
import { ledgerCheck } from './commands/ledger-check.ts';
import { ledgerCorrect } from './commands/ledger-correct.ts';
import { ledgerExport } from './commands/ledger-export.ts';
import { outboundResend, outboundSwitch, outboundTest } from './commands/outbound-change.ts';
import { outboundCreate, outboundRotate } from './commands/outbound-create.ts';
import { outboundList, outboundLog } from './commands/outbound-list.ts';
import { payeeCreate } from './commands/payee-create.ts';
import { payeeList } from './commands/payee-list.ts';
import { payeeShow } from './commands/payee-show.ts';
import { payoutChange } from './commands/payout-change.ts';
import { payoutCreate } from './commands/payout-create.ts';
import { payoutList } from './commands/payout-list.ts';
import { payoutShow } from './commands/payout-show.ts';
import { payoutStatement } from './commands/payout-statement.ts';
import { policyDiff } from './commands/policy-diff.ts';
import { policySchema } from './commands/policy-schema.ts';
import { policySet } from './commands/policy-set.ts';
import { policyShow } from './commands/policy-show.ts';
import { policyValidate } from './commands/policy-validate.ts';
import { reconciliationFetch } from './commands/reconciliation-fetch.ts';
import { reconciliationFiles } from './commands/reconciliation-files.ts';
import { reconciliationImport } from './commands/reconciliation-import.ts';
import { reconciliationRun } from './commands/reconciliation-run.ts';
import { reconciliationShadow } from './commands/reconciliation-shadow.ts';
import { reviewDecide } from './commands/review-decide.ts';
import { reviewList } from './commands/review-list.ts';
import { reviewShow } from './commands/review-show.ts';
import { siteCreate } from './commands/site-create.ts';
import { siteList, siteShow } from './commands/site-list.ts';
import { stockSend } from './commands/stock-send.ts';
import { tokenImport } from './commands/token-import.ts';
import { version } from './commands/version.ts';
import { webhookDead, webhookList } from './commands/webhook-list.ts';
import { webhookReplay } from './commands/webhook-replay.ts';
import { webhookShow, webhookSources } from './commands/webhook-show.ts';
import { type Config, readConfig } from './config.ts';
import { CommandError, exitCodes } from './errors.ts';
import { type AnnouncedFetches, createAnnouncedFetches } from './reconciliation/announced.ts';
import { createChildRuns } from './reconciliation/child-run.ts';
import { startSchedule } from './reconciliation/schedule.ts';

/** In the order of --help. */
const groups: [name: string, description: string, commands: Command[]][] = [
  [
    'catalogue',
    'what appliances may sell',
    [catalogueImport(), catalogueDiff(), cataloguePublish(), catalogueDrafts(), catalogueDiscard()],
  ],
  [
    'policy',
    'the limits and rules of every site',
    [policyShow(), policySet(), policyDiff(), policyValidate(), policySchema()],
  ],
  ['stock', 'the goods at a site', [stockSend('set'), stockSend('receive'), stockSend('count')]],
  [
    'hot-list',
    'cards that are no longer taken',
    [hotListChange('add'), hotListChange('remove'), hotListList()],
  ],
  [
    'webhook',
    'what processors tell',
    [webhookList(), webhookShow(), webhookDead(), webhookSources(), webhookReplay()],
  ],
  [
    'outbound',
    "what the merchant's own systems are told",
    [
      outboundCreate(),
      outboundList(),
      outboundRotate(),
      outboundTest(),
      outboundLog(),
      outboundResend(),
      outboundSwitch('disable'),
      outboundSwitch('enable'),
    ],
  ],
  ['token', 'cards at several processors', [tokenImport()]],
  ['ledger', 'the books', [ledgerCheck(), ledgerExport(), ledgerCorrect()]],
  ['payee', 'who is paid for goods', [payeeCreate(), payeeList(), payeeShow()]],
  [
    'payout',
    'money to payees',
    [
      payoutCreate(),
      payoutChange('approve'),
      payoutChange('paid'),
      payoutChange('fail'),
      payoutChange('return'),
      payoutList(),
      payoutShow(),
      payoutStatement(),
    ],
  ],
  ['key', 'API keys of people and programs', [keyCreate(), keyList(), keyRotate(), keyRevoke()]],
  ['charge', 'what is collected at processors', [chargeList(), chargeShow(), chargeExposure()]],
  ['review', 'what a person must decide', [reviewList(), reviewShow(), reviewDecide()]],
  ['audit', 'who did what', [auditList(), auditVerify()]],
  [
    'reconciliation',
    'journal, ledger, reports and bank against each other',
    [
      reconciliationImport(),
      reconciliationFetch(),
      reconciliationRun(),
      reconciliationFiles(),
      reconciliationShadow(),
    ],
  ],
  ['exception', 'differences that people settle', [exceptionList(), exceptionShow(), ...exceptionActions()]],
  [
    'authority',
    'who may speak at all',
    [
      authorityInit(),
      rootCreate(),
      issuingRequest(),
      issuingSign(),
      issuingInstall(),
      serverRenew(),
      authorityCrl(),
    ],
  ],
  ['site', 'the places', [siteCreate(), siteList(), siteShow()]],
  [
    'enrolment',
    'one-time codes for boxes',
    [enrolmentCreate(), enrolmentList(), enrolmentShow(), enrolmentCancel()],
  ],
  [
    'appliance',
    'the boxes',
    [
      applianceList(),
      applianceShow(),
      applianceReplace(),
      applianceDeny('revoke'),
      applianceDeny('retire'),
      applianceReadmit(),
      applianceAcknowledge(),
      applianceCreate(),
    ],
  ],
  ['kiosk-tls', "the boxes' HTTPS for kiosks", [kioskTlsCreate()]],
];

function createProgram(): Command {
  const program = new Command('holdfast-central')
    .description('The settlement service of Holdfast: receives journals, keeps the ledger, feeds appliances.')
    .showHelpAfterError()
    .exitOverride();
  program
    .command('run')
    .description('run the service until SIGTERM')
    .addOption(configOption().makeOptionMandatory())
    .addHelpText('after', helpText({ examples: ['run --config /etc/holdfast/central.toml'] }))
    .action((options: { config: string }) => run(options.config));
  program.addCommand(version().copyInheritedSettings(program));
  for (const [name, description, commands] of groups) {
    const group = program.command(name).description(description);
    for (const one of commands) group.addCommand(one.copyInheritedSettings(group));
  }
  addCompletionCommand(program);
  return program;
}

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

/** What went wrong, on stderr, and the exit code for it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const say = (text: string) => process.stderr.write(`${text}\n`);
  if (error instanceof CommandError) {
    say(`${error.code}: ${error.message}`);
    for (const detail of error.details) say(`  ${detail}`);
    say(error.hint);
    return exitCodes[error.code];
  }
  if (error instanceof ProvisioningError) {
    say(`${error.code}: ${error.message}\n${error.hint}`);
    return error.code === 'bad_argument' ? 2 : 1;
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = report(error);
  });
