#!/usr/bin/env node
// holdfast-central: the settlement service and the operators' commands. Everything meets here.
import { Command, CommanderError } from 'commander';
import { stopOnSignals } from '../kit/lifecycle.ts';
import { createLog } from '../kit/log.ts';
import { ProvisioningError } from '../provisioning/error.ts';
import { applianceCreate } from './commands/appliance-create.ts';
import { authorityInit } from './commands/authority-init.ts';
import { catalogueDiff } from './commands/catalogue-diff.ts';
import { catalogueDiscard } from './commands/catalogue-discard.ts';
import { catalogueDrafts } from './commands/catalogue-drafts.ts';
import { catalogueImport } from './commands/catalogue-import.ts';
import { cataloguePublish } from './commands/catalogue-publish.ts';
import { configOption, helpText } from './commands/command.ts';
import { hotListChange } from './commands/hot-list-change.ts';
import { hotListList } from './commands/hot-list-list.ts';
import { kioskTlsCreate } from './commands/kiosk-tls-create.ts';
import { ledgerCheck } from './commands/ledger-check.ts';
import { ledgerCorrect } from './commands/ledger-correct.ts';
import { ledgerExport } from './commands/ledger-export.ts';
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
import { stockSend } from './commands/stock-send.ts';
import { readConfig } from './config.ts';
import { CommandError, exitCodes } from './errors.ts';
import { startCentral } from './start.ts';

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
  ['authority', 'who may speak at all', [authorityInit()]],
  ['appliance', 'the boxes', [applianceCreate()]],
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
  for (const [name, description, commands] of groups) {
    const group = program.command(name).description(description);
    for (const one of commands) group.addCommand(one.copyInheritedSettings(group));
  }
  return program;
}

async function run(configPath: string): Promise<void> {
  const config = readConfig(configPath);
  const log = createLog('holdfast-central', config.log.level);
  // The key and the ports must be seen whatever the level: they are said once.
  const announced = createLog('holdfast-central', 'info');
  const central = await startCentral(config, {
    log,
    announce: (fields, message) => announced.info(fields, message),
    failed(error) {
      log.error({ error: error.message }, 'the store is gone; stopping');
      process.exit(1);
    },
  });
  stopOnSignals(async () => {
    log.info({}, 'stopping');
    await central.stop();
  });
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
