// `authority crl`: the list of revoked certificates, for a broker of others; and whether the last one must be renewed.
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { writeDurable } from '../../kit/durable-file.ts';
import { createCrl } from '../../provisioning/authority/crl.ts';
import type { Issuer } from '../../provisioning/authority/sign-certificate.ts';
import { assertPair, readCertificates, readPrivateKey } from '../../provisioning/pem-file.ts';
import { authorityConditions } from '../enrolment/authority-state.ts';
import { type IssuingFiles, issuingFiles } from '../enrolment/config.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { countOption, databaseCommand, type Said } from './command.ts';
import { estOf } from './enrolment-command.ts';
import { momentWords } from './moment.ts';
import { readStore, withStore } from './open-store.ts';

interface Options {
  config: string;
  out?: string;
  previous?: string[];
  days: number;
  check?: boolean;
}

const crlDays = 90;
const crlDaysMax = 825;

export function authorityCrl(): Command {
  return databaseCommand(
    {
      name: 'crl',
      description: 'write the list of revoked certificates, for a broker of others',
      options: [
        new Option('--out <file>', 'the file to write, in PEM'),
        new Option('--previous <folder...>', 'of issuing CAs before, whose certificates live on'),
        countOption('--days <count>', 'for how long it counts').default(crlDays),
        new Option('--check', 'only say whether the last one must be renewed; exit 1 if so'),
      ],
      help: `The embedded broker needs none: it asks central's own deny list.
A broker with a list past its end lets nobody in: write it anew at half of its
time. Central's log says so too, under crl_half_spent.`,
      examples: [
        'authority crl --out /etc/mosquitto/holdfast.crl --config central.toml',
        'authority crl --check --config central.toml',
      ],
    },
    (dataFolder, options: Options) => (options.check ? check(dataFolder) : write(dataFolder, options)),
  );
}

function check(dataFolder: string): Said {
  const nowMs = Date.now();
  const crls = readStore(dataFolder, (store) => store.crls());
  const facts = { issuing: null, serverNotAfterMs: Number.POSITIVE_INFINITY, crls };
  const conditions = authorityConditions(facts, nowMs);
  const lines = crls.map(({ issuer, nextUpdateMs }) => {
    const condition = conditions.find(({ about }) => about === issuer);
    return `${issuer}  until ${momentWords(nextUpdateMs)}  ${condition?.code ?? 'good'}`;
  });
  const words = lines.length === 0 ? 'no list was written yet' : lines.join('\n');
  return { result: { crls, conditions }, words, exitCode: conditions.length > 0 ? 1 : 0 };
}

async function write(dataFolder: string, { config, out, previous = [], days }: Options): Promise<Said> {
  if (out === undefined)
    throw new CommandError('argument_malformed', 'there is no --out', 'Name the file to write.');
  if (days > crlDaysMax) {
    throw new CommandError('argument_malformed', 'that is too long', `Give --days 1 to ${crlDaysMax}.`);
  }
  const { est } = estOf(config);
  const folders = previous.map(
    (folder): IssuingFiles => ({
      keyFrom: 'file',
      key: join(folder, 'issuing.key'),
      certificate: join(folder, 'issuing.crt'),
    }),
  );
  const issuers = [issuingFiles(est, process.env.CREDENTIALS_DIRECTORY), ...folders].map(openIssuer);
  const by = byCommand();
  const revoked = readStore(dataFolder, (store) => store.revokedCertificates(by.nowMs)).map((one) => ({
    ...one,
    certificate: new X509Certificate(one.der),
  }));
  const validity = { thisUpdateMs: by.nowMs, nextUpdateMs: by.nowMs + days * 86_400_000 };
  const lists = await Promise.all(
    issuers.map((issuer) =>
      createCrl(
        issuer,
        revoked.filter(({ certificate }) => certificate.checkIssued(issuer.certificate)),
        validity,
      ),
    ),
  );
  writeDurable(out, lists.join(''));
  withStore(dataFolder, (store) => {
    for (const { certificate } of issuers)
      store.noteCrl({ issuer: certificate.fingerprint256, ...validity }, by);
  });
  const result = { file: out, revoked: revoked.length, issuers: issuers.length, ...validity };
  const words = `${out}: ${revoked.length} revoked, until ${momentWords(validity.nextUpdateMs)}`;
  return { result, words };
}

function openIssuer(files: IssuingFiles): Issuer {
  const { key } = readPrivateKey(files.key, 'P-256', files.keyFrom);
  const [certificate] = readCertificates(files.certificate).certificates;
  assertPair(certificate, files.certificate, key, files.key);
  return { certificate, privateKey: key };
}
