// How the page bears a large file: its longest pauses while a worker reads, and how long reading takes. Prints Markdown.
// node reading.mjs [megabytes, 150 if not given]
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { writeLargeCsv } from './generate.mjs';
import { DIST, open, part, state } from './monteverdi.mjs';

const megabytes = Number(process.argv[2] ?? 150);
const folder = await mkdtemp(join(tmpdir(), 'monteverdi-reading-'));
const server = await serveFolder(DIST);
const browser = await launch();
try {
  const file = join(folder, 'large.csv');
  await writeLargeCsv(file, megabytes);
  const { page } = await openTab(browser);
  await open(page, `${server.origin}/`);
  await page.waitForTimeout(1_000);
  await page.evaluate(() => {
    window.__tasks = [];
    window.__gaps = [];
    window.__stages = [];
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) window.__tasks.push([startTime, duration]);
    }).observe({ type: 'longtask' });
    let last = performance.now();
    const beat = (now) => {
      window.__gaps.push([last, now - last]);
      last = now;
      requestAnimationFrame(beat);
    };
    requestAnimationFrame(beat);
    new MutationObserver(() => {
      const text = document.querySelector('.progress-stage')?.innerText ?? '';
      const stage = text.split(/[ ,]/, 1)[0];
      if (stage && window.__stages.at(-1)?.[1] !== stage) window.__stages.push([performance.now(), stage]);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await page.setInputFiles('[data-testid="file-input"]', file);
  await part(page, 'progress').waitFor();
  await state(page, 'done', 300_000);
  const { tasks, gaps, stages, end } = await page.evaluate(() => ({
    tasks: window.__tasks,
    gaps: window.__gaps,
    stages: window.__stages,
    end: performance.now(),
  }));
  const start = stages[0][0];
  const read = stages.find(([, stage]) => stage !== 'Reading')?.[0] ?? end;
  const longest = (list, from, to) => Math.max(0, ...list.filter(([at]) => at >= from && at < to).map(([, took]) => took));
  const { size } = await stat(file);
  console.log(`${(size / 1e6).toFixed(0)} MB of CSV\n`);
  console.log('| phase | s | longest task of the page over 50 ms | longest time between two frames |\n|---|---:|---:|---:|');
  for (const [phase, from, to] of [['reading', start - 500, read], ['handing over and analysis', read, end]]) {
    const row = [((to - Math.max(from, start)) / 1000).toFixed(1), longest(tasks, from, to).toFixed(0), longest(gaps, from, to).toFixed(0)];
    console.log(`| ${phase} | ${row[0]} | ${row[1]} ms | ${row[2]} ms |`);
  }
} finally {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
