// How fast all pairs of many series are compared in the system's Chromium, beside our own native speed, in turn. Prints Markdown.
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, openTab } from '../../tests/e2e/browser.mjs';
import { serveFolder } from '../../tests/servers/static.mjs';

const REPETITIONS = Number(process.env.MONTEVERDI_REPETITIONS ?? 5);
const SERIES = 500;
const POINTS = 4096;
const STAGES = { segment_spectra_s: 'segment spectra', coherence_s: 'coherence', whitening_s: 'prewhitening', lags_s: 'lags' };

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>All pairs</title><link rel="icon" href="data:,">
<script type="module">
  import load, { AllPairs } from './all_pairs.js';
  await load();
  let all;
  const stages = {
    segment_spectra_s: () => all.transform(),
    coherence_s: () => all.coherence(),
    whitening_s: () => all.whiten(),
    lags_s: () => all.lags(),
  };
  window.begin = (series, points) => { all?.free(); all = new AllPairs(series, points); };
  window.run = (stage) => stages[stage]();
</script></html>`;

const folder = process.env.MONTEVERDI_PAIRS_PAGE;
await writeFile(join(folder, 'index.html'), PAGE);
const native = () => JSON.parse(execFileSync(process.env.MONTEVERDI_PAIRS, [String(SERIES), String(POINTS)], { encoding: 'utf8' }));
const server = await serveFolder(folder);
const browser = await launch();
const runs = { native: [], browser: [] };
try {
  const { context, page, watch } = await openTab(browser);
  await page.goto(`${server.origin}/`);
  await page.waitForFunction(() => window.begin);
  const tools = await context.newCDPSession(page);
  await tools.send('Performance.enable');
  const worked = async () => (await tools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ThreadTime').value;
  /** The sums that the stages find, and the processor's seconds that the page's thread works for each. */
  const measure = async () => {
    await page.evaluate(([series, points]) => window.begin(series, points), [SERIES, POINTS]);
    const found = { seconds: 0 };
    for (const stage of Object.keys(STAGES)) {
      const before = await worked();
      const sum = await page.evaluate((stage) => window.run(stage), stage);
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
