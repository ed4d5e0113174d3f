// A server of the Prometheus API with a clock of its own, for data that grow: a fleet of targets that is scraped as roughly
// as networks are. Tests turn its clock, its faults and its memory.
import { createServer } from 'node:http';

const METRICS = ['http_requests_total', 'cpu_usage', 'memory_usage', 'queue_length', 'request_duration_mean'];

/** A value that any run computes alike: noise in 0 to 1 of a series at a scrape. */
function noise(series, index) {
  let bits = Math.imul(series + 1, 0x9e3779b1) ^ Math.imul(index + 7, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3ce5);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}

/**
 * Starts it on a free port. `history` is how far back its samples go, `speed` how fast its clock runs, both in its own
 * milliseconds. In `control`, `fault` is `(url) => undefined | {status, headers, body} | 'cut'`; `vanished` says which series
 * are not scraped at a time; only so many series are `announced` when it is asked which there are; `forgetsBefore` is a time before which it has lost everything.
 */
export async function startLive({ series = 20, interval = 15_000, history = 3_600_000, speed = 1, ahead = 0, announced = series } = {}) {
  const began = Date.now();
  const control = {
    asked: [],
    fault: () => undefined,
    vanished: () => false,
    forgetsBefore: -Infinity,
    now: () => began + ahead + (Date.now() - began) * speed,
  };
  const first = Math.floor((began - history) / interval) - 1;
  const value = (number, index) =>
    number % METRICS.length === 0 ? 40 * index + Math.floor(40 * noise(number, index)) : 50 + 10 * noise(number, index);
  /** The samples of a series from one time to another, as [seconds, text] of JSON. */
  const samples = (number, from, to) => {
    const phase = (Math.floor(number / METRICS.length) * 7919) % interval;
    const earliest = Math.max(from, began - history, control.forgetsBefore);
    const found = [];
    const latest = Math.min(to, control.now());
    for (let index = Math.ceil((earliest - phase) / interval); index * interval + phase <= latest; index += 1) {
      const time = index * interval + phase;
      // Of a hundred scrapes one is late by a minute; it is here once its time has come.
      const isLate = noise(number, index + 1_000_003) < 0.01 && time + 60_000 > control.now();
      if (isLate || control.vanished(number, time)) continue;
      found.push(`[${(time / 1000).toFixed(3)},"${value(number, index - first)}"]`);
    }
    return found;
  };
  const metric = (number) =>
    `{"__name__":"${METRICS[number % METRICS.length]}","job":"shop","instance":"host-${Math.floor(number / METRICS.length)}"}`;
  const matching = (selector) => {
    const names = selector.split('"')[1].split('|');
    return [...Array(series).keys()].filter((number) => names.includes(METRICS[number % METRICS.length]));
  };
  const answer = (path, form) => {
    const query = form.get('query') ?? '';
    if (path.endsWith('/values')) return JSON.stringify(METRICS);
    if (path.endsWith('/metadata')) return '{}';
    if (path.endsWith('/series')) {
      const known = matching(form.get('match[]')).filter((number) => number < announced);
      return `[${known.map(metric).join(',')}]`;
    }
    if (query === 'time()') return `{"resultType":"scalar","result":[${control.now() / 1000},"${control.now() / 1000}"]}`;
    const range = /^(.*)\[(\d+)ms\]$/.exec(query);
    if (!range) return '{"resultType":"vector","result":[]}';
    const to = Math.round(Number(form.get('time')) * 1000);
    const found = matching(range[1])
      .map((number) => [number, samples(number, to - Number(range[2]), to)])
      .filter(([, values]) => values.length)
      .map(([number, values]) => `{"metric":${metric(number)},"values":[${values.join(',')}]}`);
    return `{"resultType":"matrix","result":[${found.join(',')}]}`;
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const url = new URL(request.url, 'http://server');
      const form = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
      control.asked.push({ at: Date.now(), query: form.get('query'), method: request.method });
      const fault = control.fault(url);
      response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
      if (fault === 'cut') return response.socket.destroy();
      if (fault) return response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '');
      response.setHeader('Content-Type', 'application/json');
      response.end(`{"status":"success","data":${answer(url.pathname, form)}}`);
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop, control };
}
