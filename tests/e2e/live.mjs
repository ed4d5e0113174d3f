// What an update of live data costs in Chromium, at several lengths of history. Prints Markdown.
import { setTimeout as pause } from 'node:timers/promises';
import { startLive } from '../servers/live.mjs';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, part, paste, state } from './monteverdi.mjs';
import { hasten } from './now.mjs';

/** The page explores up to 200 series of a server; as many again and more come while it asks for their samples. */
const SERIES = 500;
const ANNOUNCED = 200;
const INTERVAL = 15_000;
const POLLS = Number(process.env.MONTEVERDI_POLLS ?? 40);
/** Time runs so much faster for server and worker. */
const SPEED = 15;

const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
};

/** The costs of so many polls, and of the steps towards data sets meanwhile. */
async function measure(browser, site, points) {
  const server = await startLive({ series: SERIES, announced: ANNOUNCED, interval: INTERVAL, history: points * INTERVAL, speed: SPEED });
  const { page } = await openTab(browser);
  try {
    await paste(page, site.origin, server.url);
    await state(page);
    await hasten(page, SPEED);
    const entries = async (name) => {
      const all = await Promise.all(
        page.workers().map((worker) =>
          worker.evaluate((name) => performance.getEntriesByName(name).map(({ startTime, duration }) => [startTime, duration]), name),
        ),
      );
      return all.flat();
    };
    let polls = [];
    for (let attempt = 0; attempt < 4 * POLLS && polls.length < POLLS; attempt += 1) {
      await pause(1_000);
      // The answers of one poll come one after the other.
      polls = [];
      let last = -Infinity;
      for (const [start, duration] of await entries('monteverdi:live-update')) {
        if (start - last > 400) polls.push(0);
        polls[polls.length - 1] += duration;
        last = start;
      }
    }
    const snapshots = (await entries('monteverdi:live-snapshot')).map(([, duration]) => duration);
    return { polls, snapshots };
  } finally {
    await page.context().close();
    await server.stop();
  }
}

const site = await serveFolder(DIST);
const browser = await launch();
try {
  console.log(`${SERIES} series, ${POLLS} polls each.\n`);
  console.log('| history | update, median | 95 % | max | aim | longest step towards a data set for the analysis |');
  console.log('|---:|---:|---:|---:|---:|---:|');
  for (const points of [240, 960, 2_880]) {
    const { polls, snapshots } = await measure(browser, site, points);
    const ms = (value) => `${value.toFixed(1)} ms`;
    console.log(
      `| ${points} points | ${ms(quantile(polls, 0.5))} | ${ms(quantile(polls, 0.95))} | ${ms(quantile(polls, 1))} | < 50 ms | ${ms(quantile(snapshots, 1))} |`,
    );
  }
} finally {
  await browser.close();
  await site.stop();
}
