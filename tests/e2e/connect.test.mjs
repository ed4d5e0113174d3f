// Connecting to a server that wants to know who asks: what is typed stays in memory.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { FAULTS, startFaults } from '../servers/faults.mjs';
import { startPrometheus } from '../servers/prometheus.mjs';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, cli, findings, open, part, sample, state } from './monteverdi.mjs';
import { endingNow } from './now.mjs';

const USER = 'monica-7f3a';
const PASSWORD = 'hunter2-9c41';
const TENANT = 'tenant-b8d2';
const SECRETS = [PASSWORD, TENANT, Buffer.from(`${USER}:${PASSWORD}`).toString('base64')];

describe('a server that wants to know who asks', { timeout: 300_000 }, () => {
  let prometheus;
  let guarded;
  let server;
  let browser;
  let tab;
  before(async () => {
    const { path } = await sample(/cascade/);
    const { text } = withRequests(endingNow(await cli('convert', path, '--to', 'openmetrics')));
    prometheus = await startPrometheus(text);
    guarded = await startFaults(prometheus.url);
    // A gateway that answers OPTIONS before it asks for a password, as ours in the ways out do.
    guarded.set(FAULTS.gateway(`Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`, TENANT));
    server = await serveFolder(DIST);
    browser = await launch();
    tab = await openTab(browser);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await guarded?.stop();
    await prometheus?.stop();
  });

  it('is read once that is said, and nowhere is it kept', async () => {
    const { page, context, watch } = tab;
    await open(page, `${server.origin}/`);
    await part(page, 'source-input').fill(guarded.url);
    await part(page, 'source-submit').click();
    await page.waitForURL(/\/live\.html/);
    await state(page, 'error');
    await page.locator('[data-testid="diagnosis"][data-trouble="unauthorized"]').waitFor();
    await part(page, 'access-user').fill(USER);
    await part(page, 'access-secret').fill(PASSWORD);
    await part(page, 'access-headers').fill(`X-Scope-OrgID: ${TENANT}`);
    await part(page, 'access-use').click();
    await state(page);
    assert.ok((await findings(page)).length > 0);

    // What is asked, and asked again with another range.
    await part(page, 'asked').click();
    await part(page, 'connect-range').selectOption('6h');
    await part(page, 'pack-red').check();
    await part(page, 'connect-queries').fill('sum(up)');
    await part(page, 'connect-queries').blur();
    const plan = part(page, 'connect-plan').filter({ hasText: 'sum(up)' });
    await plan.waitFor({ state: 'attached' });
    assert.match(await plan.textContent(), /http_requests_total[^]*your own expression[^]*sum\(up\)/);
    assert.match(await part(page, 'connect-estimate').innerText(), /About \d+ (of \d+ )?series, \d+ samples/);
    await part(page, 'connect-verdicts').getByText('sum(up) gives').waitFor();
    await page.locator('[data-testid="connect-analyse"]:enabled').click();
    await state(page);

    const exports = [];
    for (const id of ['export-json', 'export-markdown']) {
      const saved = page.waitForEvent('download');
      await part(page, 'export').click();
      await part(page, id).click();
      exports.push(await readFile(await (await saved).path(), 'utf8'));
    }
    assert.ok(exports.every((text) => text.length > 100));
    await page.waitForTimeout(300);

    const kept = JSON.stringify(await page.evaluate(everythingKept));
    const cookies = JSON.stringify(await context.cookies());
    const everything = [kept, cookies, page.url(), ...exports, ...watch.requests, ...watch.errors].join('\n');
    assert.ok(everything.includes(guarded.url), 'the server itself is named');
    for (const secret of SECRETS) assert.ok(!everything.includes(secret), `${secret} is kept somewhere`);
    assert.ok(!guarded.requests.some((line) => SECRETS.some((secret) => line.includes(secret))), 'nor in an address');

    // The console says of each 401 that it was one.
    watch.errors = watch.errors.filter((text) => !/401/.test(text));
    assert.deepEqual(watch.faults(server.origin, guarded.url), []);
  });

  it('forgets it with the page', async () => {
    const { page } = tab;
    await page.reload();
    await state(page, 'error');
    await page.locator('[data-testid="diagnosis"][data-trouble="unauthorized"]').waitFor();
    assert.equal(await part(page, 'access-secret').inputValue(), '');
  });
});

/** The same, and a service that counts its requests by a name that a pack knows. */
function withRequests({ text }) {
  const lines = ['# TYPE http_requests counter'];
  const now = Math.floor(Date.now() / 1000);
  for (const code of ['200', '500']) {
    for (let second = -3600; second <= 0; second += 15) {
      lines.push(`http_requests_total{job="shop",code="${code}"} ${(second + 3600) * (code === '200' ? 4 : 0.1)} ${now + second}`);
    }
  }
  return { text: text.replace(/# EOF\s*$/, `${lines.join('\n')}\n# EOF\n`) };
}

/** All that a page can leave behind, as far as a page can see it. */
async function everythingKept() {
  const kept = { local: { ...localStorage }, session: { ...sessionStorage }, history: history.state, address: location.href };
  kept.caches = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) kept.caches.push(name, request.url);
  }
  kept.databases = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done, fail) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => done(opening.result);
      opening.onerror = () => fail(opening.error);
    });
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll();
      kept.databases.push(name, store, await new Promise((done) => (all.onsuccess = () => done(all.result))));
    }
    database.close();
  }
  return kept;
}
