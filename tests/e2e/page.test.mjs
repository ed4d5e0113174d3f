// The built page, served as static files: what a person does, and what must never happen.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { counterCsv, wideCsv, writeLargeCsv } from './generate.mjs';
import { DIST, SAME, above, difference, drop, findings, open, part, report, sample, state } from './monteverdi.mjs';

describe('the page', { timeout: 600_000 }, () => {
  let browser;
  let server;
  let tab;
  let page;
  /** A bundled incident, and the healthy day. */
  let incident;
  let healthy;
  let folder;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'monteverdi-page-'));
    incident = await sample(/cascade/);
    healthy = await sample(/healthy/);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    server = await serveFolder(DIST);
    tab = await openTab(browser);
    ({ page } = tab);
    await open(page, `${server.origin}/`);
  });
  afterEach(async () => {
    const faults = tab.watch.faults(server.origin);
    await tab.context.close();
    await server.stop();
    assert.deepEqual(faults, [], 'no violation, no error, no request to elsewhere');
  });

  it('greets with a drop zone, a paste box, samples and its promise', async () => {
    assert.equal(await page.locator('body').getAttribute('data-state'), 'empty');
    assert.ok(await part(page, 'source-input').isVisible());
    assert.ok((await page.locator('[data-testid^="sample-"]').count()) >= 5);
    assert.match(await page.locator('body').innerText(), /never leaves this tab/i);
  });

  it('finds in a dropped file what the command line finds', async () => {
    await drop(page, incident);
    await state(page);
    const expected = above(await report(incident.path));
    assert.ok(expected.length > 0, 'the sample has something to find');
    assert.equal(difference(await findings(page), expected, SAME), null);
    assert.match(await part(page, 'findings-count').innerText(), new RegExp(`\\b${expected.length}\\b`));
    assert.ok((await part(page, 'story').innerText()).length > 40);
  });

  it('takes a file from the file dialogue', async () => {
    await page.setInputFiles('[data-testid="file-input"]', incident.path);
    await state(page);
    assert.ok((await findings(page)).length > 0);
  });

  it('takes pasted text', async () => {
    await part(page, 'source-input').fill(incident.text);
    await part(page, 'source-submit').click();
    await state(page);
    assert.ok((await findings(page)).length > 0);
  });

  it('opens each bundled sample', async () => {
    const ids = await page
      .locator('[data-testid^="sample-"]')
      .evaluateAll((buttons) => buttons.map((button) => button.dataset.testid));
    for (const id of ids) {
      await open(page, `${server.origin}/`);
      await part(page, id).click();
      await state(page);
      const found = (await findings(page)).length;
      if (/healthy/.test(id)) assert.equal(found, 0, `${id} has findings`);
      else assert.ok(found > 0, `${id} has no finding`);
    }
  });

  it('says that nothing was found on a healthy day', async () => {
    await drop(page, healthy);
    await state(page);
    assert.deepEqual(await findings(page), []);
    assert.ok(await part(page, 'no-findings').isVisible());
  });

  it('opens the evidence of a finding', async () => {
    await drop(page, incident);
    await state(page);
    await part(page, 'finding').click();
    const evidence = part(page, 'evidence');
    await evidence.waitFor();
    await changedTo(() => isPainted(evidence.locator('canvas').first()), true);
    // The least expected value is said, with its interval and its bits.
    const said = () => evidence.locator('canvas').first().getAttribute('aria-label');
    await changedTo(async () => /; least expected: .+ expected .+ \(.+ to .+\), was .+: [\d.]+ bits$/.test(await said()), true);
  });

  it('drills down from the system to a service and back', async () => {
    await drop(page, incident);
    await state(page);
    const radar = part(page, 'radar');
    const top = (await part(page, 'breadcrumb').innerText()).trim();
    const { width, height } = await radar.boundingBox();
    // Right of the centre, in the middle ring.
    await radar.click({ position: { x: width / 2 + Math.min(width, height) * 0.31, y: height / 2 + 8 } });
    await changed(() => part(page, 'breadcrumb').innerText(), top);
    await part(page, 'breadcrumb').locator('button, a').first().click();
    await changedTo(() => part(page, 'breadcrumb').innerText(), top);
  });

  it('drills down by keyboard', async () => {
    await drop(page, incident);
    await state(page);
    const top = (await part(page, 'breadcrumb').innerText()).trim();
    await part(page, 'radar').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await changed(() => part(page, 'breadcrumb').innerText(), top);
    await page.keyboard.press('Escape');
    await changedTo(() => part(page, 'breadcrumb').innerText(), top);
  });

  it('shows the two series of a relation around one clock', async () => {
    await part(page, 'sample-latency-cascade').click();
    await state(page);
    await page.locator('#tab-relations').click();
    await part(page, 'relation').first().click();
    await part(page, 'pair').first().click();
    await changedTo(async () => (await part(page, 'breadcrumb').innerText()).includes('→'), true);
    await changedTo(() => isPainted(part(page, 'radar')), true);
    await changedTo(() => /view=pair\.\d/.test(page.url()), true);
    // What it shows can be pointed at: the middle leads back.
    const { width, height } = await part(page, 'radar').boundingBox();
    await until(async () => {
      await part(page, 'radar').click({ position: { x: width / 2, y: height / 2 } });
      return !(await part(page, 'breadcrumb').innerText()).includes('→');
    }, 'the middle does not lead back');
  });

  it('lets the radar be heard when asked to, and not before', async () => {
    await page.evaluate(() => {
      window.heard = [];
      const create = BaseAudioContext.prototype.createOscillator;
      BaseAudioContext.prototype.createOscillator = function () {
        window.heard.push(this);
        return create.call(this);
      };
    });
    await part(page, 'sample-cpu-saturation').click();
    await state(page);
    const heard = () => page.evaluate(() => window.heard.length);
    await page.keyboard.press('ArrowRight');
    assert.equal(await heard(), 0, 'off by default');
    await part(page, 'sound').click();
    assert.equal(await part(page, 'sound').getAttribute('aria-pressed'), 'true');
    // Two strings, a harsh one and a tremolo for each of the ten services.
    await changedTo(heard, 40);
    await changedTo(() => page.evaluate(() => window.heard[0].state), 'running');
    await page.keyboard.press('m');
    assert.equal(await part(page, 'sound').getAttribute('aria-pressed'), 'false');
  });

  it('takes the accents along as music', async () => {
    await part(page, 'sample-job-collision').click();
    await state(page);
    const saved = page.waitForEvent('download');
    await part(page, 'export').click();
    await part(page, 'export-midi').click();
    const bytes = await readFile(await (await saved).path());
    assert.equal(bytes.subarray(0, 4).toString(), 'MThd');
    const tracks = bytes.readUInt16BE(10);
    assert.equal(bytes.toString('latin1').split('MTrk').length - 1, tracks);
    assert.ok(tracks > 1, 'a track for each service with accents');
  });

  it('says how bad an incident is, weighs services, and hands it over', async () => {
    await part(page, 'sample-latency-cascade').click();
    await state(page);
    assert.match(await part(page, 'severity').innerText(), /severity (major|critical)/);
    const taken = async (id) => {
      const saved = page.waitForEvent('download');
      await part(page, 'export').click();
      await part(page, id).click();
      return JSON.parse(await readFile(await (await saved).path(), 'utf8'));
    };
    const { incidents } = await taken('export-incidents');
    assert.ok(incidents.length > 0 && incidents[0].root_causes[0].service.length > 0);
    const annotations = await taken('export-annotations');
    assert.deepEqual(annotations[0].tags.slice(0, 3), ['monteverdi', 'incident', incidents[0].severity]);

    await page.locator('#tab-data').click();
    await page.getByLabel('Weight of checkout').fill('5');
    await page.getByLabel('Weight of checkout').press('Tab');
    // While the file is read again there is no incident.
    const isWeighted = async () => (await taken('export-incidents')).incidents[0]?.impact.is_weighted;
    await changedTo(isWeighted, true);
    assert.ok((await taken('export-incidents')).incidents[0].impact.service_s > incidents[0].impact.service_s);
    await page.locator('button[title="weight.checkout=5"]', { hasText: 'Remove' }).click();
    await changedTo(isWeighted, false);
  });

  it('takes who calls whom, typed or from a file, and finds the cause by it', async () => {
    await part(page, 'sample-latency-cascade').click();
    await state(page);
    await page.locator('#tab-data').click();
    const body = () => page.locator('body').innerText();
    const use = async (text) => {
      await part(page, 'calls').fill(text);
      await part(page, 'calls-use').click();
    };
    await use('cart');
    await changedTo(async () => /does not name caller and callee/.test(await body()), true);
    assert.ok(!page.url().includes('calls'));

    const calls = 'frontend -> catalog -> redis\nfrontend -> checkout -> payments; checkout -> cart';
    await use(calls);
    await changedTo(() => /ask=calls%3D/.test(page.url()), true);
    await state(page);
    assert.match(await body(), /5 calls between these services/);
    assert.match(await body(), /calls cart, payments/);
    const graph = await written(folder, 'calls.txt', calls);
    const told = await report((await sample(/latency/)).path, '--graph', graph);
    const causes = (of, named) => of.incidents[0].causes.map(({ service, confidence }) => [named(service), confidence.toFixed(6)]);
    const shown = await exportedJson(page);
    assert.deepEqual(shown.services, told.services);
    assert.deepEqual(causes(shown, (index) => shown.services[index].name), causes(told, (index) => told.services[index].name));

    // From a file, as Jaeger writes it; then none.
    const jaeger = JSON.stringify({ data: [{ parent: 'frontend', child: 'nobody' }, { parent: 'frontend', child: 'cart' }] });
    await part(page, 'calls-file').setInputFiles({ name: 'dependencies.json', mimeType: 'application/json', buffer: Buffer.from(jaeger) });
    await changedTo(async () => /these calls count for nothing: nobody/.test(await body()), true);
    // The field is made anew with each Report; the setting is in force when the data have been read.
    await changedTo(() => part(page, 'calls').inputValue(), 'frontend -> nobody\nfrontend -> cart');
    await use('');
    await changedTo(async () => /Nothing says who calls whom/.test(await body()), true);
    await changedTo(() => page.url().includes('calls'), false);
  });

  it('finds a service among many by the name of its series', async () => {
    const names = Array.from({ length: 14 }, (_, index) => `shop${index}_${index === 9 ? 'queue_length' : 'cpu_ratio'}`);
    const rows = Array.from({ length: 60 }, (_, row) => [1_790_000_000 + 60 * row, ...names.map((_, k) => (row * (k + 3)) % 7)]);
    await drop(page, { name: 'shops.csv', text: [['time', ...names], ...rows].join('\n') });
    await state(page);
    await page.locator('#tab-data').click();
    const weights = page.getByLabel(/^Weight of /);
    assert.equal(await weights.filter({ visible: true }).count(), 14);
    await page.getByLabel('Search services and series').fill('Queue');
    assert.equal(await weights.filter({ visible: true }).count(), 1);
    assert.equal(await page.getByLabel('Weight of shop9').isVisible(), true);
  });

  it('counts a pattern of accents that was typed, shows it around the clock, and says what is none', async () => {
    await page.getByTestId('sample-job-collision').click();
    await state(page);
    await page.locator('#tab-data').click();
    await part(page, 'pattern').fill('da,dum');
    await part(page, 'pattern').press('Tab');
    assert.equal(await part(page, 'pattern').evaluate((field) => field.validity.patternMismatch), true);
    assert.ok(!page.url().includes('pattern'));
    await part(page, 'pattern').fill('1,0');
    await part(page, 'pattern').press('Tab');
    await page.locator('button[title="pattern=1,0"]', { hasText: 'Remove' }).waitFor();
    await state(page);
    await changedTo(() => /ask=pattern%3D1%2C0/.test(page.url()), true);
    const told = (await report((await sample(/collision/)).path, '--pattern', '1,0')).series;
    const counted = told.findIndex(({ patterns }) => patterns[0]?.count > 0);
    assert.ok(counted >= 0, 'a series has the pattern');

    // A link brings it along, and says which settings are none.
    const hash = `#v=1&sample=job-collision&ask=pattern%3D1%2C0&ask=pattern%3Dx&ask=weight.nobody%3D2&ask=weight.cart%3Dmuch&view=series.${counted}`;
    await page.goto('about:blank');
    await page.goto(`${server.origin}/${hash}`);
    await state(page);
    const isTold = async () => {
      const box = await part(page, 'radar').boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.move(box.x + box.width / 2 + 1, box.y + box.height / 2);
      return /1,0: [\d\u202f]+ times?, by chance/.test(await page.locator('body').innerText());
    };
    await changedTo(isTold, true);
    await page.locator('#tab-data').click();
    const data = await page.locator('body').innerText();
    assert.match(data, /`x` is no pattern of accents; .*passed over/);
    assert.match(data, /`much` is no weight of cart; .*passed over/);
    assert.match(data, /nobody[\s\S]*no service is called that/);
  });

  it('knows an incident again that was given a name, also in another browser', async () => {
    await drop(page, incident);
    await state(page);
    assert.equal(await part(page, 'known').count(), 0);
    await part(page, 'remember-name').first().fill('the <b>usual</b> one');
    await part(page, 'remember').first().click();
    await changedTo(() => page.evaluate(() => (localStorage.getItem('monteverdi.incidents') ?? '').length > 0), true);
    await drop(page, healthy);
    await part(page, 'no-findings').waitFor();
    await drop(page, incident);
    await part(page, 'known').first().waitFor();
    assert.match(await part(page, 'known').first().innerText(), /seen before the <b>usual<\/b> one \((1\.00|0\.9)/);

    await page.locator('#tab-data').click();
    assert.match(await part(page, 'library').innerText(), /the <b>usual<\/b> one/);
    const saved = page.waitForEvent('download');
    await part(page, 'library-export').click();
    const path = await (await saved).path();
    await part(page, 'library-forget').click();
    await changedTo(async () => /None yet/.test(await part(page, 'library').innerText()), true);
    await page.setInputFiles('[data-testid="library-import"]', { name: 'not.json', mimeType: 'text/plain', buffer: Buffer.from('{}') });
    await changedTo(async () => /not\.json is no library/.test(await page.locator('body').innerText()), true);
    await page.setInputFiles('[data-testid="library-import"]', path);
    await changedTo(async () => /the <b>usual<\/b> one/.test(await part(page, 'library').innerText()), true);
  });

  it('says the same in a table', async () => {
    await drop(page, incident);
    await state(page);
    const { services } = await report(incident.path);
    await part(page, 'radar-table-toggle').click();
    const table = await part(page, 'radar-table').innerText();
    for (const { name } of services) assert.ok(table.includes(name), `the table names ${name}`);
  });

  it('stops when asked to, and then takes another file', async () => {
    await drop(page, { name: 'large.csv', text: wideCsv() });
    const cancel = part(page, 'cancel');
    await cancel.waitFor({ timeout: 20_000 });
    const started = Date.now();
    await cancel.click();
    await page.locator('body:not([data-state="loading"])').waitFor({ timeout: 5_000 });
    const elapsed = Date.now() - started;
    assert.ok(elapsed < 1_000, `cancelling took ${elapsed} ms`);
    assert.notEqual(await page.locator('body').getAttribute('data-state'), 'error');
    await drop(page, incident);
    await state(page);
    assert.equal(difference(await findings(page), above(await report(incident.path)), SAME), null);
  });

  it('shows how far reading is, stops in the midst of it, and keeps what was there', async () => {
    const large = join(folder, 'large.csv');
    await writeLargeCsv(large, 240);
    await drop(page, incident);
    await state(page);
    const before = await findings(page);
    const workers = page.workers();
    assert.equal(workers.length, 2, 'a reader and an analysis');

    await page.evaluate(() => {
      window.__seen = [];
      new MutationObserver(() => {
        const text = document.querySelector('[data-testid="progress"]')?.innerText ?? '';
        const [, read, all] = /Reading large\.csv, ([\d.]+) of ([\d.]+) MB/.exec(text) ?? [];
        if (read && window.__seen.at(-1)?.[0] !== Number(read)) window.__seen.push([Number(read), Number(all)]);
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    await page.setInputFiles('[data-testid="file-input"]', large);
    const seen = () => page.evaluate(() => window.__seen);
    await until(async () => (await seen()).length >= 2, 'progress is not shown');
    const started = Date.now();
    await part(page, 'cancel').click();
    await page.locator('body[data-state="done"]').waitFor({ timeout: 5_000 });
    assert.ok(Date.now() - started < 1_000, 'it stops at once');
    const steps = await seen();
    assert.ok(steps.every(([read, all], index) => read <= all && (!index || read > steps[index - 1][0])), `${steps}`);
    assert.ok(steps.at(-1)[0] < 0.9 * steps.at(-1)[1], `stopped in the midst: ${steps.at(-1)}`);

    // The Report is there, and so are the worker that holds its series and the reader, which has listened while it waited.
    assert.equal(difference(await findings(page), before, SAME), null);
    const now = page.workers();
    // A reader that has not heard it in time is replaced; the analysis never is.
    assert.ok(now.length === 2 && now.some((worker) => workers.includes(worker)), 'the analysis has gone on');
    const exported = await exportedJson(page);
    assert.equal(difference(above(exported), above(await report(incident.path)), SAME), null);
    await drop(page, healthy);
    await state(page);
    await changedTo(async () => (await findings(page)).length, 0);
  });

  it('has a second program help with much data, finds the same, and ends it', async () => {
    const text = wideCsv();
    const name = await written(folder, 'much.csv', text);
    let [started, ended] = [0, 0];
    page.on('worker', (worker) => {
      started += 1;
      worker.on('close', () => (ended += 1));
    });
    assert.equal(page.workers().length, 2, 'a reader and an analysis');
    await page.setInputFiles('[data-testid="file-input"]', name);
    await until(async () => started === 1, 'nobody helps');
    await part(page, 'cancel').click();
    await until(async () => ended >= 1 && page.workers().length === 2, 'who is not needed any more goes on');
    await page.setInputFiles('[data-testid="file-input"]', name);
    await state(page);
    const expected = above(await report(name));
    assert.ok(expected.length > 0, 'there is something to find');
    assert.equal(difference(above(await exportedJson(page)), expected, SAME), null);
    await until(async () => started >= 2 && page.workers().length === 2, 'a helper has not ended');
  });

  it('undoes what a note says, and takes that back', async () => {
    await drop(page, { name: 'counter.csv', text: counterCsv() });
    await state(page);
    const rates = async () => (await exportedJson(page)).series.map((series) => series.is_rate_of_counter);
    assert.deepEqual(await rates(), [true, false]);
    await page.locator('#tab-data').click();
    const panel = page.locator('#tab-panel');
    await panel.locator('button[title="counters=none"]', { hasText: 'Undo' }).click();
    const remove = panel.locator('button[title="counters=none"]', { hasText: 'Remove' });
    await remove.waitFor();
    await state(page);
    assert.deepEqual(await rates(), [false, false]);
    const { dataset } = await report('--set', 'counters=none', await written(folder, 'counter.csv', counterCsv()));
    assert.deepEqual((await exportedJson(page)).dataset.notes, dataset.notes);
    await remove.click();
    await panel.locator('button[title="counters=none"]', { hasText: 'Undo' }).waitFor();
    await state(page);
    assert.deepEqual(await rates(), [true, false]);
  });

  it("reads times without a zone in the browser's own, and says so", async () => {
    const name = 'America/New_York';
    const abroad = await openTab(browser, { timezoneId: name });
    try {
      await open(abroad.page, `${server.origin}/`);
      await drop(abroad.page, { name: 'counter.csv', text: counterCsv() });
      await state(abroad.page);
      const seen = await exportedJson(abroad.page);
      const path = await written(folder, 'counter.csv', counterCsv());
      const [there, here] = [await report('--time-zone', name, path), await report(path)];
      assert.equal(seen.dataset.start_ms, there.dataset.start_ms);
      assert.equal(seen.dataset.start_ms - here.dataset.start_ms, 4 * 3_600_000, 'New York in summer');
      assert.deepEqual(seen.dataset, there.dataset);
      assert.equal(seen.dataset.sources[0].assumed_time_zone, name);
      await abroad.page.locator('#tab-data').click();
      assert.ok((await abroad.page.locator('#tab-panel').innerText()).includes(`read as ${name}`));
      assert.deepEqual(abroad.watch.faults(server.origin), []);
    } finally {
      await abroad.context.close();
    }
  });

  it('lets a second load replace the first', async () => {
    await drop(page, { name: 'large.csv', text: wideCsv({ series: 80 }) });
    await drop(page, incident);
    await state(page);
    const expected = above(await report(incident.path));
    await changedTo(async () => difference(await findings(page), expected, SAME), null);
    // Nothing of the first arrives late.
    await page.waitForTimeout(1_500);
    assert.equal(difference(await findings(page), expected, SAME), null);
  });

  it('explains what is wrong with a bad file, and takes a good one afterwards', async () => {
    const picture = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
    await drop(page, { name: 'picture.png', bytes: picture });
    await state(page, 'error');
    assert.match(await part(page, 'error').innerText(), /picture\.png/);
    await drop(page, { name: 'broken.csv', text: 'time,cart_latency\n2026-01-05T00:00:00Z,1\nnot a time,2\n' });
    await page.waitForTimeout(200);
    await state(page, 'error');
    assert.match(await part(page, 'error').innerText(), /broken\.csv|line 3|time/i);
    await drop(page, incident);
    await state(page);
    assert.ok((await findings(page)).length > 0);
  });

  it('asks how a file is read that it does not understand, and remembers it for files of this shape', async () => {
    const rows = (factor) =>
      Array.from({ length: 400 }, (_, row) => `${(Math.sin(row) * 3 + 20 + factor).toFixed(3)};${row % 7},5`).join('\n');
    await drop(page, { name: 'first.csv', text: `cpu;load\n${rows(1)}\n` });
    await state(page, 'error');
    await part(page, 'explain').click();
    const panel = part(page, 'mapping');
    await panel.waitFor();
    await panel.getByText(/holds times/).waitFor();
    assert.match(await panel.innerText(), /How first\.csv is read/);
    assert.equal(await panel.locator('tbody tr').count(), 9, 'the header and eight rows');
    await panel.getByLabel('Seconds from row to row').fill('60');
    await panel.getByLabel('Seconds from row to row').press('Tab');
    await panel.getByText(/2 series come out/).waitFor();
    await panel.getByLabel('What load is').selectOption('ignore');
    await panel.getByText(/One series comes out/).waitFor();
    await part(page, 'mapping-read').click();
    await state(page);
    await page.locator('#tab-data').click();
    const data = () => page.locator('body').innerText();
    assert.match(await data(), /1 series and 400 values/);

    // Another file of the same shape is read like this; the note says so, and undoes it.
    await drop(page, { name: 'second.csv', text: `cpu;load\n${rows(2)}\n` });
    await changedTo(async () => /second\.csv/.test(await data()), true);
    await state(page);
    await page.locator('#tab-data').click();
    assert.match(await data(), /Read as was said before for files of this shape: step=60000, role\.load=ignore/);

    // What was understood can be looked at and changed.
    await part(page, 'mapping-open').click();
    await panel.getByText(/One series comes out/).waitFor();
    await panel.getByLabel('What load is').selectOption('value');
    await panel.getByText(/2 series come out/).waitFor();
    await part(page, 'mapping-read').click();
    await changedTo(async () => /2 series and 800 values/.test(await data()), true);
  });

  it('reads of several files those that can be read, and says which cannot', async () => {
    const picture = { name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a00000000', 'hex') };
    const table = { name: 'good.csv', mimeType: 'text/csv', buffer: Buffer.from(counterCsv()) };
    await page.locator('input[type="file"]').first().setInputFiles([picture, table]);
    await state(page);
    await page.locator('#tab-data').click();
    assert.match(await page.locator('#tab-panel').innerText(), /picture\.png[\s\S]*Not read: This looks like a PNG image/);
  });

  it('asks to look where a file could be read in two ways', async () => {
    const rows = Array.from({ length: 12 }, (_, month) => `0${1 + (month % 9)}/0${1 + (month % 7)}/2026,${month * 2}`);
    await drop(page, { name: 'months.csv', text: `day,orders\n${rows.join('\n')}\n` });
    await state(page);
    assert.match(await part(page, 'error').innerText(), /Check how this was read[\s\S]*Day and month could be exchanged/);
    await part(page, 'explain').click();
    const panel = part(page, 'mapping');
    await panel.getByText(/the other order would fit, too/).waitFor();
    await panel.getByLabel('Dates').selectOption('day-first');
    await panel.getByText(/day, month, year/).first().waitFor();
    await part(page, 'mapping-read').click();
    await changedTo(async () => part(page, 'error').isVisible(), false);
    await state(page);
  });

  it('works without a network once it is loaded, and opens again', async () => {
    const controlled = () => page.evaluate(() => navigator.serviceWorker?.controller !== null);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await page.reload();
    await changedTo(controlled, true);
    await server.stop();
    await tab.context.setOffline(true);
    await drop(page, incident);
    await state(page);
    assert.ok((await findings(page)).length > 0);
    await page.reload();
    await part(page, 'drop-zone').waitFor();
    await drop(page, incident);
    await state(page);
    assert.ok((await findings(page)).length > 0);
    await part(page, 'finding').first().click();
    await changedTo(() => isPainted(part(page, 'evidence').locator('canvas').first()), true);
    // Looking for a newer version fails offline, and may say so.
    tab.watch.errors = tab.watch.errors.filter((text) => !/ERR_INTERNET_DISCONNECTED|Failed to load resource/.test(text));
  });

  it('sends nothing of a file anywhere', async () => {
    await page.evaluate(() => navigator.serviceWorker?.ready);
    const before = server.requests.length;
    await drop(page, incident);
    await state(page);
    const during = server.requests.slice(before);
    assert.ok(during.every((line) => line.startsWith('GET ')), `only reads: ${during}`);
    assert.ok(during.every((line) => !line.includes('?') || /\?v=/.test(line)), `no data in addresses: ${during}`);
    // The policy itself, not our good manners: a request to elsewhere is refused.
    const refused = await page.evaluate(() => fetch('https://example.org/').then(() => false, () => true));
    assert.ok(refused);
    assert.ok(tab.watch.violations.length > 0, 'the refusal is a policy violation');
    tab.watch.violations.length = 0;
    tab.watch.errors = tab.watch.errors.filter((text) => !/example\.org/.test(text));
    tab.watch.requests = tab.watch.requests.filter((address) => !/example\.org/.test(address));
  });

  it('keeps its state in the hash, and never data in it', async () => {
    await drop(page, incident);
    await state(page);
    await part(page, 'finding').click();
    const { hash } = new URL(page.url());
    assert.ok(hash.length < 500, `a short hash: ${hash}`);
    for (const cell of incident.text.split('\n')[1].split(',').slice(1)) {
      assert.ok(cell.length < 4 || !hash.includes(cell), 'no value of the file in the hash');
    }
  });

  it('fits a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok((await overflow()) <= 0, 'the first screen does not scroll sideways');
    // The last sample: one has to scroll to it.
    await page.locator('[data-testid^="sample-"]').last().click();
    await state(page);
    assert.equal(await page.evaluate(() => window.scrollY), 0, 'the result begins at its top');
    assert.ok((await overflow()) <= 0, 'the result does not scroll sideways');
  });

  it('explains its keys and changes its theme', async () => {
    await page.keyboard.press('?');
    await part(page, 'help').waitFor();
    await page.keyboard.press('Escape');
    await part(page, 'help').waitFor({ state: 'hidden' });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const first = await background();
    await part(page, 'theme-toggle').click();
    await changed(background, first);
  });
});

/** The Report, as the menu exports it. */
async function exportedJson(page) {
  const saved = page.waitForEvent('download');
  await part(page, 'export').click();
  await part(page, 'export-json').click();
  return JSON.parse(await readFile(await (await saved).path(), 'utf8'));
}

/** A file with that name and text; its path. */
async function written(folder, name, text) {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** Waits until what is read differs from the given value. */
async function changed(read, from) {
  await until(async () => (await read())?.trim?.() !== from, `it stays ${from}`);
}

/** Whether anything stands on a canvas. */
const isPainted = (canvas) =>
  canvas.evaluate((element) => {
    const { width, height } = element;
    return width > 0 && element.getContext('2d').getImageData(0, 0, width, height).data.some((value) => value > 0);
  });

/** Waits until what is read is the given value. */
async function changedTo(read, to) {
  await until(async () => {
    const value = await read();
    return (value?.trim?.() ?? value) === to;
  }, `it does not become ${to}`);
}

async function until(holds, otherwise, timeout = 20_000) {
  const end = Date.now() + timeout;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(otherwise);
    await new Promise((done) => setTimeout(done, 50));
  }
}
