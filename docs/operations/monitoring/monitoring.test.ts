// What is shipped for Prometheus and Grafana is true: every name in it is one that a program says, Debian's promtool takes the rules,
// and a real Prometheus reads both programs and answers every question of the dashboard.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleReport } from '../../../central/fixtures/health.ts';
import { metricsText } from '../../../central/http/metrics.ts';
import { Policy } from '../../../contract/policy.ts';
import { metricsOf } from '../../../daemon/health/metrics.ts';
import { createTally } from '../../../daemon/health/tally.ts';
import { createKioskClient } from '../../../kiosk/client.ts';
import { prometheusText } from '../../../kit/prometheus.ts';
import { freePorts } from '../../../trial/link.ts';
import { openSite, type Site } from '../../../trial/site.ts';

const here = import.meta.dirname;
const read = (name: string) => readFileSync(join(here, name), 'utf8');
const dashboard = JSON.parse(read('holdfast-dashboard.json')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** Every metric of both programs, with all that they may know. */
function everyName(): Set<string> {
  const appliance = prometheusText(
    metricsOf({ ...sampleReport, kiosks: { paired: 1, seen: 1 } }, createTally().counts()),
  );
  const alert = { severity: 'critical' as const, state: 'open' as const };
  const states = {
    ...{
      retired: 0,
      never_seen: 0,
      silent: 0,
      selling_offline: 0,
      degraded: 0,
      selling_online: 1,
      not_reporting: 0,
    },
  };
  const processor = {
    ...{
      name: 'one',
      breaker: 'closed' as const,
      sinceMs: 1,
      inFlight: 1,
      placesMax: 1,
      lastAnsweredMs: null,
      callMs: null,
    },
    counts: { approved: 1 },
  };
  const central = metricsText({
    ...{ version: '0', nowMs: 5, connections: 1, reports: 1, processors: [processor] },
    fleet: { states, alerts: [alert], unreceived: 1, exposure: new Map([['GBP', 1]]), lookedMs: 1 },
    ignored: [{ applianceId: 'a', frame: 'health', reason: 'r', times: 1 }],
  });
  return new Set([...`${appliance}${central}`.matchAll(/^([a-z_]+)[{ ]/gm)].map(([, name = '']) => name));
}
const namesIn = (text: string) =>
  [...text.matchAll(/\b((?:holdfast|process)_[a-z_]+)\b/g)].map(([, name = '']) => name);

describe('what is shipped', () => {
  it('asks for metrics alone that a program says', () => {
    const known = everyName();
    const asked = namesIn(
      [read('holdfast.rules.yml').replaceAll(/description:.*|summary:.*/g, ''), ...queries].join('\n'),
    );
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('has no label that grows with boxes, sites, kiosks or checkouts', () => {
    const labels = [...metricsTextLabels()];
    expect(labels.sort()).toEqual(
      [
        'code',
        'currency',
        'frame',
        'le',
        'processor',
        'reason',
        'result',
        'severity',
        'state',
        'verdict',
        'version',
      ].sort(),
    );
  });

  it.each([
    ['takes the rules', ['check', 'rules', 'holdfast.rules.yml']],
    ['has them fire when they should, and not else', ['test', 'rules', 'holdfast.rules.test.yml']],
  ])('is judged by promtool, which %s', (_, args) => {
    const { status, stdout, stderr, error } = spawnSync('promtool', args, { cwd: here, encoding: 'utf8' });
    if (error) throw new Error('promtool is not there: apt-get install prometheus', { cause: error });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });
});

function metricsTextLabels(): Set<string> {
  const tally = createTally().counts();
  const texts = [
    prometheusText(metricsOf(sampleReport, tally)),
    metricsText({
      ...{ version: '0', nowMs: 5, connections: 1, reports: 1 },
      fleet: null,
      processors: [],
      ignored: [],
    }),
    read('holdfast-dashboard.json').replaceAll('\\"', '"'),
  ].join('\n');
  const own = [...texts.matchAll(/[{,]([a-z]+)="/g)].map(([, label = '']) => label);
  const grouped = [...texts.matchAll(/by \(([a-z, ]+)\)/g)].flatMap(([, list = '']) => list.split(', '));
  return new Set([...own, ...grouped].filter((label) => !['job', 'instance'].includes(label)));
}

describe('a real Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-prometheus-'));
  let site: Site;
  let url: string;
  let prometheus: ReturnType<typeof spawn>;

  beforeAll(async () => {
    const policy = Policy.parse({
      currency: 'GBP',
      checkout: { totalMinorMax: 100_000 },
      exposure: { totalMinorMax: 1_000_000 },
      priceOverride: { permission: 'refused' },
      unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
    });
    const catalogueFile = resolve(here, '../../../trial/start/catalogue.csv');
    site = await openSite({ folder: join(folder, 'site'), catalogueFile, policy });
    const kiosk = createKioskClient({ baseUrl: site.applianceUrl });
    const payment = { token: 'tok_a', fingerprint: 'fp_a', scheme: 'visa', last4: '4242' };
    await kiosk.checkout({
      lines: [{ sku: 'HF-101', quantity: 2 }],
      currency: 'GBP',
      totalMinor: 370,
      payment,
    });
    const target = (address: string) => new URL(address).host;
    writeFileSync(
      join(folder, 'prometheus.yml'),
      read('prometheus.yml')
        .replace('scrape_interval: 30s', 'scrape_interval: 1s\n  evaluation_interval: 1s')
        .replace('127.0.0.1:8081', target(site.centralUrl))
        .replace('127.0.0.1:8080', target(site.applianceUrl)),
    );
    copyFileSync(join(here, 'holdfast.rules.yml'), join(folder, 'holdfast.rules.yml'));
    copyFileSync(site.operatorKeyFile, join(folder, 'central.key'));
    const [port] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    prometheus = spawn(
      'prometheus',
      ['--config.file=prometheus.yml', `--web.listen-address=127.0.0.1:${port}`, '--storage.tsdb.path=data'],
      { cwd: folder, stdio: 'ignore' },
    );
    prometheus.on('error', () => {});
  }, 120_000);
  afterAll(async () => {
    if (prometheus.exitCode === null && prometheus.pid !== undefined) {
      prometheus.kill();
      await new Promise((resolve) => prometheus.once('exit', resolve));
    }
    await site.stop();
    rmSync(folder, { recursive: true });
  });

  async function ask(query: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const body = (await answer.json()) as { status: string; error?: string; data: { result: [] } };
    if (body.status !== 'success') throw new Error(`${query}: ${body.error}`);
    return body.data.result;
  }

  async function until(query: string): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const found = await ask(query).catch(() => []);
      if (found.length > 0) return;
      await sleep(200);
    }
    throw new Error(`${query} finds nothing; is Prometheus there? apt-get install prometheus`);
  }

  it('reads both programs, and is told of sales, of the journal and of the fleet', {
    timeout: 120_000,
  }, async () => {
    await until('up{job="holdfast"} == 1');
    await until('up{job="holdfast-central"} == 1');
    await until('holdfast_appliances > 0');
    await until('sum(holdfast_verdicts_total{verdict!="pending"}) == 1');
    await until('holdfast_journal_unreceived_entries == 0 and holdfast_journal_entries_total > 0');
    await until('holdfast_receipt_duration_seconds_count > 0');
    await until('holdfast_http_request_duration_seconds_count > 0');
  });

  it('answers every question of the dashboard', { timeout: 60_000 }, async () => {
    for (const query of queries) await ask(query);
  });

  it('has the shipped rules in force, and none of a well site fires', async () => {
    const answer = await fetch(`${url}/api/v1/rules`);
    const { data } = (await answer.json()) as {
      data: { groups: { rules: { name: string; health: string; state: string }[] }[] };
    };
    const rules = data.groups.flatMap((group) => group.rules);
    expect(rules.length).toBe([...read('holdfast.rules.yml').matchAll(/- alert: /g)].length);
    expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
    expect(rules.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual([]);
  });
});
