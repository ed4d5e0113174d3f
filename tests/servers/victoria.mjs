// A real VictoriaMetrics on loopback, filled with samples from the past.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer } from './process.mjs';

/** Starts a fresh VictoriaMetrics and imports exposition text with times in milliseconds; `url` is its address. */
export async function startVictoria(exposition) {
  const folder = await mkdtemp(join(tmpdir(), 'monteverdi-victoria-'));
  const port = await freePort();
  const parameters = [
    `-storageDataPath=${join(folder, 'data')}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=100y',
    // What was put in counts up to now: by default the newest half minute is hidden.
    '-search.latencyOffset=0s',
    '-loggerLevel=ERROR',
  ];
  const server = await startServer({ program: 'victoria-metrics', parameters, port, ready: '/health', folder });
  try {
    const answer = await fetch(`${server.url}/api/v1/import/prometheus`, { method: 'POST', body: exposition });
    if (!answer.ok) throw new Error(`VictoriaMetrics takes no samples: ${answer.status} ${await answer.text()}`);
    // What was imported is found once it has left the buffers.
    await fetch(`${server.url}/internal/force_flush`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** OpenMetrics text as exposition text: times in milliseconds instead of seconds. */
export function toExposition(openMetrics) {
  const lines = openMetrics.split('\n').filter((line) => line && !line.startsWith('#'));
  const moved = lines.map((line) => {
    const at = line.lastIndexOf(' ');
    return `${line.slice(0, at)} ${Math.round(Number(line.slice(at + 1)) * 1000)}`;
  });
  return `${moved.join('\n')}\n`;
}
