// Inputs made here, from a seed: the same every time.
import { open } from 'node:fs/promises';

/** A small generator of uniform numbers (mulberry32). */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A wide CSV of services with a daily rhythm and noise, a minute apart. In the middle, one service's latency rises
 * and its caller's follows; the rest stays calm.
 */
export function wideCsv({ series = 200, points = 2880, seed = 1, start = Date.UTC(2026, 0, 5) } = {}) {
  const random = uniform(seed);
  const metrics = ['latency_seconds', 'requests', 'cpu_seconds', 'errors'];
  const names = Array.from({ length: series }, (_, index) => {
    const service = `service${String(Math.floor(index / metrics.length)).padStart(2, '0')}`;
    return `${service}_${metrics[index % metrics.length]}`;
  });
  const rows = [['time', ...names].join(',')];
  for (let row = 0; row < points; row += 1) {
    const day = Math.sin((2 * Math.PI * row) / 1440);
    const cells = names.map((name, index) => {
      const noise = random() + random() + random() - 1.5;
      const base = 10 + index + 3 * day + noise;
      const late = row > points / 2 && (name === 'service03_latency_seconds' || name === 'service04_latency_seconds');
      return (late ? base * 2 : base).toFixed(4);
    });
    rows.push([new Date(start + row * 60_000).toISOString(), ...cells].join(','));
  }
  return `${rows.join('\n')}\n`;
}

/** Writes a wide CSV of at least so many megabytes: twenty series, a second apart. */
export async function writeLargeCsv(path, megabytes, { series = 20, seed = 1, start = Date.UTC(2026, 0, 5) } = {}) {
  const random = uniform(seed);
  const names = Array.from({ length: series }, (_, index) => `service${index >> 2}_metric${index & 3}`);
  const file = await open(path, 'w');
  let bytes = 0;
  for (let row = 0; bytes < megabytes * 1e6; ) {
    const lines = row ? [] : [['time', ...names].join(',')];
    for (const end = row + 5_000; row < end; row += 1) {
      const cells = names.map((_, index) => (10 + index + random()).toFixed(4));
      lines.push([new Date(start + row * 1_000).toISOString(), ...cells].join(','));
    }
    const text = `${lines.join('\n')}\n`;
    await file.write(text);
    bytes += text.length;
  }
  await file.close();
}

/** A CSV with a counter, a gauge, and times without a zone, a minute apart. */
export function counterCsv({ points = 240, seed = 1 } = {}) {
  const random = uniform(seed);
  let total = 0;
  const rows = ['time,cart_requests_total,cart_latency_seconds'];
  for (let row = 0; row < points; row += 1) {
    total += Math.floor(5 + 10 * random());
    const time = new Date(Date.UTC(2026, 6, 5) + row * 60_000).toISOString().slice(0, 19).replace('T', ' ');
    rows.push(`${time},${total},${(0.1 + random() / 100).toFixed(5)}`);
  }
  return `${rows.join('\n')}\n`;
}
