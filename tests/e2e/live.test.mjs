// A server that is followed: the page shows how old the data are, takes what is new, and survives the server's troubles.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startLive } from '../servers/live.mjs';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, drop, part, paste, sample, state } from './monteverdi.mjs';
import { hasten } from './now.mjs';

/** Time runs so much faster for server and worker; the page's own clock stays. */
const SPEED = 20;

describe('a server that is followed', { timeout: 300_000 }, () => {
  let site;
  let browser;
  let server;
  let page;
  let watch;

  before(async () => {
    site = await serveFolder(DIST);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });
  beforeEach(async () => {
    await page?.context().close();
    await server?.stop();
    server = await startLive({ speed: SPEED, ahead: 5 * 60_000 });
    ({ page, watch } = await openTab(browser));
    await paste(page, site.origin, server.url);
    await state(page);
    await hasten(page, SPEED);
    await part(page, 'live').waitFor();
  });
  after(() => server?.stop());

  const reports = () => page.evaluate(() => performance.getEntriesByName('monteverdi:report').length);
  const until = async (what, test) => {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (await test()) return;
      await pause(100);
    }
    throw new Error(`not within 20 s: ${what}; the page says: ${await said()}`);
  };
  const said = () => part(page, 'live').getAttribute('title');
  const samples = () => server.control.asked.filter(({ query }) => /ms\]$/.test(query ?? ''));

  it('asks for what is new, shows it, and keeps what is looked at', async () => {
    await page.locator('#tab-data').click();
    const before = await reports();
    const first = samples().length;
    await until('two more Reports', async () => (await reports()) >= before + 2);
    // Six minutes of samples, not the hour that is there; the first poll also has what the server's clock is ahead.
    const windows = samples().slice(first).map(({ query }) => Number(/\[(\d+)ms\]$/.exec(query)[1]));
    assert.ok(windows.length > 1 && windows.slice(1).every((window) => window <= 7 * 60_000), `${windows}`);
    assert.match(await part(page, 'live').innerText(), /^Live · \d+ s old$/);
    assert.match(await said(), /asked every 15 s.*clock is .* ahead of ours/);
    assert.equal(await page.locator('#tab-data').getAttribute('aria-selected'), 'true');
    assert.equal(await page.locator('.button.is-old').count(), 0);
    assert.deepEqual(watch.faults(site.origin, server.url), []);
  });

  it('pauses on request and while nobody looks, and then catches up', async () => {
    for (const turn of [
      () => part(page, 'live').click(),
      () =>
        page.evaluate(() => {
          const hidden = !document.hidden;
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        }),
    ]) {
      await turn();
      await until('it says so', async () => /paused/.test(await part(page, 'live').innerText()));
      const asked = server.control.asked.length;
      await pause(2_500);
      assert.equal(server.control.asked.length, asked, 'nothing is asked in 50 s of the server');
      await turn();
      await until('it asks again', () => server.control.asked.length > asked);
      await until('it says so', async () => !/paused/.test(await part(page, 'live').innerText()));
    }
  });

  it('keeps what is shown while the server is in trouble, says so, and does not run away', async () => {
    const troubles = [
      [() => ({ status: 503, body: 'Service Unavailable' }), /503/],
      [() => ({ status: 429, headers: { 'Retry-After': '40' } }), /429/],
      [() => ({ status: 200, body: '<!doctype html><title>Sign in</title>' }), /web page instead of data/],
      [() => 'cut', /could not be reached/],
    ];
    for (const [fault, words] of troubles) {
      server.control.fault = fault;
      const asked = server.control.asked.length;
      await until(`${words}`, async () => words.test(await said()));
      assert.equal(await page.locator('body').getAttribute('data-state'), 'done');
      assert.equal(await part(page, 'error').count(), 0);
      await pause(1_000);
      assert.ok(server.control.asked.length - asked < 20, `${server.control.asked.length - asked} requests`);
      server.control.fault = () => undefined;
      await until('all is well', async () => /asked every 15 s/.test(await said()));
    }
  });

  it('marks data that are old, and a restart with an empty head takes nothing away', async () => {
    const before = await reports();
    server.control.forgetsBefore = server.control.now();
    server.control.vanished = (_, time) => time >= server.control.forgetsBefore;
    await page.locator('.button.is-old').waitFor({ timeout: 20_000 });
    const points = await page.evaluate(() => document.querySelector('.chip span').textContent);
    assert.match(points, /20 series/);
    // It scrapes again: what is new is added to what was there.
    const again = server.control.now();
    server.control.vanished = (_, time) => time < again;
    await until('it is not old any more', async () => (await page.locator('.button.is-old').count()) === 0);
    await until('another Report', async () => (await reports()) > before);
    assert.match(await page.evaluate(() => document.querySelector('.chip span').textContent), /20 series.* 1(\.\d)? h/);
  });

  it('ends with a file that takes its place', async () => {
    await until('a poll', () => samples().length > 1);
    await drop(page, await sample(/cascade/));
    await until('the file', async () => /cascade/.test(await page.locator('.chip').first().innerText()));
    await state(page);
    assert.equal(await part(page, 'live').count(), 0);
    const asked = server.control.asked.length;
    await pause(2_000);
    assert.equal(server.control.asked.length, asked, 'nothing is asked in 40 s of the server');
  });

  it('ends with the page going back to the first screen', async () => {
    await page.locator('.brand').click();
    await part(page, 'drop-zone').waitFor();
    await pause(500);
    const asked = server.control.asked.length;
    await pause(2_500);
    assert.equal(server.control.asked.length, asked);
  });
});
