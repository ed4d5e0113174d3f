// A real Prometheus on loopback that scrapes itself, a node_exporter and a target that is not there, every second.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Starts both and waits until `seconds` have been scraped; `url` is Prometheus' address. */
export async function startScraping(seconds) {
  const folder = await mkdtemp(join(tmpdir(), 'monteverdi-scraping-'));
  const [port, nodePort, deadPort] = [await freePort(), await freePort(), await freePort()];
  const target = (name, at) => `  - {job_name: ${name}, static_configs: [{targets: ['127.0.0.1:${at}']}]}\n`;
  await writeFile(
    join(folder, 'prometheus.yml'),
    `global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules.yml]\nscrape_configs:\n${target('prometheus', port)}${target('node', nodePort)}${target('dead', deadPort)}`,
  );
  await writeFile(
    join(folder, 'rules.yml'),
    'groups:\n  - name: targets\n    rules:\n      - {alert: TargetDown, expr: up == 0, labels: {severity: page}}\n',
  );
  const children = [
    spawn('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${nodePort}`], { stdio: 'ignore' }),
    spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    ),
  ];
  let said = '';
  children[1].stderr.on('data', (chunk) => (said += chunk));
  const exited = children.map((child) => new Promise((done) => child.once('exit', done)));
  const stop = async () => {
    children.forEach((child) => child.kill('SIGTERM'));
    await Promise.all(exited);
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const query = encodeURIComponent('min(count_over_time(up{job!="dead"}[1h]))');
  for (let attempt = 0; attempt < 10 * (seconds + 60); attempt += 1) {
    if (children.some((child) => child.exitCode !== null)) break;
    try {
      const { data } = await (await fetch(`${url}/api/v1/query?query=${query}`)).json();
      if (Number(data.result[0]?.value[1]) >= seconds) return { url, stop };
    } catch {
      // Not listening yet.
    }
    await pause(100);
  }
  await stop();
  throw new Error(`Prometheus did not scrape for ${seconds} s:\n${said}`);
}

/** A port that nobody listens on at the moment. */
async function freePort() {
  const server = createServer();
  await new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
