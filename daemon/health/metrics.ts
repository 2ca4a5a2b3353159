// The report of a box as Prometheus reads it: no label that grows with what is sold or with who buys. Pure.
import type { HealthReport } from '../../contract/health.ts';
import { latencyBoundsMs } from '../../contract/latency.ts';
import { counter, type Family, gauge, histogram, type Sample } from '../../kit/prometheus.ts';
import type { Durations, TallyCounts } from './tally.ts';

export function metricsOf(report: HealthReport, counts: TallyCounts): Family[] {
  const { link, journal, exposure, versions, machine, conditions, kiosks, at } = report;
  const { verdicts } = counts;
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);
  const money = exposure.currency === null ? undefined : { currency: exposure.currency };
  return [
    gauge('holdfast_link_up', '1 while there is a link to central.', {
      value: link.kind === 'online' ? 1 : 0,
    }),
    gauge('holdfast_link_state_seconds', 'For how long the link is as it is.', { value: link.forMs / 1000 }),
    counter('holdfast_link_outages_total', 'How often the link went.', { value: link.outages }),
    counter('holdfast_journal_entries_total', 'Entries written to this journal.', { value: journal.lastSeq }),
    counter('holdfast_journal_received_total', 'Entries of it that central has.', {
      value: journal.receivedThrough,
    }),
    gauge('holdfast_journal_unreceived_entries', 'Entries that central does not have yet.', {
      value: Math.max(0, journal.lastSeq - journal.receivedThrough),
    }),
    gauge('holdfast_journal_oldest_unreceived_seconds', 'Age of the oldest of them; 0 without one.', {
      value: (journal.oldestUnreceivedMs ?? 0) / 1000,
    }),
    gauge('holdfast_journal_bytes', 'Of the file of the journal.', { value: journal.bytes ?? null }),
    gauge(
      'holdfast_exposure_minor',
      'Approved offline, without word from central.',
      sample(money, exposure.totalMinor),
    ),
    gauge('holdfast_exposure_limit_minor', 'How far it may go.', sample(money, exposure.limitMinor)),
    gauge('holdfast_catalogue_version', 'The catalogue in force.', { value: versions.catalogue }),
    gauge('holdfast_policy_version', 'The policy in force.', { value: versions.policy }),
    counter(
      'holdfast_verdicts_total',
      'Checkouts, voids and refunds by verdict; a pending one counts again when it is decided.',
      sample({ verdict: 'authorised' }, verdicts.authorised),
      sample({ verdict: 'approved_offline' }, verdicts.approvedOffline),
      sample({ verdict: 'declined' }, verdicts.declined),
      sample({ verdict: 'refused' }, verdicts.refused),
      sample({ verdict: 'pending' }, verdicts.pending),
    ),
    counter(
      'holdfast_reasons_total',
      'Reasons of what was answered, by their codes.',
      ...Object.entries(counts.reasons).map(([code, value]) => sample({ code }, value)),
    ),
    took('holdfast_http_request_duration_seconds', 'From a request of a kiosk to its answer.', counts.http),
    counter(
      'holdfast_http_request_errors_total',
      'Requests of kiosks that the box answered with 500 or above.',
      {
        value: counts.requestErrors,
      },
    ),
    took('holdfast_store_commit_duration_seconds', 'A commit of the store, with its sync.', counts.commit),
    took('holdfast_receipt_duration_seconds', "From a commit to central's receipt.", counts.receipt),
    gauge('holdfast_kiosks_paired', 'Kiosks that are paired.', { value: kiosks?.paired ?? null }),
    gauge('holdfast_kiosks_seen', 'Kiosks heard within five minutes.', { value: kiosks?.seen ?? null }),
    gauge(
      'holdfast_condition',
      '1 for each condition that holds.',
      ...conditions.map(({ code }) => sample({ code }, 1)),
    ),
    gauge('holdfast_conditions', 'How many conditions hold.', { value: conditions.length }),
    gauge('holdfast_certificate_expiry_timestamp_seconds', 'When the certificate ends.', {
      value: seconds(report.certificateEndsMs),
    }),
    gauge('holdfast_clock_offset_seconds', "Its wall clock less its estimate of central's time.", {
      value: at.central ? (at.wallMs - at.central.ms) / 1000 : null,
    }),
    gauge('holdfast_disk_free_bytes', "Free on the journal's disk.", { value: machine.diskFreeBytes }),
    gauge('holdfast_disk_size_bytes', 'All of it.', { value: machine.diskTotalBytes }),
    counter('holdfast_disk_written_bytes_total', 'Written to it since the machine started.', {
      value: machine.diskWrittenBytes,
    }),
    gauge('holdfast_disk_life_used_ratio', 'Of its rated life, in tenths, as an eMMC says.', {
      value: machine.diskLifeTenths == null ? null : machine.diskLifeTenths / 10,
    }),
    gauge('holdfast_memory_free_bytes', 'Memory free for whoever asks.', { value: machine.memoryFreeBytes }),
    gauge('holdfast_temperature_celsius', 'The hottest sensor.', { value: machine.temperatureCelsius }),
  ];
}

function sample(labels: Record<string, string> | undefined, value: number | null): Sample {
  return { ...(labels && { labels }), value };
}

function took(name: string, help: string, { counts, sumMs }: Durations): Family {
  const bounds = latencyBoundsMs.map((ms) => ms / 1000);
  return histogram(name, help, { bounds, counts, sum: sumMs / 1000 });
}
