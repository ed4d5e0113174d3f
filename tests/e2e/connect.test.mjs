// Connecting to servers: what is typed to say who asks stays in memory and goes to the one server that it is for, several
// servers are asked at once, and what is handed out to put in front of one does what it says.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { FAULTS, startFaults } from '../servers/faults.mjs';
import { startCaddy, startNginx } from '../servers/gateway.mjs';
import { startPrometheus } from '../servers/prometheus.mjs';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, cli, findings, part, paste, sample, state } from './monteverdi.mjs';
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
    await paste(page, server.origin, guarded.url);
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

describe('two servers', { timeout: 300_000 }, () => {
  let prometheus;
  let plain;
  let guarded;
  let server;
  let browser;
  let tab;
  const authorization = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
  const link = (...servers) => `${server.origin}/live.html#${servers.map((one) => `source=${one}`).join('&')}`;
  /** The servers that the page's address names. */
  const named = (address) => new URLSearchParams(new URL(address).hash.slice(1)).getAll('source');
  const show = async () => {
    await part(tab.page, 'asked').click();
    await tab.page.locator('[data-testid="connect"][open]').waitFor();
    return tab.page.getByTestId('connect-row');
  };
  before(async () => {
    const { path } = await sample(/cascade/);
    const { text } = withRequests(endingNow(await cli('convert', path, '--to', 'openmetrics')));
    prometheus = await startPrometheus(text);
    [plain, guarded] = [await startFaults(prometheus.url), await startFaults(prometheus.url)];
    guarded.set(FAULTS.gateway(authorization, TENANT));
    server = await serveFolder(DIST);
    browser = await launch();
    tab = await openTab(browser);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await guarded?.stop();
    await plain?.stop();
    await prometheus?.stop();
  });

  it('are added, and each is told only who asks of it', async () => {
    const { page, context } = tab;
    const told = [];
    context.on('request', (request) => {
      if (request.headers().authorization) told.push(new URL(request.url()).origin);
    });
    await page.goto(link(plain.url));
    await state(page);
    await show();
    await part(page, 'pack-red').check();
    await part(page, 'connect-more').click();
    await part(page, 'connect-add').fill('no address');
    await part(page, 'connect-add').press('Enter');
    assert.equal(await part(page, 'connect-add').evaluate((field) => field.validity.valid), false);
    await part(page, 'connect-add').fill(`${guarded.url}/graph?g0.expr=up`);
    await part(page, 'connect-add').press('Enter');
    await page.waitForURL((address) => named(address).length === 2);
    assert.deepEqual(named(page.url()), [plain.url, guarded.url]);
    await state(page);

    const rows = await show();
    assert.equal(await rows.count(), 2);
    assert.ok(await part(page, 'pack-red').isChecked(), 'what was chosen before is chosen still');
    const [first, second] = [rows.nth(0), rows.nth(1)];
    await page.locator('[data-testid="connect-row"][data-trouble="connected"]').waitFor();
    await page.locator('[data-testid="connect-row"][data-trouble="unauthorized"]').waitFor();
    assert.match(await first.getByTestId('connect-server').innerText(), /Prometheus/);
    await part(page, 'connect-estimate').getByText('1 of 2 servers cannot be read').waitFor();
    assert.ok(await part(page, 'connect-analyse').isEnabled(), 'the other one can be read');

    await second.getByTestId('access-user').fill(USER);
    await second.getByTestId('access-secret').fill(PASSWORD);
    await second.getByTestId('access-headers').fill(`X-Scope-OrgID: ${TENANT}`);
    await second.getByTestId('access-use').click();
    await page.locator('[data-testid="connect-row"][data-trouble="connected"]').nth(1).waitFor();
    await part(page, 'connect-packs').getByText('2 + 2 series').waitFor();
    await part(page, 'connect-queries').fill('sum(up)\nsum(up');
    await part(page, 'connect-queries').blur();
    const verdicts = part(page, 'connect-verdicts');
    await verdicts.getByText(/sum\(up\) gives \d+ \+ \d+ series/).waitFor();
    // What both say stands there once.
    await verdicts.getByText('parse error').waitFor();
    assert.equal(await verdicts.getByText('parse error').count(), 1);
    await part(page, 'connect-queries').fill('');
    await part(page, 'connect-queries').blur();
    await page.locator('[data-testid="connect-analyse"]:enabled').click();
    await state(page);
    // Both are read.
    await page.locator('header').getByText(`${plain.url}, ${guarded.url}`).first().waitFor();
    assert.ok(told.includes(guarded.url), 'the one that wants to know is told');
    assert.deepEqual([...new Set(told)], [guarded.url], 'and no other');
    assert.ok(!SECRETS.some((secret) => page.url().includes(secret)));
  });

  it('do without one that cannot be read, and without one that is removed, which the page then cannot reach', async () => {
    const { page, watch } = tab;
    await page.goto('about:blank');
    await page.goto(link(plain.url, guarded.url));
    await state(page);
    await part(page, 'data-notes').click();
    await page.getByText(`Nothing of ${guarded.url} is here`).first().waitFor();
    const rows = await show();
    await rows.nth(1).getByTestId('connect-remove').click();
    await page.waitForURL((address) => named(address).length === 1);
    assert.deepEqual(named(page.url()), [plain.url]);
    await state(page);
    watch.violations.length = 0;
    const answer = await page.evaluate((url) => fetch(`${url}/api/v1/query?query=1`).then(() => 'read', () => 'refused'), guarded.url);
    assert.equal(answer, 'refused');
    assert.ok(watch.violations.length > 0, 'by the policy of the page');
  });

  it('have an Alertmanager beside them, which the page may reach once it is named', async () => {
    const { page } = tab;
    await page.goto('about:blank');
    await page.goto(link(plain.url));
    await state(page);
    await show();
    await part(page, 'connect-more').click();
    await part(page, 'connect-alertmanager').fill(`${guarded.url}/`);
    await part(page, 'connect-alertmanager').press('Enter');
    const asks = (address) => new URLSearchParams(new URL(address).hash.slice(1)).getAll('ask');
    await page.waitForURL((address) => asks(address).length === 1);
    assert.deepEqual(asks(page.url()), [`alertmanager=${guarded.url}`]);
    await state(page);
    const asked = guarded.requests.length;
    await page.evaluate((url) => fetch(`${url}/api/v2/alerts`).catch(() => {}), guarded.url);
    assert.ok(guarded.requests.length > asked, 'the policy lets it through');
    await show();
    await part(page, 'connect-more').click();
    assert.equal(await part(page, 'connect-alertmanager').inputValue(), guarded.url);
  });
});

describe('a Prometheus that wants a password of the preflight, too', { timeout: 300_000 }, () => {
  /** What the hash says is the password. */
  const guard = {
    user: 'duke',
    hash: '$2b$04$abcdefghijklmnopqrstuuN0hTgrtdLZquBjJvYXp.IbiTh5vktUK',
    authorization: `Basic ${Buffer.from('duke:duke-5d21').toString('base64')}`,
  };
  let prometheus;
  let server;
  let browser;
  before(async () => {
    const { path } = await sample(/cascade/);
    prometheus = await startPrometheus(endingNow(await cli('convert', path, '--to', 'openmetrics')).text, {}, [], guard);
    server = await serveFolder(DIST);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await prometheus?.stop();
  });

  const signIn = async (page) => {
    const details = page.getByTestId('diagnosis').getByText('Who asks: user, token, headers');
    if (await details.count()) await details.click();
    await part(page, 'access-user').fill(guard.user);
    await part(page, 'access-secret').fill('duke-5d21');
    await part(page, 'access-headers').fill('X-Trace-Of-Mine: 1');
    await part(page, 'access-use').click();
  };

  for (const [program, start, title] of [
    ['nginx', startNginx, /^nginx/],
    ['Caddy', startCaddy, /Caddy/],
  ]) {
    it(`is read through ${program}, set up as the page says`, async () => {
      const { page, watch, context } = await openTab(browser);
      let gateway;
      try {
        await page.goto(`${server.origin}/live.html#source=${prometheus.url}`);
        await page.locator('[data-testid="diagnosis"][data-trouble="cors"]').waitFor();
        await signIn(page);
        await page.locator('[data-testid="diagnosis"][data-trouble="preflight"]').waitFor();
        const ways = page.getByTestId('diagnosis').getByTestId('ways-out');
        const way = ways.locator('li').filter({ has: page.locator('summary', { hasText: title }) });
        gateway = await start(await way.locator('pre').textContent());

        const preflight = await fetch(`${gateway.url}/api/v1/query`, {
          method: 'OPTIONS',
          headers: { Origin: server.origin, 'Access-Control-Request-Headers': 'authorization' },
        });
        assert.equal(preflight.status, 204);
        assert.equal(preflight.headers.get('access-control-allow-origin'), server.origin);

        await page.goto('about:blank');
        watch.requests.length = watch.errors.length = 0;
        await page.goto(`${server.origin}/live.html#source=${gateway.url}`);
        // The refusal can be read now, so that the page knows what is missing.
        await page.locator('[data-testid="diagnosis"][data-trouble="unauthorized"]').waitFor();
        await signIn(page);
        await state(page);
        assert.ok((await findings(page)).length > 0);
        watch.errors = watch.errors.filter((text) => !/401/.test(text));
        assert.deepEqual(watch.faults(server.origin, gateway.url), []);
      } finally {
        await context.close();
        await gateway?.stop();
      }
    });
  }
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
