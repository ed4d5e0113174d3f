// A real Prometheus on loopback, filled with samples from the past.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Back-fills the OpenMetrics text into a fresh Prometheus and starts it; `url` is its address. */
export async function startPrometheus(openMetrics) {
  const folder = await mkdtemp(join(tmpdir(), 'monteverdi-prometheus-'));
  const samples = join(folder, 'samples.txt');
  const data = join(folder, 'data');
  await writeFile(samples, openMetrics);
  await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', samples, data], { maxBuffer: 1 << 26 });
  // Without targets it scrapes nothing, not even itself: it holds what was put in.
  await writeFile(join(folder, 'prometheus.yml'), 'scrape_configs: []\n');
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const exited = new Promise((done) => child.once('exit', done));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (child.exitCode !== null) break;
    try {
      if ((await fetch(`${url}/-/ready`)).ok) return { url, stop };
    } catch {
      // Not listening yet.
    }
    await pause(200);
  }
  await stop();
  throw new Error(`Prometheus did not become ready:\n${said}`);
}

/** A port that nobody listens on at the moment. */
export async function freePort() {
  const server = createServer();
  await new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
