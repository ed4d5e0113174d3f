// A real Prometheus on loopback that scrapes itself, a node_exporter and a target that is not there, every second.
import { setTimeout as pause } from 'node:timers/promises';
import { startNodeExporter } from './node_exporter.mjs';
import { freePort } from './process.mjs';
import { startPrometheus } from './prometheus.mjs';

const RULES = [{ alert: 'TargetDown', expr: 'up == 0', labels: { severity: 'page' } }];

/** Starts both and waits until `seconds` have been scraped; `url` is Prometheus' address. */
export async function startScraping(seconds) {
  const machine = await startNodeExporter();
  const targets = { prometheus: 'itself', node: machine.target, dead: `127.0.0.1:${await freePort()}` };
  const prometheus = await startPrometheus('', targets, RULES).catch(async (error) => {
    await machine.stop();
    throw error;
  });
  const stop = async () => {
    await prometheus.stop();
    await machine.stop();
  };
  const query = encodeURIComponent('min(count_over_time(up{job!="dead"}[1h]))');
  for (let attempt = 0; attempt < 10 * (seconds + 60); attempt += 1) {
    const { data } = await (await fetch(`${prometheus.url}/api/v1/query?query=${query}`)).json();
    if (Number(data.result[0]?.value[1]) >= seconds) return { url: prometheus.url, stop };
    await pause(100);
  }
  await stop();
  throw new Error(`Prometheus did not scrape for ${seconds} s`);
}
