// How fast the built page is in the system's Chromium: first paint, drop to Report, radar redraw. Prints Markdown.
import { readFile, writeFile } from 'node:fs/promises';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, open, part, state } from './monteverdi.mjs';

const REPETITIONS = 5;
const REDRAWS = 60;
// Nobody chooses and drops a file sooner after the page is there.
const SETTLED_MS = 1500;

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
};

/** Milliseconds from the request to the first pixel with content, in a fresh profile. */
async function firstPaint(page) {
  return page.evaluate(
    () =>
      new Promise((done) => {
        new PerformanceObserver((list, observer) => {
          const entry = list.getEntriesByName('first-contentful-paint')[0];
          if (!entry) return;
          observer.disconnect();
          done(entry.startTime);
        }).observe({ type: 'paint', buffered: true });
      }),
  );
}

/** Milliseconds from the drop event to the complete Report on the page, measured inside the page. */
async function dropToReport(page, text) {
  return page.evaluate(
    (text) =>
      new Promise((done) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], 'load.csv', { type: 'text/csv' }));
        const started = performance.now();
        new MutationObserver((_, observer) => {
          if (document.body.dataset.state !== 'done') return;
          observer.disconnect();
          done(performance.now() - started);
        }).observe(document.body, { attributes: true, attributeFilter: ['data-state'] });
        const target = document.querySelector('[data-testid="drop-zone"]');
        for (const type of ['dragenter', 'dragover', 'drop']) {
          target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
        }
      }),
    text,
  );
}

/**
 * Milliseconds of main-thread work for one redraw of the radar: layout and painting, which the page marks as a measure.
 * The time cursor is moved by keyboard, once per frame.
 */
async function redraws(page) {
  await page.evaluate(() => performance.clearMeasures('monteverdi:radar'));
  await part(page, 'timeline').focus();
  for (let count = 0; count < REDRAWS; count += 1) {
    await page.keyboard.press('ArrowLeft');
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  const measured = await page.evaluate(() => performance.getEntriesByName('monteverdi:radar').map(({ duration }) => duration));
  if (measured.length < REDRAWS / 2) throw new Error(`only ${measured.length} redraws were seen`);
  return measured;
}

/** Opens the sector in which calm services are folded, by keyboard. */
async function openFold(page) {
  await part(page, 'radar').focus();
  for (let count = 0; count < 60; count += 1) {
    await page.keyboard.press('ArrowRight');
    if (/^\d+ (calm|more) services/.test(await part(page, 'status').innerText())) {
      await page.keyboard.press('Enter');
      return;
    }
  }
  throw new Error('the radar has no fold to open');
}

// Made by `cargo xtask bench`, for us and for the peers.
const text = await readFile(process.env.MONTEVERDI_LOAD, 'utf8');
const lines = text.trimEnd().split('\n');
const names = lines[0].split(',').slice(1);
const crowd = await readFile(process.env.MONTEVERDI_CROWD, 'utf8');
const services = new Set(crowd.split('\n', 1)[0].split(',').slice(1).map((name) => name.split('_')[0]));

const server = await serveFolder(DIST);
const browser = await launch();
const paints = [];
const loads = [];
const settledLoads = [];
let drawn = [];
let drawnWhole = [];
try {
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const { context, page } = await openTab(browser);
    await open(page, `${server.origin}/`);
    paints.push(await firstPaint(page));
    loads.push(await dropToReport(page, text));
    await state(page);
    await context.close();
    const settled = await openTab(browser);
    await open(settled.page, `${server.origin}/`);
    await settled.page.waitForTimeout(SETTLED_MS);
    settledLoads.push(await dropToReport(settled.page, text));
    await settled.context.close();
  }
  const { context, page } = await openTab(browser);
  await open(page, `${server.origin}/`);
  await dropToReport(page, crowd);
  await state(page);
  drawn = await redraws(page);
  await openFold(page);
  drawnWhole = await redraws(page);
  await context.close();
} finally {
  await browser.close();
  await server.stop();
}

// For the ratio to the peers, which another program takes.
if (process.env.MONTEVERDI_TIMINGS) await writeFile(process.env.MONTEVERDI_TIMINGS, `${JSON.stringify({ load_ms: loads })}\n`);

const shown = (values, digits) => values.map((value) => value.toFixed(digits)).join(', ');
console.log('| what | median | aim | each run |\n|---|---:|---:|---|');
console.log(`| first contentful paint from localhost | ${median(paints).toFixed(0)} ms | < 1000 ms | ${shown(paints, 0)} |`);
const drop = (when, values) =>
  console.log(
    `| drop of ${names.length} series × ${lines.length - 1} points (CSV) to the complete Report, ${when} ` +
      `| ${median(values).toFixed(0)} ms | < 2000 ms | ${shown(values, 0)} |`,
  );
drop('as soon as the page is there', loads);
drop(`when it has been open for ${SETTLED_MS / 1000} s`, settledLoads);
const redraw = (what, values) =>
  console.log(
    `| radar redraw with ${services.size} services, ${what} | ${median(values).toFixed(1)} ms | < 8 ms ` +
      `| 95 % under ${quantile(values, 0.95).toFixed(1)}, worst of ${values.length}: ${Math.max(...values).toFixed(1)} |`,
  );
redraw('the calm ones folded', drawn);
redraw('every one drawn', drawnWhole);
