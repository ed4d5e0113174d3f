// Inputs made here, from a seed: the same every time.

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
