#!/usr/bin/env node
// holdfast-central: the settlement service and the operators' commands. Everything meets here.
import { Command, CommanderError } from 'commander';
import { stopOnSignals } from '../kit/lifecycle.ts';
import { createLog } from '../kit/log.ts';
import { applianceCreate } from '../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';
import { kioskTlsCreate } from '../provisioning/commands/kiosk-tls-create.ts';
import { ProvisioningError } from '../provisioning/error.ts';
import { catalogueDiff } from './commands/catalogue-diff.ts';
import { catalogueDiscard, catalogueDrafts } from './commands/catalogue-drafts.ts';
import { catalogueImport } from './commands/catalogue-import.ts';
import { cataloguePublish } from './commands/catalogue-publish.ts';
import { type CommandOptions, configFlag, examples, jsonFlag, print } from './commands/command.ts';
import { hotListChange } from './commands/hot-list-change.ts';
import { hotListList } from './commands/hot-list-list.ts';
import { checkDatabase, describeReport } from './commands/ledger-check.ts';
import { withStore } from './commands/open-store.ts';
import { policyDiff } from './commands/policy-diff.ts';
import { policySchema } from './commands/policy-schema.ts';
import { policySet } from './commands/policy-set.ts';
import { policyShow } from './commands/policy-show.ts';
import { policyValidate } from './commands/policy-validate.ts';
import { stockSend } from './commands/stock-send.ts';
import { readConfig } from './config.ts';
import { CommandError, exitCodes } from './errors.ts';
import { defaultPolicy } from './feed/default-policy.ts';
import { startCentral } from './start.ts';

function createProgram(): Command {
  const program = new Command('holdfast-central')
    .description('The settlement service of Holdfast: receives journals, keeps the ledger, feeds appliances.')
    .showHelpAfterError()
    .exitOverride();

  program
    .command('run')
    .description('run the service until SIGTERM')
    .requiredOption(...configFlag)
    .addHelpText('after', examples('run --config /etc/holdfast/central.toml'))
    .action((options: { config: string }) => run(options.config));

  group(
    program,
    'catalogue',
    'what appliances may sell',
    catalogueImport(),
    catalogueDiff(),
    cataloguePublish(),
    catalogueDrafts(),
    catalogueDiscard(),
  );
  group(
    program,
    'policy',
    'the limits and rules of every site',
    policyShow(),
    policySet(),
    policyDiff(),
    policyValidate(),
    policySchema(),
  );
  group(program, 'stock', 'the goods at a site', stockSend('set'), stockSend('receive'), stockSend('count'));
  group(
    program,
    'hot-list',
    'cards that are no longer taken',
    hotListChange('add'),
    hotListChange('remove'),
    hotListList(),
  );

  group(program, 'ledger', 'the books')
    .command('check')
    .description('prove sums, sources, completeness, balances and chains; exit 1 when one fails')
    .requiredOption(...configFlag)
    .option(...jsonFlag)
    .addHelpText('after', examples('ledger check --config central.toml --json'))
    .action((options: CommandOptions) => {
      const report = checkDatabase(readConfig(options.config).dataFolder);
      print(options, report, describeReport(report));
      if (report.failures.length > 0) process.exitCode = exitCodes.ledger_broken;
    });

  group(program, 'authority', 'who may speak at all')
    .command('init')
    .description("make a root, an issuing CA and central's own identity in a new folder")
    .requiredOption('--folder <folder>', 'the new folder')
    .requiredOption('--host <host...>', 'names and addresses by which appliances reach central')
    .option(...jsonFlag)
    .addHelpText('after', examples('authority init --folder authority --host central.example.com 192.0.2.7'))
    .action(async (options: { folder: string; host: string[]; json?: boolean }) => {
      const { folder, host: centralHosts } = options;
      const result = await authorityInit({ folder, centralHosts, nowMs: Date.now() });
      const words = `authority in ${result.folder}\ncentral's identityFolder is ${result.centralFolder}\nmove ${result.rootKeyPath} offline`;
      print(options, result, words);
    });

  group(program, 'appliance', 'the boxes')
    .command('create')
    .description('make the identity of one appliance, and register it when --config is given')
    .requiredOption('--authority <folder>', 'the folder that `authority init` made')
    .requiredOption('--id <id>', 'its id: 1 to 63 of a-z, 0-9 and -')
    .requiredOption('--out <folder>', 'the new folder for its identity')
    .option('--site <site>', 'the place where it stands; needs --config')
    .option(...configFlag)
    .option(...jsonFlag)
    .addHelpText(
      'after',
      examples(
        'appliance create --authority authority --id box-7 --site "Leeds 2" --out box-7 --config central.toml',
      ),
    )
    .action(createAppliance);

  group(program, 'kiosk-tls', "the boxes' HTTPS for kiosks")
    .command('create')
    .description('make key and certificate by which kiosks on a site know its appliance')
    .requiredOption('--authority <folder>', 'the folder that `authority init` made')
    .requiredOption('--host <host...>', 'names and addresses by which kiosks reach the appliance')
    .requiredOption('--out <folder>', 'the new folder for both, and for the root that kiosks are to trust')
    .option(...jsonFlag)
    .addHelpText(
      'after',
      examples(
        'holdfast-central kiosk-tls create --authority authority --host box-7.lan 192.0.2.7 --out box-7-tls',
      ),
    )
    .action(async (options: { authority: string; host: string[]; out: string; json?: boolean }) => {
      const { authority: authorityFolder, host: hosts, out } = options;
      const made = await kioskTlsCreate({ authorityFolder, hosts, out, nowMs: Date.now() });
      const until = new Date(made.notAfterMs).toISOString().slice(0, 10);
      print(options, made, `kiosk-tls.key, kiosk-tls.crt (until ${until}) and ca.crt in ${made.folder}`);
    });

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

async function createAppliance(options: {
  authority: string;
  id: string;
  out: string;
  site?: string;
  config?: string;
  json?: boolean;
}): Promise<void> {
  const { authority: authorityFolder, id: applianceId, out, site = null, config } = options;
  if (site !== null && config === undefined) {
    const hint = 'Give --config too: the site is kept in the database of central.';
    throw new CommandError('argument_malformed', '--site has nowhere to go', hint);
  }
  const dataFolder = config === undefined ? null : readConfig(config).dataFolder;
  const nowMs = Date.now();
  const made = await applianceCreate({ authorityFolder, applianceId, out, nowMs });
  if (dataFolder !== null) {
    withStore(dataFolder, (store) => {
      store.ensurePolicy(defaultPolicy);
      store.registerAppliance({ id: made.applianceId, site, nowMs });
    });
  }
  const registered = dataFolder !== null;
  print(options, { ...made, site, registered }, `identity of ${made.applianceId} in ${made.folder}`);
}

function group(program: Command, name: string, description: string, ...commands: Command[]): Command {
  const parent = program.command(name).description(description);
  for (const command of commands) parent.addCommand(command.copyInheritedSettings(parent));
  return parent;
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
