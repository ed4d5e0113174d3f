// A real Prometheus on loopback, filled with samples from the past.
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startServer } from './process.mjs';

const run = promisify(execFile);

/**
 * Back-fills the OpenMetrics text into a fresh Prometheus and starts it; `url` is its address. Without `targets` (host:port
 * by job) it scrapes nothing, not even itself: it holds what was put in. `rules` are alerting rules. `guard` makes it want a
 * password: the `user`, the password's `hash` (bcrypt), and the `authorization` that says both.
 */
export async function startPrometheus(openMetrics, targets = {}, rules = [], guard = undefined) {
  const folder = await mkdtemp(join(tmpdir(), 'monteverdi-prometheus-'));
  const data = join(folder, 'data');
  if (openMetrics) {
    const samples = join(folder, 'samples.txt');
    await writeFile(samples, openMetrics);
    await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', samples, data], { maxBuffer: 1 << 26 });
  }
  const port = await freePort();
  const jobs = Object.entries(targets).map(([job, target]) => ({
    job_name: job,
    static_configs: [{ targets: [target === 'itself' ? `127.0.0.1:${port}` : target] }],
  }));
  // JSON is YAML, too.
  await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups: rules.length ? [{ name: 'rules', rules }] : [] }));
  const global = { scrape_interval: '1s', evaluation_interval: '1s' };
  const config = { global, rule_files: ['rules.yml'], scrape_configs: jobs };
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const parameters = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ];
  const headers = {};
  if (guard) {
    const web = join(folder, 'web.yml');
    await writeFile(web, JSON.stringify({ basic_auth_users: { [guard.user]: guard.hash } }));
    parameters.push(`--web.config.file=${web}`);
    headers.Authorization = guard.authorization;
  }
  return startServer({ program: 'prometheus', parameters, port, ready: '/-/ready', folder, headers });
}
