// A real Prometheus behind a server that does what networks and gateways do: each fault has its own words, in the page
// and on the command line, nothing that was shown is lost, and no request is repeated for ever.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { FAULTS, startFaults } from '../servers/faults.mjs';
import { freePort } from '../servers/process.mjs';
import { startPrometheus } from '../servers/prometheus.mjs';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { CLI, DIST, SAME, above, cli, difference, findings, open, part, report, sample, state } from './monteverdi.mjs';
import { endingNow } from './now.mjs';

/** More than any plan for this server needs, with all of its repetitions and the diagnosis. */
const MOST_REQUESTS = 60;

let prometheus;
let faults;
let clean;

describe('a server with faults', { timeout: 600_000 }, () => {
  before(async () => {
    const { path } = await sample(/cascade/);
    const { text } = endingNow(await cli('convert', path, '--to', 'openmetrics'));
    prometheus = await startPrometheus(text);
    faults = await startFaults(prometheus.url);
    clean = await report('--prometheus', faults.url);
    assert.ok(above(clean).length > 0, 'the incident has something to find');
  });
  after(async () => {
    await faults?.stop();
    await prometheus?.stop();
  });

  /** Faults after which there is no answer: what the command line says, what the page finds, and what it says. */
  const FATAL = [
    ['a body that is cut', FAULTS.cutBody(), /broke off before its end/, 'refused', /broke off before its end/],
    ['400', FAULTS.status(400), /does not accept the query/, 'refused', /does not accept the query/],
    ['401', FAULTS.status(401), /wants to know who asks \(401\)/, 'unauthorized', /wants to know who asks[^]*401/],
    ['403', FAULTS.status(403), /refuses access \(403/, 'forbidden', /refuses access[^]*403/],
    ['404', FAULTS.status(404), /no Prometheus API at/, 'not-found', /no Prometheus API there[^]*404/],
    ['422', FAULTS.status(422), /cannot carry out/, 'refused', /cannot carry out[^]*duplicate series/],
    ['429 again and again', FAULTS.status(429), /left alone for a while \(429\); it may be asked again in 1 s/, 'refused', /429/],
    ['500', FAULTS.status(500), /failed \(500: opening storage failed\)/, 'refused', /\(500: opening storage failed\)/],
    ['502', FAULTS.status(502), /failed \(502: "502 Bad Gateway"\)/, 'refused', /\(502: "502 Bad Gateway"\)/],
    ['503', FAULTS.status(503), /failed \(503: shutting down\)/, 'refused', /\(503: shutting down\)/],
    ['a login page', FAULTS.html(), /web page instead of data: "Sign in - Example"/, 'wrong-path', /a login page[^]*Sign in - Example/],
    ['an empty head', FAULTS.empty(), /has no samples/, 'connected', /has no samples/],
  ];

  /** Faults that leave something to analyse: which notes they leave, and whether the findings are the same. */
  const BEARABLE = [
    ['one 429 with Retry-After', FAULTS.status(429), { times: 1 }, null, true],
    ['one 503', FAULTS.status(503), { times: 1 }, null, true],
    ['slow headers', FAULTS.slowHeaders(700), {}, null, true],
    ['a slow body', FAULTS.slowBody(700), {}, null, true],
    ['NaN and Inf', FAULTS.nanAndInf(), {}, 'infinite', false],
    ['duplicate samples', FAULTS.duplicates(), {}, null, true],
    ['samples out of order', FAULTS.outOfOrder(), {}, null, true],
    ['series that vanish and return', FAULTS.vanishing(), {}, missesSamples, false],
    ['warnings', FAULTS.warnings('found no such thing'), {}, /The server says: found no such thing/, true],
    ['a partial answer', FAULTS.warnings('No StoreAPIs matched for this query'), {}, /No StoreAPIs matched/, true],
    ['a clock that is behind', FAULTS.skew(-3_600_000), {}, /6\d min older than the end[^]*clock is behind/, false],
    ['an answer for other origins only', FAULTS.wrongCors(), {}, null, true],
  ];

  describe('on the command line', () => {
    for (const [name, fault, words] of FATAL) {
      it(`says what it is: ${name}`, async () => {
        const { said, asked } = await failing(fault);
        assert.match(said, words);
        assert.ok(asked <= MOST_REQUESTS, `${asked} requests`);
      });
    }

    for (const [name, fault, options, note, isSame] of BEARABLE) {
      it(`goes on with ${name}`, async () => {
        const before = faults.requests.length;
        faults.set(fault, options);
        const live = await report('--prometheus', faults.url).finally(() => faults.set());
        assert.ok(live.series.length > 0);
        if (isSame) assert.equal(difference(above(live), above(clean), SAME), null);
        if (typeof note === 'function') assert.ok(note(live));
        else if (note) assert.ok(live.dataset.notes.some(matches(note)), JSON.stringify(live.dataset.notes));
        assert.ok(faults.requests.length - before <= MOST_REQUESTS);
      });
    }

    it('says that nobody listens', async () => {
      const { said } = await run('analyze', '--prometheus', `http://127.0.0.1:${await freePort()}`);
      assert.match(said, /could not be reached/);
    });

    it('takes a password where one is wanted', async () => {
      faults.set(FAULTS.password('Bearer sesame'));
      try {
        const without = await run('analyze', '--prometheus', faults.url);
        assert.match(without.said, /wants to know who asks \(401\)/);
        const live = await report('--prometheus', faults.url, '--header', 'Authorization: Bearer sesame');
        assert.equal(difference(above(live), above(clean), SAME), null);
      } finally {
        faults.set();
      }
    });
  });

  describe('in the page', () => {
    let server;
    let browser;
    let tab;
    before(async () => {
      server = await serveFolder(DIST);
      browser = await launch();
      tab = await openTab(browser);
      await load(tab.page);
      await state(tab.page);
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
    });

    const load = async (page, url = faults.url) => {
      // From elsewhere, so that it is a new page even if the address is the same.
      await page.goto('about:blank');
      await page.goto(`${server.origin}/live.html#source=${encodeURIComponent(url)}`);
    };

    for (const [name, fault, , trouble, words] of FATAL) {
      it(`says what it is, and keeps what was there: ${name}`, async () => {
        const { page } = tab;
        await state(page);
        const shown = await findings(page);
        await part(page, 'asked').click();
        await page.locator('[data-testid="connect-analyse"]:enabled').waitFor();
        faults.set(fault);
        const before = faults.requests.length;
        try {
          await part(page, 'connect-analyse').click();
          await state(page, 'error');
          await page.locator(`[data-testid="diagnosis"][data-trouble="${trouble}"]`).waitFor();
          assert.match(await part(page, 'error').innerText(), words);
          assert.deepEqual(await findings(page), shown, 'what was found before is still there');
          await page.waitForTimeout(300);
          assert.ok(faults.requests.length - before <= MOST_REQUESTS, `${faults.requests.length - before} requests`);
        } finally {
          faults.set();
        }
        await part(page, 'error').getByRole('button', { name: 'Try again' }).last().click();
        await state(page);
        assert.equal(difference(await findings(page), shown, SAME), null);
      });
    }

    for (const [name, fault, options, note, isSame] of BEARABLE.filter(([name]) => !/origins/.test(name))) {
      it(`bears it, and says so: ${name}`, async () => {
        const { page } = tab;
        faults.set(fault, options);
        try {
          await load(page);
          await state(page);
          if (isSame) assert.equal(difference(await findings(page), above(clean), SAME), null);
          if (note instanceof RegExp) {
            await part(page, 'data-notes').click();
            assert.match(await page.locator('body').innerText(), note);
          }
        } finally {
          faults.set();
        }
      });
    }

    it('tells a server that may not be read from one that is not there', async () => {
      const { page } = tab;
      faults.set(FAULTS.wrongCors());
      await load(page);
      await state(page, 'error');
      await page.locator('[data-testid="diagnosis"][data-trouble="cors"]').waitFor();
      assert.match(await part(page, 'error').innerText(), /answers, but this page may not read it[^]*--web\.cors\.origin=/);
      assert.match(await part(page, 'ways-out').locator('pre').nth(1).textContent(), /return 204;[^]*proxy_pass/);
      faults.set();

      const nobody = `http://127.0.0.1:${await freePort()}`;
      await load(page, nobody);
      await state(page, 'error');
      await page.locator('[data-testid="diagnosis"][data-trouble="not-reachable"]').waitFor();
      assert.match(await part(page, 'error').innerText(), /Nobody answers at 127\.0\.0\.1:/);
    });

    it('tells a refused preflight, once there is a password to send', async () => {
      const { page } = tab;
      faults.set(FAULTS.password(`Basic ${Buffer.from('monica:hunter2').toString('base64')}`));
      try {
        await load(page);
        await state(page, 'error');
        await page.locator('[data-testid="diagnosis"][data-trouble="cors"]').waitFor();
        await part(page, 'error').locator('.connect-access > summary').click();
        await part(page, 'access-user').fill('monica');
        await part(page, 'access-secret').fill('hunter2');
        await part(page, 'access-use').click();
        await page.locator('[data-testid="diagnosis"][data-trouble="preflight"]').waitFor();
        assert.match(await part(page, 'error').innerText(), /refuses the browser's question[^]*OPTIONS/);
      } finally {
        faults.set();
      }
    });

    it('says by how much the clocks differ', async () => {
      const { page } = tab;
      faults.set(FAULTS.skew(600_000));
      try {
        await load(page);
        await state(page);
        await part(page, 'asked').click();
        await part(page, 'connect-server').waitFor();
        assert.match(await part(page, 'connect-server').innerText(), /Prometheus 2[^]*clock is (9|10) min ahead of/);
      } finally {
        faults.set();
      }
    });

    it('shows an error in a query where the server says it is', async () => {
      const { page } = tab;
      await load(page);
      await state(page);
      await part(page, 'asked').click();
      await part(page, 'connect-queries').fill('sum(up\nup by (job)');
      await part(page, 'connect-queries').blur();
      const wrong = part(page, 'connect-verdicts').locator('.is-wrong');
      await wrong.nth(1).waitFor();
      const [marked] = await wrong.locator('pre').allTextContents();
      assert.match(marked, /^sum\(up\n {3,6}\^$/);
      assert.match(await wrong.first().innerText(), /unclosed left parenthesis/);
    });
  });

  describe('that never comes to an end', { concurrency: true }, () => {
    /** Longer than anybody's patience. */
    const FOREVER = 200_000;
    let never;
    let neverWhole;
    before(async () => {
      never = await startFaults(prometheus.url);
      never.set(FAULTS.slowHeaders(FOREVER));
      neverWhole = await startFaults(prometheus.url);
      neverWhole.set(FAULTS.slowBody(FOREVER));
    });
    after(async () => {
      await never?.stop();
      await neverWhole?.stop();
    });

    it('gives up on the command line, before the answer and within it', async () => {
      const [before, within] = await Promise.all([
        run('analyze', '--prometheus', never.url, '--timeout', '5'),
        run('analyze', '--prometheus', neverWhole.url, '--timeout', '5'),
      ]);
      assert.match(before.said, /did not answer in time/);
      assert.match(within.said, /broke off before its end \(it was not complete after 5 s\)/);
      assert.ok(never.requests.length <= 4 && neverWhole.requests.length <= 6);
    });

    it('gives up in the page, before the answer and within it', async () => {
      const server = await serveFolder(DIST);
      const browser = await launch();
      const gives = async (faulty, trouble, words) => {
        const { page } = await openTab(browser);
        await open(page, `${server.origin}/live.html#source=${encodeURIComponent(faulty.url)}`);
        await state(page, 'error', 100_000);
        await page.locator(`[data-testid="diagnosis"][data-trouble="${trouble}"]`).waitFor({ timeout: 60_000 });
        assert.match(await part(page, 'error').innerText(), words);
      };
      try {
        await Promise.all([
          gives(never, 'timed-out', /does not answer in time/),
          gives(neverWhole, 'refused', /broke off before its end \(it was not complete after 15 s\)/),
        ]);
      } finally {
        await browser.close();
        await server.stop();
      }
    });
  });
});

/** Whether series have holes, and the others have not. */
function missesSamples({ series }) {
  const holes = series.filter(({ missing }) => missing >= 20).length;
  return holes > 0 && holes < series.length;
}

const matches = (wanted) => (note) => (wanted instanceof RegExp ? wanted.test(note.message) : note.kind === wanted);

/** What the command line says of a server with this fault, and how often it asked. */
async function failing(fault) {
  const before = faults.requests.length;
  faults.set(fault);
  try {
    const { said } = await run('analyze', '--prometheus', faults.url);
    return { said, asked: faults.requests.length - before };
  } finally {
    faults.set();
  }
}

/** Runs the command line program, which must fail; what it says. */
function run(...parameters) {
  return new Promise((done, fail) => {
    execFile(CLI, parameters, (error, _, said) => {
      if (error) done({ said });
      else fail(new Error(`it did not fail: ${parameters.join(' ')}`));
    });
  });
}
