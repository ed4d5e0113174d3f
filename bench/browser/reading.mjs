// How fast a large table becomes series in the system's Chromium: our reader beside PapaParse and duckdb-wasm, in one page,
// in turn; and how that compares with our own native speed. Prints Markdown.
import { execFileSync } from 'node:child_process';
import { copyFile, cp, mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, openTab } from '../../tests/e2e/browser.mjs';
import { serveFolder } from '../../tests/servers/static.mjs';

const REPETITIONS = Number(process.env.MONTEVERDI_REPETITIONS ?? 3);
const HERE = dirname(fileURLToPath(import.meta.url));
const FILES = { wide: process.env.MONTEVERDI_WIDE, long: process.env.MONTEVERDI_LONG };
const READERS = [
  { key: 'native', name: 'Monteverdi, native, one core' },
  { key: 'monteverdi', name: 'Monteverdi, in Chromium', aim: 'at least 60 % of native' },
  { key: 'papaparse', name: 'PapaParse', aim: '5 ×' },
  { key: 'duckdb', name: 'duckdb-wasm', aim: '1 ×' },
];

/** Bundles the page's scripts, and puts beside them what they load: our reader, and the data base's program. */
async function build(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const scripts = ['page', 'monteverdi', 'papaparse'].map((name) => join(HERE, 'page', `${name}.mjs`));
  const form = ['--bundle', '--format=esm', '--target=es2022', '--external:/reader/*', '--log-level=warning'];
  execFileSync('esbuild', [...scripts, ...form, `--outdir=${folder}`], { stdio: 'inherit' });
  await copyFile(join(HERE, 'page/index.html'), join(folder, 'index.html'));
  await cp(process.env.MONTEVERDI_READER, join(folder, 'reader'), { recursive: true });
  const duckdb = join(HERE, 'node_modules/@duckdb/duckdb-wasm/dist');
  await copyFile(join(duckdb, 'duckdb-browser-eh.worker.js'), join(folder, 'duckdb.worker.js'));
  await copyFile(join(duckdb, 'duckdb-eh.wasm'), join(folder, 'duckdb.wasm'));
}

const native = (form) => JSON.parse(execFileSync(process.env.MONTEVERDI_NATIVE, [FILES[form]], { encoding: 'utf8' }));

/** All must have found the same; sums may differ in the last digits, by the order of adding. */
function check(runs) {
  const wanted = runs.native[0];
  for (const [reader, [found]] of Object.entries(runs)) {
    for (const field of ['series', 'values', 'first_ms', 'last_ms']) {
      if (found[field] !== wanted[field]) throw new Error(`${reader} reads ${found[field]} for ${field}, not ${wanted[field]}`);
    }
    if (Math.abs(found.sum / wanted.sum - 1) > 1e-9) throw new Error(`${reader}'s values have the sum ${found.sum}, not ${wanted.sum}`);
  }
}

function report(form, bytes, runs) {
  const { series, values } = runs.native[0];
  console.log(`${(bytes / 1e6).toFixed(0)} MB, ${form} (${basename(FILES[form])}): ${series} series, ${values} values, the same from all.\n`);
  console.log('| reader | min | each run | MB/s | ratio to ours in Chromium | aim |\n|---|---:|---|---:|---:|---:|');
  const fastest = (key) => Math.min(...runs[key].map(({ seconds }) => seconds));
  const ours = fastest('monteverdi');
  const share = (100 * fastest('native')) / Math.min(...runs.monteverdi.map(({ read_seconds }) => read_seconds));
  for (const { key, name, aim } of READERS) {
    const each = runs[key].map(({ seconds }) => seconds.toFixed(2)).join(', ');
    const ratio = key === 'monteverdi' ? `${share.toFixed(0)} % of native` : `${(fastest(key) / ours).toFixed(2)} ×`;
    console.log(`| ${name} | ${fastest(key).toFixed(3)} s | ${each} | ${(bytes / 1e6 / fastest(key)).toFixed(0)} | ${ratio} | ${aim ?? ''} |`);
  }
  console.log('\nThe share of native is without the copy to typed arrays, which the native reader does not make.');
  const { peak_bytes: peak, data_bytes: data } = runs.monteverdi.at(-1);
  const times = (peak / data).toFixed(2);
  console.log(`\nOur reader's memory was at most ${(peak / 1e6).toFixed(0)} MB, ${times} times the ${(data / 1e6).toFixed(0)} MB of the values.\n`);
}

const folder = process.env.MONTEVERDI_PAGE;
await build(folder);
const server = await serveFolder(folder);
const browser = await launch();
try {
  const { context, page, watch } = await openTab(browser);
  await page.goto(`${server.origin}/`);
  await page.waitForFunction(() => window.measure);
  for (const form of ['wide', 'long']) {
    await page.setInputFiles(`#${form}`, FILES[form]);
    const runs = Object.fromEntries(READERS.map(({ key }) => [key, []]));
    for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
      for (const { key } of READERS) {
        const measured = key === 'native' ? native(form) : await page.evaluate(([key, form]) => window.measure(key, form), [key, form]);
        runs[key].push(measured);
      }
    }
    check(runs);
    report(form, (await stat(FILES[form])).size, runs);
  }
  const faults = watch.faults(server.origin);
  if (faults.length) throw new Error(faults.join('\n'));
  await context.close();
} finally {
  await browser.close();
  await server.stop();
}
