// How long a large table takes in the page, and how much memory its programs take: from the file that is chosen to the complete
// Report. Prints Markdown.
// node large.mjs FILE
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, open, state } from './monteverdi.mjs';

const REPETITIONS = Number(process.env.MONTEVERDI_REPETITIONS ?? 3);
const file = process.argv[2];
const TIMEOUT = { timeout: 600_000 };

/** How many series and rows a wide table has. */
async function extent() {
  let [series, rows] = [0, -1];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (rows < 0) series = line.split(',').length - 1;
    rows += 1;
  }
  return { series, rows };
}

const server = await serveFolder(DIST);
const browser = await launch();
const runs = [];
try {
  const tools = await browser.newBrowserCDPSession();
  /** The processor's seconds and the resident bytes of all programs of tabs. */
  const used = async () => {
    const { processInfo } = await tools.send('SystemInfo.getProcessInfo');
    const tabs = processInfo.filter(({ type }) => type === 'renderer');
    let bytes = 0;
    for (const { id } of tabs) {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      bytes += 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    }
    return { bytes, seconds: tabs.reduce((sum, { cpuTime }) => sum + cpuTime, 0) };
  };
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const { context, page } = await openTab(browser);
    await open(page, `${server.origin}/`);
    await page.waitForTimeout(2_000);
    const before = await used();
    const run = { peak: before.bytes };
    const watch = setInterval(async () => {
      run.peak = Math.max(run.peak, (await used().catch(() => before)).bytes);
    }, 250);
    const started = performance.now();
    await page.setInputFiles('[data-testid="file-input"]', file);
    await page.waitForFunction(() => document.body.dataset.state === 'done', undefined, TIMEOUT);
    run.wall = (performance.now() - started) / 1000;
    clearInterval(watch);
    await state(page);
    run.worked = (await used()).seconds - before.seconds;
    run.grown = run.peak - before.bytes;
    runs.push(run);
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}

const { series, rows } = await extent();
const data = 8 * series * rows;
const shown = (values, digits) => values.map((value) => value.toFixed(digits)).join(', ');
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const of = (what) => runs.map((run) => run[what]);
console.log(`${series} series × ${rows} points (CSV), ${(data / 1e6).toFixed(0)} MB of numbers; one program reads, one analyses.\n`);
console.log('| what | median | aim | each run |\n|---|---:|---:|---|');
console.log(`| choosing the file to the complete Report | ${median(of('wall')).toFixed(1)} s | ≤ 20 s | ${shown(of('wall'), 1)} |`);
console.log(`| the processor's time of all the tab's programs | ${median(of('worked')).toFixed(1)} s | | ${shown(of('worked'), 1)} |`);
const shares = of('grown').map((bytes) => bytes / data);
console.log(
  `| most memory beyond that of the page before, of the data | ${median(shares).toFixed(1)} × | ≤ 3 × | ${shown(shares, 1)} |`,
);
