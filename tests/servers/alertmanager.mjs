// A real Alertmanager on loopback.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer } from './process.mjs';

/** Starts a fresh Alertmanager that notifies nobody, and posts the alerts (as of its API v2); `url` is its address. */
export async function startAlertmanager(alerts) {
  const folder = await mkdtemp(join(tmpdir(), 'monteverdi-alertmanager-'));
  const port = await freePort();
  const config = join(folder, 'alertmanager.yml');
  await writeFile(config, JSON.stringify({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] }));
  const parameters = [
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
    '--log.level=error',
  ];
  const server = await startServer({ program: 'prometheus-alertmanager', parameters, port, ready: '/-/ready', folder });
  const answer = await fetch(`${server.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  if (!answer.ok) {
    await server.stop();
    throw new Error(`Alertmanager takes no alerts: ${answer.status} ${await answer.text()}`);
  }
  return server;
}
