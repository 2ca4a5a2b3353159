#!/usr/bin/env node
// holdfast-central: the settlement service and the operators' commands. Everything meets here.
import { Command, CommanderError } from 'commander';
import { stopOnSignals } from '../kit/lifecycle.ts';
import { createLog } from '../kit/log.ts';
import { applianceCreate } from '../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../provisioning/commands/authority-init.ts';
import { kioskTlsCreate } from '../provisioning/commands/kiosk-tls-create.ts';
import { ProvisioningError } from '../provisioning/error.ts';
import { importCatalogue } from './commands/catalogue-import.ts';
import { checkDatabase, describeReport } from './commands/ledger-check.ts';
import { withStore } from './commands/open-store.ts';
import { setPolicy } from './commands/policy-set.ts';
import { readConfig } from './config.ts';
import { CommandError, exitCodes } from './errors.ts';
import { defaultPolicy } from './feed/default-policy.ts';
import { exactJson } from './http/exact-json.ts';
import { startCentral } from './start.ts';

const configFlag = ['--config <file>', "central's TOML configuration"] as const;
const jsonFlag = ['--json', 'print the result as one JSON object'] as const;

function createProgram(): Command {
  const program = new Command('holdfast-central')
    .description('The settlement service of Holdfast: receives journals, keeps the ledger, feeds appliances.')
    .showHelpAfterError()
    .exitOverride();

  program
    .command('run')
    .description('run the service until SIGTERM')
    .requiredOption(...configFlag)
    .addHelpText('after', examples('holdfast-central run --config /etc/holdfast/central.toml'))
    .action((options: { config: string }) => run(options.config));

  group(program, 'catalogue', 'what appliances may sell')
    .command('import <file>')
    .description('make a CSV file the next version of the whole catalogue')
    .requiredOption(...configFlag)
    .option(...jsonFlag)
    .addHelpText(
      'after',
      `\nColumns: sku,gtin,name,priceMinor,baseQuantity,sellable,quantityMax (the header is required).${examples(
        'holdfast-central catalogue import products.csv --config central.toml',
      )}`,
    )
    .action((file: string, options: CommandOptions) => {
      const result = importCatalogue(readConfig(options.config).dataFolder, file);
      print(options, result, `catalogue version ${result.version}: ${result.products} products`);
    });

  group(program, 'policy', 'the limits and rules of every site')
    .command('set <file>')
    .description('make a JSON or TOML file the next version of the policy')
    .requiredOption(...configFlag)
    .option(...jsonFlag)
    .addHelpText(
      'after',
      `\nA whole policy:\n${JSON.stringify(defaultPolicy, null, 2)}\n${examples(
        'holdfast-central policy set policy.toml --config central.toml',
      )}`,
    )
    .action((file: string, options: CommandOptions) => {
      const result = setPolicy(readConfig(options.config).dataFolder, file);
      print(options, result, `policy version ${result.version}`);
    });

  group(program, 'ledger', 'the books')
    .command('check')
    .description('prove sums, sources, completeness, balances and chains; exit 1 when one fails')
    .requiredOption(...configFlag)
    .option(...jsonFlag)
    .addHelpText('after', examples('holdfast-central ledger check --config central.toml --json'))
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
    .addHelpText(
      'after',
      examples('holdfast-central authority init --folder authority --host central.example.com 192.0.2.7'),
    )
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
        'holdfast-central appliance create --authority authority --id box-7 --site "Leeds 2" --out box-7 --config central.toml',
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

interface CommandOptions {
  config: string;
  json?: boolean;
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

function group(program: Command, name: string, description: string): Command {
  return program.command(name).description(description);
}

function print(options: { json?: boolean }, result: object, words: string): void {
  process.stdout.write(`${options.json ? exactJson(result) : words}\n`);
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
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

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
