// A real node_exporter on loopback.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer } from './process.mjs';

/** Starts it; `url` is its address, `target` what a scrape is configured with. */
export async function startNodeExporter() {
  const folder = await mkdtemp(join(tmpdir(), 'monteverdi-node-exporter-'));
  const port = await freePort();
  const parameters = [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
  const server = await startServer({
    program: 'prometheus-node-exporter',
    parameters,
    port,
    ready: '/metrics',
    folder,
  });
  return { ...server, target: `127.0.0.1:${port}` };
}
