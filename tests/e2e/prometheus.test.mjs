// A real Prometheus, back-filled with an incident: page and command line find in it what they find in the file.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startPrometheus } from '../servers/prometheus.mjs';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, SAME, above, cli, difference, drop, findings, open, part, report, sample, state } from './monteverdi.mjs';
import { endingNow } from './now.mjs';

describe('a live Prometheus', { timeout: 300_000 }, () => {
  let folder;
  let file;
  let prometheus;
  let fromFile;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'monteverdi-live-'));
    const { path } = await sample(/cascade/);
    const converted = await cli('convert', path, '--to', 'openmetrics');
    // "Live" means up to now, so the incident is moved to end now.
    const { text } = endingNow(converted);
    file = join(folder, 'incident.openmetrics');
    await writeFile(file, text);
    prometheus = await startPrometheus(text);
    fromFile = await report(file);
    assert.ok(above(fromFile).length > 0, 'the incident has something to find');
  });
  after(async () => {
    await prometheus?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives the command line what the file gives', async () => {
    const live = await report('--prometheus', prometheus.url);
    assert.equal(difference(above(live), above(fromFile), SAME), null);
    assert.deepEqual(live.series.map(({ name }) => name).sort(), fromFile.series.map(({ name }) => name).sort());
  });

  it('gives the page what the file gives, and the page asks that server only', async () => {
    const server = await serveFolder(DIST);
    const browser = await launch();
    try {
      const tab = await openTab(browser);
      const { page } = tab;
      await open(page, `${server.origin}/`);
      await part(page, 'source-input').fill(prometheus.url);
      await part(page, 'source-submit').click();
      await page.waitForURL(/\/live\.html/);
      await state(page);
      const live = await findings(page);
      assert.equal(difference(live, above(fromFile), SAME), null);
      assert.ok(tab.watch.requests.some((address) => address.startsWith(prometheus.url)), 'it asked the server');
      assert.deepEqual(tab.watch.faults(server.origin, prometheus.url), []);

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
