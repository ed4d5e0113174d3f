// Packs against a real Prometheus that scrapes a real node_exporter, through the command line.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startScraping } from '../servers/scraping.mjs';
import { cli, report } from './monteverdi.mjs';

describe('packs of a Prometheus that scrapes', { timeout: 300_000 }, () => {
  let server;
  before(async () => {
    server = await startScraping(60);
  });
  after(() => server?.stop());

  it('tells what there is, how much it would be, and fetches nothing', async () => {
    const text = await cli('analyze', '--prometheus', server.url, '--range', '1m', '--pack', 'use', '--pack', 'prometheus', '--plan');
    assert.match(text, /^use +\d+ +\d+ {2}Machines/m);
    assert.match(text, /^job +3 +\d+ {2}tells services apart$/m);
    assert.match(text, /Scrape interval 1s, services by job\./);
    assert.match(text, /sum without \(cpu,mode\) \(last_over_time\(node_cpu_seconds_total\{mode!~"idle\|iowait\|steal"\}\[1s\]\)\)/);
    assert.match(text, /ALERTS, ALERTS_FOR_STATE/);
    assert.doesNotMatch(text, /jvm|mysql/);
  });

  it('reads the packs with their alerts, and the label that was chosen names the services', async () => {
    const live = await report('--prometheus', server.url, '--range', '1m', '--pack', 'use', '--pack', 'prometheus', '--service-label', 'instance');
    const names = live.series.map(({ name }) => name);
    for (const metric of ['node_load1', 'node_cpu_seconds_total', 'node_memory_MemAvailable_bytes', 'prometheus_tsdb_head_series', 'up']) {
      assert.ok(names.some((name) => name.startsWith(`${metric}{`)), `${metric} is not among ${names.join(' ')}`);
    }
    assert.ok(live.services.every(({ name }) => /^127\.0\.0\.1:\d+$/.test(name)), JSON.stringify(live.services));
    assert.ok(live.dataset.events.some(({ title }) => title === 'TargetDown'), JSON.stringify(live.dataset.events));
  });

  it('lets the server aggregate what is more than the budget', async () => {
    const settings = ['--prometheus', server.url, '--range', '50s', '--pack', 'prometheus', '--pack', 'use'];
    const [whole, part] = [await report(...settings), await report(...settings, '--budget', '900')];
    const notes = part.dataset.notes.map(({ message }) => message).join('\n');
    assert.match(notes, /\d+ series were aggregated in the server into \d+, by job/);
    assert.ok(part.dataset.point_count < 900, String(part.dataset.point_count));
    assert.ok(whole.dataset.point_count > 900);
    // Several disks, one job: their bytes are a counter of the job's, every four seconds.
    assert.ok(part.series.some(({ name }) => /^\w+(:\w+)?\{job="\w+"\}$/.test(name)), part.series.map(({ name }) => name).join(' '));
  });

  it('shows where the server stopped to understand', async () => {
    const refused = await cli('analyze', '--prometheus', server.url, '--range', '1m', '--query', 'sum(rate(up[5m])').then(
      () => null,
      (error) => error,
    );
    assert.ok(refused);
    assert.match(refused.stderr ?? String(refused), / {2}sum\(rate\(up\[5m\]\)\n {18}\^\n/);
  });
});
