// Who may import whom. Each rule says what would be lost without it.
const rooms = [
  'contract',
  'kit',
  'kiosk',
  'daemon',
  'central',
  'provisioning',
  'sandbox',
  'trial',
  'test',
  'bench',
];

/** A room may reach only itself, the rooms named and packages. */
const roomRule = (room, allowed, comment, but) => ({
  name: `${room}-reaches-only-${allowed.join('-') || 'itself'}`,
  comment,
  severity: 'error',
  from: { path: `^${room}/`, ...(but && { pathNot: but }) },
  to: { path: `^(${rooms.filter((other) => other !== room && !allowed.includes(other)).join('|')})/` },
});

/** A package or folder that is the business of one place only. */
const onlyFrom = (name, to, from, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { pathNot: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    roomRule('contract', [], 'The words on the wire depend on nobody, so that both ends can trust them.'),
    roomRule('kit', [], 'Tools that know nothing of the trade can be read and replaced alone.'),
    roomRule('kiosk', ['contract'], 'The SDK is shipped to kiosks: it must not drag a program along.'),
    roomRule('provisioning', ['contract', 'kit'], 'Identity is made before either program runs.'),
    roomRule(
      'daemon',
      ['contract', 'kit', 'provisioning'],
      'Daemon and central meet only on the wire.',
      '^daemon/(kiosk|technician)-page/(shop|said|screen)/',
    ),
    {
      name: 'kiosk-page-is-a-kiosk',
      comment: 'What runs in the browser knows the appliance by the SDK alone, as any other kiosk does.',
      severity: 'error',
      from: { path: '^daemon/kiosk-page/(shop|screen)/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^(daemon/kiosk-page/(shop|screen)/|kiosk/|contract/)' },
    },
    {
      name: 'technician-page-asks-over-http',
      comment:
        'It knows the appliance by its answers; beside them it shares pure words and how elements are made.',
      severity: 'error',
      from: { path: '^daemon/technician-page/(said|screen)/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot:
          '^(daemon/technician-page/(said|screen)/|contract/|kiosk/banner\\.ts$|daemon/commands/duration-words\\.ts$|daemon/kiosk-page/screen/element\\.ts$)',
      },
    },
    {
      name: 'daemon-does-not-load-its-pages',
      comment: 'The appliance serves the pages; what is written for a browser does not run in it.',
      severity: 'error',
      from: {
        path: '^daemon/',
        pathNot: '^daemon/(kiosk|technician)-page/(shop|said|screen)/|\\.test\\.ts$',
      },
      to: { path: '^daemon/(kiosk|technician)-page/(shop|said|screen)/' },
    },
    roomRule('central', ['contract', 'kit', 'provisioning'], 'Daemon and central meet only on the wire.'),
    {
      name: 'operators-page-asks-over-http',
      comment:
        'What runs in the browser knows central by its answers; it shares their types, pure words, and the table of roles.',
      severity: 'error',
      from: { path: '^central/dashboard/(screen|said)/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot:
          '^(central/dashboard/(screen|said)/|central/people/roles\\.ts$|central/payouts/statement-csv\\.ts$|contract/|node_modules/(preact|uplot|uqr)/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'central-does-not-load-its-page',
      comment: 'Central serves the page; what is written for a browser does not run in it.',
      severity: 'error',
      from: { path: '^central/', pathNot: '^central/dashboard/screen/|\\.test\\.ts$' },
      to: { path: '^central/dashboard/screen/' },
    },
    roomRule(
      'sandbox',
      ['contract', 'kit'],
      'What acts out a processor must not share the mistakes of what is tested against it.',
    ),
    roomRule(
      'trial',
      ['contract', 'kit', 'kiosk', 'provisioning'],
      'Trials start the programs as processes and use what users use.',
    ),
    {
      name: 'contract-imports-zod-only',
      comment: 'Kiosk pages bundle the contract: one small dependency and no Node.',
      severity: 'error',
      from: { path: '^contract/', pathNot: '(\\.test\\.ts$|^contract/hash\\.ts$)' },
      to: { pathNot: '^(contract/|node_modules/zod/)' },
    },
    {
      name: 'kiosk-runs-in-a-browser',
      comment: 'The SDK uses fetch and web standards only; a store in a file is a file of its own.',
      severity: 'error',
      from: { path: '^kiosk/', pathNot: '(\\.test\\.ts$|^kiosk/file-storage\\.ts$)' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    {
      name: 'http-and-sync-meet-in-the-store',
      comment: 'A kiosk request must never wait for the link, and the link never for a request.',
      severity: 'error',
      from: { path: '^daemon/http/' },
      to: { path: '^daemon/sync/' },
    },
    {
      name: 'sync-and-http-meet-in-the-store',
      comment: 'The same, from the other side.',
      severity: 'error',
      from: { path: '^daemon/sync/' },
      to: { path: '^daemon/http/' },
    },
    {
      name: 'rules-are-pure',
      comment: 'What decides about money has no clock, no random and no I/O: it is tested as a table.',
      severity: 'error',
      from: {
        path: '^(daemon/checkout/|daemon/sync/machine\\.ts$|central/ledger/(settle|authorise|declared-answers)\\.ts$|central/processors/(made|port|retryable|stripe-amounts|stripe-categories|stripe-declines|stripe-errors|adyen-amounts|adyen-declines|adyen-errors|adyen-sightings)\\.ts$)',
        pathNot: '\\.test\\.ts$',
      },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    {
      name: 'the-order-of-events-is-pure',
      comment: 'Which of two events is the newer must not depend on when it is asked.',
      severity: 'error',
      from: { path: '^central/webhooks/(newer|object|retries)\\.ts$' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    {
      name: 'matching-is-pure',
      comment: 'What says that money is missing has no clock and no I/O either; its rules are a zod schema.',
      severity: 'error',
      from: {
        path: '^central/reconciliation/(match|match-rows|match-undone|match-payouts|match-payees|payouts|payees|named|target|settled|bank-targets|placing|settle-group|books|chains|names|hearing|targets|differences|exceptions|shadow|rules|amount|dates|report-row)\\.ts$',
      },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: '^node_modules/zod/' },
    },
    onlyFrom(
      'sax-in-one-file',
      '^node_modules/(sax|@types/sax)/',
      '^central/reconciliation/xml-events\\.ts$',
      'One place bounds what XML may do.',
    ),
    onlyFrom(
      'mqtt-in-one-file-each',
      '^node_modules/mqtt/',
      '^(daemon/sync/mqtt-link|central/broker/mqtt-client)\\.ts$|^(test|bench)/|\\.test\\.ts$',
      'MQTT is a pipe; replacing it touches one file of each program.',
    ),
    onlyFrom(
      'aedes-in-the-broker',
      '^node_modules/aedes/',
      '^(central/broker/|test/)|\\.test\\.ts$',
      'Any broker must be able to take its place.',
    ),
    onlyFrom(
      'sqlite-in-the-stores',
      '^node_modules/(better-sqlite3|@types/better-sqlite3)/',
      '^(daemon/store/|central/.*sqlite/|test/|bench/)|\\.test\\.ts$',
      'One place owns the truth; nobody else opens its file.',
    ),
    onlyFrom(
      'openfeature-in-flags',
      '^node_modules/@openfeature/',
      '^(daemon/flags/|node_modules/@openfeature/)',
      'Kiosks are answered values; whose words and whose client they come from is the business of one room.',
    ),
    onlyFrom(
      'stripe-in-its-adapter',
      '^node_modules/stripe/',
      '^central/processors/stripe\\.ts$|\\.test\\.ts$',
      'A processor is one file behind the port; the rest of central knows none by name.',
    ),
    onlyFrom(
      'adyen-in-its-adapter',
      '^node_modules/@adyen/',
      '^central/processors/adyen(-signatures)?\\.ts$|\\.test\\.ts$',
      'The same for Adyen; its library is 35 MB, of which these files name what they load.',
    ),
    onlyFrom(
      'cockatiel-in-the-breakers',
      '^node_modules/cockatiel/',
      '^(central/charging/breakers\\.ts$|node_modules/cockatiel/)',
      'When a processor is asked is one question, answered in one place.',
    ),
    onlyFrom(
      'x509-in-the-authority',
      '^node_modules/@peculiar/x509/',
      '^provisioning/authority/|\\.test\\.ts$',
      'Certificates are made in one place.',
    ),
    {
      name: 'x509-is-loaded-late',
      comment:
        'The library takes memory: a running daemon never loads it, a running central with the first request for a certificate.',
      severity: 'error',
      from: { path: '^(daemon|central)/', pathNot: '^(daemon|central)/commands/|/fixtures/|\\.test\\.ts$' },
      to: {
        path: '^provisioning/(commands/|authority/(certificates|sign-certificate|central-identity|request|create-request|read-certs-only|issuing-request|crl)\\.ts$)',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'commands-only-when-asked',
      comment: 'The same for what enrols and renews: the program names it, and loads it for who calls it.',
      severity: 'error',
      from: { path: '^daemon/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^daemon/commands/(enrol|renew)\\.ts$',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'rules-of-identity-are-pure',
      comment: 'When a certificate is renewed and whom to believe are tables, without clock or I/O.',
      severity: 'error',
      from: {
        path: '^daemon/identity/(renewal-rule|judge-server|trial|certificate-view|clock-words|refusal)\\.ts$',
      },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^(node:)?net$',
      },
    },
    {
      name: 'no-circles',
      comment: 'A circle has no top to read from.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'product-does-not-import-tests',
      comment: 'What ships must not depend on what tests it.',
      severity: 'error',
      from: {
        path: '^(contract|kit|kiosk|daemon|central|provisioning|sandbox|trial)/',
        pathNot: '\\.test\\.ts$',
      },
      to: { path: '(^test/|\\.test\\.ts$)' },
    },
    {
      name: 'only-what-is-declared',
      comment: 'A package that package.json does not name may vanish with the next update.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench/results)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
