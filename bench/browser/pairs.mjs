// How fast all pairs of many series are compared in the system's Chromium, beside our own native speed, in turn. Prints Markdown.
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { launch, openTab } from '../../tests/e2e/browser.mjs';
import { serveFolder } from '../../tests/servers/static.mjs';

const REPETITIONS = Number(process.env.MONTEVERDI_REPETITIONS ?? 5);
const SERIES = 500;
const POINTS = 4096;
const STAGES = { segment_spectra_s: 'segment spectra', coherence_s: 'coherence', whitening_s: 'prewhitening', lags_s: 'lags' };

// Some first series after the others, so that what is worked on stays in the cache, as the engine does it.
const WORK = `
  import load, { AllPairs } from './all_pairs.js';
  await load();
  let all;
  const ranges = (from, to, work) => {
    let sum = 0;
    for (let first = from; first < to; first += 16) sum += work(first, Math.min(first + 16, to));
    return sum;
  };
  const stages = {
    segment_spectra_s: () => all.transform(),
    coherence_s: (from, to) => ranges(from, to, (from, to) => all.coherence(from, to)),
    whitening_s: () => all.whiten(),
    lags_s: (from, to) => all.lags(from, to),
  };
  export const begin = (series, points) => { all?.free(); all = new AllPairs(series, points); };
  export const run = (stage, from, to) => stages[stage](from, to);
`;
const WORKER = `
  import { begin, run } from './work.js';
  onmessage = ({ data: { stages, series, points, from, to } }) => {
    if (points) begin(series, points);
    else for (const stage of stages) run(stage, from, to);
    postMessage(0);
  };
  postMessage(0);
`;
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>All pairs</title><link rel="icon" href="data:,">
<script type="module">
  import { begin, run } from './work.js';
  Object.assign(window, { begin, run });
  const answer = (worker) => new Promise((done, fail) => Object.assign(worker, { onmessage: done, onerror: fail }));
  /** The clock's seconds that workers take for all stages, each for its part of the first series. */
  window.shared = async (series, points, parts) => {
    const workers = parts.map(() => new Worker('./worker.js', { type: 'module' }));
    const ask = (messages) => Promise.all(workers.map((worker, place) => {
      const answered = answer(worker);
      worker.postMessage(messages[place]);
      return answered;
    }));
    await Promise.all(workers.map(answer));
    await ask(parts.map(() => ({ series, points })));
    const stages = ${JSON.stringify(Object.keys(STAGES))};
    const seconds = [];
    for (let repetition = 0; repetition < 4; repetition += 1) {
      const started = performance.now();
      await ask(parts.map(([from, to]) => ({ stages, from, to })));
      seconds.push((performance.now() - started) / 1000);
    }
    workers.forEach((worker) => worker.terminate());
    return Math.min(...seconds);
  };
</script></html>`;

const folder = process.env.MONTEVERDI_PAIRS_PAGE;
for (const [name, text] of Object.entries({ 'index.html': PAGE, 'work.js': WORK, 'worker.js': WORKER })) {
  await writeFile(join(folder, name), text);
}
const native = () => JSON.parse(execFileSync(process.env.MONTEVERDI_PAIRS, [String(SERIES), String(POINTS)], { encoding: 'utf8' }));
const server = await serveFolder(folder);
const browser = await launch();
const runs = { native: [], browser: [] };
// The second part has as many pairs as the first: Σ (n − i) over i < c is half of all at c = n (1 − 1/√2).
const middle = Math.round(SERIES * (1 - Math.SQRT1_2));
const workers = {};
try {
  const { context, page, watch } = await openTab(browser);
  await page.goto(`${server.origin}/`);
  await page.waitForFunction(() => window.shared);
  const tools = await context.newCDPSession(page);
  await tools.send('Performance.enable');
  const worked = async () => (await tools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ThreadTime').value;
  /** The sums that the stages find, and the processor's seconds that the page's thread works for each. */
  const measure = async () => {
    await page.evaluate(([series, points]) => window.begin(series, points), [SERIES, POINTS]);
    const found = { seconds: 0 };
    for (const stage of Object.keys(STAGES)) {
      const before = await worked();
      const sum = await page.evaluate(([stage, series]) => window.run(stage, 0, series), [stage, SERIES]);
      found[stage] = (await worked()) - before;
      found.seconds += found[stage];
      if (stage === 'coherence_s') found.coherence = sum;
      if (stage === 'lags_s') found.correlation = sum;
    }
    return found;
  };
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    runs.native.push(native());
    runs.browser.push(await measure());
  }
  const share = (parts) => page.evaluate(([series, points, parts]) => window.shared(series, points, parts), [SERIES, POINTS, parts]);
  workers.one = await share([[0, SERIES]]);
  workers.two = await share([[0, middle], [middle, SERIES]]);
  const faults = watch.faults(server.origin);
  if (faults.length) throw new Error(faults.join('\n'));
  await context.close();
} finally {
  await browser.close();
  await server.stop();
}
for (const [field, tolerance] of [['coherence', 1e-9], ['correlation', 1e-5]]) {
  const [ours, theirs] = [runs.browser[0][field], runs.native[0][field]];
  if (Math.abs(ours / theirs - 1) > tolerance) throw new Error(`${field} is ${ours} in the browser, ${theirs} natively`);
}
const fastest = (key, stage) => Math.min(...runs[key].map((run) => run[stage]));
console.log(`${SERIES} series × ${POINTS} points, ${REPETITIONS} runs in turn, the same sums; the processor's time of one thread, the fastest of`);
console.log('each stage.\n');
console.log('| stage | native | Chromium | Chromium, of native speed | aim |\n|---|---:|---:|---:|---:|');
for (const [stage, name] of [...Object.entries(STAGES), ['seconds', 'all']]) {
  const [here, there] = [fastest('native', stage), fastest('browser', stage)];
  const aim = stage === 'seconds' ? 'at least 60 %' : '';
  console.log(`| ${name} | ${here.toFixed(3)} s | ${there.toFixed(3)} s | ${((100 * here) / there).toFixed(0)} % | ${aim} |`);
}
console.log(
  `\nShared by two workers on ${cpus().length} processors: ${workers.two.toFixed(2)} s instead of ${workers.one.toFixed(2)} s by one ` +
    `(the clock's, the fastest of 4), ${(workers.one / workers.two).toFixed(2)} times as fast. Each needs all spectra and prewhitened series.`,
);
