// How long a large table takes in the page, and how much memory: from the file that is chosen to the complete Report. Prints
// Markdown.
// node large.mjs FILE
import { readFile, stat } from 'node:fs/promises';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, open, part } from './monteverdi.mjs';

const file = process.argv[2];
const TIMEOUT = { timeout: 600_000 };
const server = await serveFolder(DIST);
const browser = await launch();
try {
  const tools = await browser.newBrowserCDPSession();
  const renderers = async () => {
    const { processInfo } = await tools.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer');
  };
  const worked = async () => (await renderers()).reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  const resident = async () => {
    let sum = 0;
    for (const { id } of await renderers()) {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      sum += 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    }
    return sum;
  };
  const { page } = await openTab(browser);
  await open(page, `${server.origin}/`);
  const [before, idle] = [await worked(), await resident()];
  const started = performance.now();
  let peak = 0;
  const watching = setInterval(async () => { peak = Math.max(peak, await resident()); }, 200);
  const steps = [];
  await page.evaluate(() => {
    window.heard = [];
    const begun = performance.now();
    new MutationObserver(() => window.heard.push([performance.now() - begun, document.body.dataset.state])).observe(document.body, {
      attributes: true,
      attributeFilter: ['data-state'],
    });
  });
  await page.setInputFiles('[data-testid="file-input"]', file);
  await page.waitForFunction(() => document.body.dataset.state === 'done', undefined, TIMEOUT);
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watching);
  console.log(await page.evaluate(() => window.heard));
  console.log({ seconds, processor: (await worked()) - before, idle: idle / 1e6, peak: peak / 1e6, after: (await resident()) / 1e6, bytes: (await stat(file)).size });
} finally {
  await browser.close();
  await server.stop();
}
