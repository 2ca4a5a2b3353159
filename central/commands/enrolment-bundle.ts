// `enrolment bundle`: a code for a box at a site without a link, sealed with all that it needs to sell before it has one.
import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { loadCentralIdentity } from '../../provisioning/identity.ts';
import { readConfig } from '../config.ts';
import { bundlePage, holdsCatalogue, makeBundle, wholeFeed } from '../enrolment/bundle.ts';
import { newCode, plainCode } from '../enrolment/code.ts';
import { makeSlip } from '../enrolment/slip.ts';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { askForCode, type CodeOptions, codeOptions } from './code-asked.ts';
import { databaseCommand } from './command.ts';
import { applianceUnknown, createdEnrolment } from './enrolment-command.ts';
import { momentWords } from './moment.ts';
import { withStore } from './open-store.ts';

/** For how long a bundle's code waits unless said: a stick travels, and the link comes weeks after the box. */
const bundleDays = 30;

type Options = CodeOptions & { out: string };

export function enrolmentBundle(): Command {
  return databaseCommand(
    {
      name: 'bundle',
      description: 'seal a code with all that a box without a link needs to sell',
      options: [
        ...codeOptions(bundleDays),
        new Option('--out <file>', 'the sealed file, for a stick').makeOptionMandatory(),
      ],
      help: `Policy and catalogue are those in force now; the box gets what is newer at its
first contact. The passphrase is said this once: give it on another way than
the stick. For a box that has never spoken to central.`,
      examples: ['enrolment bundle --site "Leeds 2" --new-site --out leeds-2-1.bundle --config central.toml'],
    },
    async (dataFolder, options: Options) => {
      const { request, by, code, est, root } = askForCode(options);
      const { site, expiresMs } = request;
      const { out } = options;
      const identity = loadCentralIdentity(readConfig(options.config).identityFolder);
      const { enrolment, pages } = withStore(dataFolder, (store) => {
        store.ensurePolicy(defaultPolicy);
        const made = createdEnrolment(store.createEnrolment(request, by), site);
        const { applianceId: id } = made;
        // Its feed begins here, so that the bundle can hold it.
        store.registerAppliance({ id, site }, by);
        if (store.appliance(id)?.lastHeardMs != null) throw heardBefore(id);
        const feed = wholeFeed((after) => store.feedPage({ applianceId: id, after, ...bundlePage }));
        if (feed.length === 0) throw applianceUnknown(id);
        if (!holdsCatalogue(feed)) throw nothingToSell();
        return { enrolment: made, pages: feed };
      });
      const passphrase = newCode();
      const bundle = await makeBundle(
        {
          madeMs: by.nowMs,
          expiresMs,
          slip: makeSlip({ estUrl: est.url, applianceId: enrolment.applianceId, code, root }),
          site,
          centralUrl: est.centralUrl,
          ca: identity.caPem,
          centralSigning: identity.signingPublicKey.export({ format: 'pem', type: 'spki' }).toString(),
          pages,
          signingKey: identity.signingKey,
        },
        plainCode(passphrase) ?? passphrase,
      );
      write(out, bundle);
      const words = [
        `enrolment ${enrolment.number} for ${enrolment.applianceId} at ${enrolment.site}, sealed in ${out}`,
        '',
        `passphrase  ${passphrase}`,
        '',
        `It is said this once; give it on another way than the file. Good until ${momentWords(expiresMs)}.`,
      ].join('\n');
      return { result: { enrolment, file: out, passphrase }, words };
    },
  );
}

function heardBefore(applianceId: string): CommandError {
  return new CommandError(
    'appliance_known',
    `${applianceId} has spoken to central before: it has its journal and its feed`,
    'Give it a code with `enrolment create`; for another box leave --appliance out.',
  );
}

function nothingToSell(): CommandError {
  const hint = 'Publish a catalogue first (`catalogue import`, `catalogue publish`).';
  return new CommandError('catalogue_missing', 'there is no catalogue: the box could not sell', hint);
}

/** @throws CommandError file_refused */
function write(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes, { mode: 0o600 });
  } catch (error) {
    const hint = 'Name a file in a folder that you may write to.';
    throw new CommandError('file_refused', `${path} cannot be written`, hint, { cause: error });
  }
}
