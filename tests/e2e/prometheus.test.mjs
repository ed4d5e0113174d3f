// Real servers that hold an incident: page and command line find in each of them what they find in the file.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startAlertmanager } from '../servers/alertmanager.mjs';
import { startNodeExporter } from '../servers/node_exporter.mjs';
import { startPrometheus } from '../servers/prometheus.mjs';
import { serveFolder } from '../servers/static.mjs';
import { startVictoria, toExposition } from '../servers/victoria.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, SAME, above, cli, difference, drop, findings, open, part, paste, report, sample, state } from './monteverdi.mjs';
import { endingNow } from './now.mjs';

const SERVERS = {
  Prometheus: (openMetrics) => startPrometheus(openMetrics),
  VictoriaMetrics: (openMetrics) => startVictoria(toExposition(openMetrics)),
};

describe('a live server', { timeout: 300_000 }, () => {
  let folder;
  let file;
  let fromFile;
  const servers = {};

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'monteverdi-live-'));
    const { path } = await sample(/cascade/);
    const converted = await cli('convert', path, '--to', 'openmetrics');
    // "Live" means up to now, so the incident is moved to end now.
    const { text } = endingNow(converted);
    file = join(folder, 'incident.openmetrics');
    await writeFile(file, text);
    for (const [name, start] of Object.entries(SERVERS)) servers[name] = await start(text);
    fromFile = await report(file);
    assert.ok(above(fromFile).length > 0, 'the incident has something to find');
  });
  after(async () => {
    for (const server of Object.values(servers)) await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  for (const name of Object.keys(SERVERS)) {
    it(`${name} gives the command line what the file gives`, async () => {
      const live = await report('--prometheus', servers[name].url);
      assert.equal(difference(above(live), above(fromFile), SAME), null);
      assert.deepEqual(live.series.map(({ name }) => name).sort(), fromFile.series.map(({ name }) => name).sort());
    });

    it(`${name} gives the page what the file gives, and the page asks that server only`, async () => {
      const { url } = servers[name];
      const server = await serveFolder(DIST);
      const browser = await launch();
      try {
        const tab = await openTab(browser);
        const { page } = tab;
        await paste(page, server.origin, url);
        await state(page);
        const live = await findings(page);
        assert.equal(difference(live, above(fromFile), SAME), null);
        assert.ok(tab.watch.requests.some((address) => address.startsWith(url)), 'it asked the server');
        // VictoriaMetrics lets other origins read everything but the types of metrics, which the page does without.
        const faults = tab.watch.faults(server.origin, url);
        assert.deepEqual(faults.filter((fault) => !isUnreadable(fault, url)), []);

        // The page has narrowed its policy to that server before it asked.
        const other = await serveFolder(DIST);
        const refused = await page.evaluate((address) => fetch(address).then(() => false, () => true), `${other.origin}/`);
        await other.stop();
        assert.ok(refused, 'another server is out of reach');
        assert.ok(tab.watch.violations.length > 0);

        // And the file, dropped on the closed page, gives the same.
        await open(page, `${server.origin}/index.html`);
        await drop(page, { name: file, text: await readFile(file, 'utf8') });
        await state(page);
        assert.equal(difference(await findings(page), live, SAME), null);
      } finally {
        await browser.close();
        await server.stop();
      }
    });
  }

  it('reads a Prometheus that scrapes a machine and itself', async () => {
    const machine = await startNodeExporter();
    const prometheus = await startPrometheus('', { node: machine.target, prometheus: 'itself' });
    try {
      const services = new Set();
      // There is nothing to read until it has found its targets, and nothing to analyse before two steps of 15 s have passed.
      for (let attempt = 0; attempt < 90 && services.size < 2; attempt += 1) {
        await pause(1000);
        const live = await report('--prometheus', prometheus.url).catch(() => ({ services: [] }));
        live.services.forEach(({ name }) => services.add(name));
      }
      assert.deepEqual([...services].sort(), ['node', 'prometheus']);
    } finally {
      await prometheus.stop();
      await machine.stop();
    }
  });

  it('shows what an Alertmanager knows on the timeline', async () => {
    const startsAt = new Date(Date.now() - 600_000).toISOString();
    const labels = { alertname: 'CheckoutSlow', severity: 'page', service: 'checkout' };
    const manager = await startAlertmanager([{ labels, annotations: { summary: 'p99 above 2 s' }, startsAt }]);
    try {
      const silence = { matchers: [{ name: 'alertname', value: 'Other', isRegex: false }], startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 3_600_000).toISOString(), createdBy: 'test', comment: 'deploy' };
      const posted = await fetch(`${manager.url}/api/v2/silences`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(silence) });
      assert.ok(posted.ok, await posted.text());
      // The range that is looked at ends with a whole second.
      await pause(1500);
      const live = await report('--prometheus', servers.Prometheus.url, '--alertmanager', manager.url);
      const titles = live.dataset.events.map(({ title }) => title);
      assert.ok(titles.some((title) => title.startsWith('CheckoutSlow')), titles.join('; '));
      assert.ok(titles.some((title) => title.includes('Silence') && title.includes('deploy')), titles.join('; '));
      assert.equal(difference(above(live), above(fromFile), SAME), null, 'events change no finding');
    } finally {
      await manager.stop();
    }
  });

  it('says what is wrong when nobody answers', async () => {
    const server = await serveFolder(DIST);
    const browser = await launch();
    try {
      const { page } = await openTab(browser);
      await open(page, `${server.origin}/`);
      await part(page, 'source-input').fill('http://127.0.0.1:9');
      await part(page, 'source-submit').click();
      await state(page, 'error');
      assert.match(await part(page, 'error').innerText(), /127\.0\.0\.1:9[^]*\w+ \w+ \w+ \w+/);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});

/** Whether the console says that the page may not read the types of metrics. */
function isUnreadable(fault, url) {
  return fault.includes(`'${url}/api/v1/metadata`) || fault === 'console error: Failed to load resource: net::ERR_FAILED';
}
