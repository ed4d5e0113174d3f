// The page by its test ids, and the command line program beside it.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;

/** Native and wasm mathematics differ in the last digits only. */
export const SAME = 1e-9;

/** The built page. */
export const DIST = process.env.MONTEVERDI_DIST ?? join(ROOT, 'dist');
export const CLI = process.env.MONTEVERDI_CLI ?? join(ROOT, 'target/debug/monteverdi');

/** Runs the command line program; its standard output. */
export async function cli(...parameters) {
  const { stdout } = await run(CLI, parameters, { maxBuffer: 1 << 28 });
  return stdout;
}

/** The command line's Report. */
export async function report(...parameters) {
  return JSON.parse(await cli('analyze', ...parameters, '--json'));
}

/** The bundled sample whose name matches: its file's name, path, bytes, and the text in it. */
export async function sample(pattern) {
  const folder = join(DIST, 'samples');
  const list = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));
  const found = list.find(({ name }) => pattern.test(name));
  if (!found) throw new Error(`no bundled sample is called ${pattern}`);
  const path = join(folder, found.file);
  const bytes = await readFile(path);
  const text = (found.file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return { name: found.file, path, bytes, text };
}

/** The number of so many bits: to the last digit, which no text on the page has. */
const fromBits = (bits) => new Float64Array(BigUint64Array.of(BigInt(bits)).buffer)[0];

/** An element by its test id. */
export const part = (page, id) => page.getByTestId(id).first();

/** Opens the page and waits until it can take a file. */
export async function open(page, address) {
  await page.goto(address);
  await part(page, 'drop-zone').waitFor();
}

/** Pastes the address of a server into the box of the first screen, and waits for the page that may speak with it. */
export async function paste(page, origin, address) {
  await open(page, `${origin}/`);
  await part(page, 'source-input').fill(address);
  await part(page, 'source-submit').click();
  await page.waitForURL(/\/live\.html/);
}

/** Waits until the page says that it is done (or in another state), and fails early on an error. */
export async function state(page, wanted = 'done', timeout = 60_000) {
  const ends = wanted === 'error' ? ['error'] : [wanted, 'error'];
  await page.locator(ends.map((end) => `body[data-state="${end}"]`).join(', ')).waitFor({ timeout, state: 'attached' });
  const reached = await page.locator('body').getAttribute('data-state');
  if (reached !== wanted) throw new Error(`the page says: ${await part(page, 'error').innerText()}`);
}

/** Drops files on the window, as a person would. Each is `{name, text}` or `{name, bytes}`. */
export async function drop(page, ...files) {
  const contents = files.map(({ name, text, bytes }) => ({
    name: basename(name),
    base64: Buffer.from(bytes ?? text).toString('base64'),
  }));
  const transfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    return transfer;
  }, contents);
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('[data-testid="drop-zone"]', type, { dataTransfer: transfer });
  }
}

/** What the page lists: kind and score of each finding. */
export async function findings(page) {
  const rows = await page.getByTestId('finding').all();
  return Promise.all(
    rows.map(async (row) => ({
      kind: await row.getAttribute('data-kind'),
      score: fromBits(await row.getAttribute('data-score-bits')),
    })),
  );
}

/** The findings of a Report that count: at or above the threshold, as the page lists them. */
export function above(report) {
  return report.findings.filter(({ score }) => score >= 1).map(({ kind, score }) => ({ kind, score }));
}

/**
 * Two lists of findings in their order, by kind and score, to a relative tolerance; a sentence where they differ.
 *
 * The page shows the first 300 rows until it is asked for more.
 */
export function difference(seen, expected, tolerance) {
  if (seen.length !== Math.min(expected.length, 300)) return `${seen.length} findings, expected ${expected.length}`;
  for (const [place, { kind, score }] of seen.entries()) {
    const other = expected[place];
    if (kind !== other.kind) return `finding ${place} is ${kind}, expected ${other.kind}`;
    if (Math.abs(score - other.score) > tolerance * Math.max(1, Math.abs(other.score))) {
      return `finding ${place} (${kind}) scores ${score}, expected ${other.score}`;
    }
  }
  return null;
}
