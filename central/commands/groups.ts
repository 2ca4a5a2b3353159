// Every command of the operators, by the group that --help lists it under, and in its order.
import type { Command } from 'commander';
import { alertAcknowledge, alertSnooze } from './alert-act.ts';
import { alertList, alertShow } from './alert-list.ts';
import { applianceCreate } from './appliance-create.ts';
import { applianceAcknowledge, applianceDeny, applianceReadmit } from './appliance-deny.ts';
import { applianceDoctor } from './appliance-doctor.ts';
import { applianceLabel } from './appliance-label.ts';
import { applianceList, applianceShow } from './appliance-list.ts';
import { applianceReplace } from './appliance-replace.ts';
import { auditList } from './audit-list.ts';
import { auditVerify } from './audit-verify.ts';
import { authorityCrl } from './authority-crl.ts';
import { authorityInit } from './authority-init.ts';
import { issuingInstall, issuingRequest, serverRenew } from './authority-issuing.ts';
import { issuingSign, rootCreate } from './authority-root.ts';
import { catalogueDiff } from './catalogue-diff.ts';
import { catalogueDiscard } from './catalogue-discard.ts';
import { catalogueDrafts } from './catalogue-drafts.ts';
import { catalogueImport } from './catalogue-import.ts';
import { cataloguePublish } from './catalogue-publish.ts';
import { chargeExposure } from './charge-exposure.ts';
import { chargeList } from './charge-list.ts';
import { chargeShow } from './charge-show.ts';
import { checkoutShow } from './checkout-show.ts';
import { enrolmentBundle } from './enrolment-bundle.ts';
import { enrolmentCreate } from './enrolment-create.ts';
import { enrolmentCancel, enrolmentList, enrolmentShow } from './enrolment-list.ts';
import { exceptionActions } from './exception-act.ts';
import { exceptionList } from './exception-list.ts';
import { exceptionShow } from './exception-show.ts';
import { fleetList, fleetShow } from './fleet-list.ts';
import { fleetSeries, fleetTimeline } from './fleet-series.ts';
import { hotListChange } from './hot-list-change.ts';
import { hotListList } from './hot-list-list.ts';
import { journalDoubts, journalSettle } from './journal-doubts.ts';
import { journalImport } from './journal-import.ts';
import { keyCreate } from './key-create.ts';
import { keyList } from './key-list.ts';
import { keyRevoke } from './key-revoke.ts';
import { keyRotate } from './key-rotate.ts';
import { kioskTlsCreate } from './kiosk-tls-create.ts';
import { latencyShow } from './latency-show.ts';
import { ledgerCheck } from './ledger-check.ts';
import { ledgerCorrect } from './ledger-correct.ts';
import { ledgerExport } from './ledger-export.ts';
import { maintenanceCreate, maintenanceEnd, maintenanceList } from './maintenance.ts';
import { outboundResend, outboundSwitch, outboundTest } from './outbound-change.ts';
import { outboundCreate, outboundRotate } from './outbound-create.ts';
import { outboundList, outboundLog } from './outbound-list.ts';
import { payeeCreate } from './payee-create.ts';
import { payeeList } from './payee-list.ts';
import { payeeShow } from './payee-show.ts';
import { payoutChange } from './payout-change.ts';
import { payoutCreate } from './payout-create.ts';
import { payoutList } from './payout-list.ts';
import { payoutShow } from './payout-show.ts';
import { payoutStatement } from './payout-statement.ts';
import { personEnd, personInvite, personLink, personRole } from './person-change.ts';
import { personList } from './person-list.ts';
import { policyDiff } from './policy-diff.ts';
import { policySchema } from './policy-schema.ts';
import { policySet } from './policy-set.ts';
import { policyShow } from './policy-show.ts';
import { policyValidate } from './policy-validate.ts';
import { reconciliationFetch } from './reconciliation-fetch.ts';
import { reconciliationFiles } from './reconciliation-files.ts';
import { reconciliationImport } from './reconciliation-import.ts';
import { reconciliationRun } from './reconciliation-run.ts';
import { reconciliationShadow } from './reconciliation-shadow.ts';
import { releaseAdd, releaseList } from './release-add.ts';
import { reviewDecide } from './review-decide.ts';
import { reviewList } from './review-list.ts';
import { reviewShow } from './review-show.ts';
import { rolloutCreate } from './rollout-create.ts';
import { rolloutList, rolloutShow } from './rollout-list.ts';
import { rolloutStep } from './rollout-step.ts';
import { siteCreate } from './site-create.ts';
import { siteList, siteShow } from './site-list.ts';
import { stockSend } from './stock-send.ts';
import { syntheticList, syntheticRun } from './synthetic.ts';
import { tokenImport } from './token-import.ts';
import { webhookDead, webhookList } from './webhook-list.ts';
import { webhookReplay } from './webhook-replay.ts';
import { webhookShow, webhookSources } from './webhook-show.ts';

/** In the order of --help. */
export const groups: readonly [name: string, description: string, commands: Command[]][] = [
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
  ['journal', 'what boxes wrote', [journalDoubts(), journalSettle(), journalImport()]],
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
  [
    'person',
    "who signs in at the operators' page",
    [personInvite(), personList(), personLink(), personRole(), personEnd()],
  ],
  ['checkout', 'what was sold, and how it came here', [checkoutShow()]],
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
    [enrolmentCreate(), enrolmentBundle(), enrolmentList(), enrolmentShow(), enrolmentCancel()],
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
      applianceLabel(),
      applianceDoctor(),
      applianceCreate(),
    ],
  ],
  ['fleet', 'how the boxes are', [fleetList(), fleetShow(), fleetSeries(), fleetTimeline()]],
  ['alert', 'what somebody should know', [alertList(), alertShow(), alertAcknowledge(), alertSnooze()]],
  ['maintenance', 'when nobody is to be called', [maintenanceCreate(), maintenanceList(), maintenanceEnd()]],
  [
    'rollout',
    'what reaches boxes stage by stage',
    [
      rolloutCreate(),
      rolloutList(),
      rolloutShow(),
      rolloutStep('pause'),
      rolloutStep('resume'),
      rolloutStep('abort'),
    ],
  ],
  ['release', 'signed programs for boxes', [releaseAdd(), releaseList()]],
  ['latency', 'how long things take', [latencyShow()]],
  ['synthetic', 'checkouts that boxes ask themselves', [syntheticRun(), syntheticList()]],
  ['kiosk-tls', "the boxes' HTTPS for kiosks", [kioskTlsCreate()]],
];
