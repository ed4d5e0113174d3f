// A server in front of a real Prometheus that does what real networks, gateways and servers do to a client.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Every answer may be read by any page, as Prometheus has it by default. */
const OPEN = { 'Access-Control-Allow-Origin': '*' };

const json = (body) => ({ 'Content-Type': 'application/json', body: JSON.stringify(body) });

/** What a server says with this status, as Prometheus or a gateway words it. */
const SAID = {
  400: json({ status: 'error', errorType: 'bad_data', error: 'invalid parameter "query": 1:3: parse error: made up' }),
  401: { 'Content-Type': 'text/plain', 'WWW-Authenticate': 'Basic', body: 'Unauthorized\n' },
  403: { 'Content-Type': 'text/plain', body: 'Forbidden\n' },
  404: { 'Content-Type': 'text/plain', body: '404 page not found\n' },
  422: json({ status: 'error', errorType: 'execution', error: 'found duplicate series for the match group' }),
  429: { 'Content-Type': 'text/plain', 'Retry-After': '1', body: 'too many requests\n' },
  500: json({ status: 'error', errorType: 'internal', error: 'opening storage failed' }),
  502: { 'Content-Type': 'text/html', body: '<html><head><title>502 Bad Gateway</title></head></html>' },
  503: json({ status: 'error', errorType: 'unavailable', error: 'shutting down' }),
};

/**
 * Starts the server. `set(fault)` is what it does from now on (see `FAULTS`), `set()` to let everything pass;
 * `set(fault, { times: 2 })` does it that often. `requests` has method and path of all it was asked.
 */
export async function startFaults(upstream) {
  const requests = [];
  let fault = {};
  let times = Infinity;

  const server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const now = times > 0 ? fault : {};
    if (request.method !== 'OPTIONS') times -= 1;
    try {
      await answer(now, upstream, request, Buffer.concat(chunks), response);
    } catch {
      // Whoever asked has gone, or the server behind has: then there is nothing to say.
      response.destroy();
    }
  });
  await new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    set(next = {}, options = {}) {
      fault = next;
      times = options.times ?? Infinity;
    },
    stop: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

/** What the server can do. Each is made of parts that `answer` knows. */
export const FAULTS = {
  slowHeaders: (ms) => ({ headersAfter: ms }),
  slowBody: (ms) => ({ restAfter: ms }),
  cutBody: () => ({ cut: true }),
  status: (status) => ({ status }),
  html: () => ({
    page: '<!doctype html><html><head><title>Sign in - Example</title></head><body><form></form></body></html>',
  }),
  /** Nobody but another page may read it. */
  wrongCors: () => ({ cors: { 'Access-Control-Allow-Origin': 'https://elsewhere.example' } }),
  /** A password is wanted, of the preflight, too: as Prometheus does with a web configuration file. */
  password: (authorization) => ({ authorization }),
  /** A gateway that wants a password and a tenant, and answers the preflight without. */
  gateway: (authorization, tenant) => ({ authorization, tenant }),
  /** The server's clock is ahead by so much: what happened now is to it in the future of ours. */
  skew: (ms) => ({ skewMs: ms }),
  nanAndInf: () => ({
    change: (series) => series.values?.forEach((sample, index) => {
      if (index % 40 === 7) sample[1] = 'NaN';
      if (index % 40 === 8) sample[1] = '+Inf';
    }),
  }),
  duplicates: () => ({
    change: (series) => (series.values = series.values?.flatMap((sample) => [sample, sample])),
  }),
  outOfOrder: () => ({
    change: (series) => {
      const { values } = series;
      for (let index = 5; index + 1 < (values?.length ?? 0); index += 50) {
        [values[index], values[index + 1]] = [values[index + 1], values[index]];
      }
    },
  }),
  /** About every other series is gone for twenty samples in its middle. */
  vanishing: () => ({
    change: (series) => {
      const count = series.values?.length ?? 0;
      if (JSON.stringify(series.metric).length % 2 && count) series.values = series.values.filter((_, at) => at < count / 2 || at > count / 2 + 20);
    },
  }),
  warnings: (...warnings) => ({ warnings }),
  /** It has restarted and lost what it held. */
  empty: () => ({ empty: true }),
};

/** Waits for an answer's time; what never comes does not keep the tests from ending. */
const later = (ms) => pause(ms, undefined, { ref: false });

async function answer(fault, upstream, request, body, response) {
  const cors = fault.cors ?? OPEN;
  if (fault.headersAfter) await later(fault.headersAfter);
  const isKnown = !fault.authorization || request.headers.authorization === fault.authorization;
  const isGateway = fault.tenant !== undefined;
  if (!isKnown && !(isGateway && request.method === 'OPTIONS')) {
    const { body: words, ...headers } = SAID[401];
    // Without a word on other origins, as the real one; a gateway that is set up for pages says it.
    response.writeHead(401, isGateway ? { ...cors, ...headers } : headers).end(words);
    return;
  }
  if (request.method === 'OPTIONS') {
    const allowed = {
      'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
      'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, Origin, X-Scope-OrgID',
    };
    response.writeHead(204, { ...cors, ...allowed }).end();
    return;
  }
  if (isGateway && request.headers['x-scope-orgid'] !== fault.tenant) {
    response.writeHead(401, { ...cors, 'Content-Type': 'text/plain' }).end('no org id');
    return;
  }
  if (fault.status) {
    const { body: words, ...headers } = SAID[fault.status];
    response.writeHead(fault.status, { ...cors, ...headers }).end(words);
    return;
  }
  if (fault.page) {
    response.writeHead(200, { ...cors, 'Content-Type': 'text/html' }).end(fault.page);
    return;
  }
  const { status, text } = await pass(fault, upstream, request, body);
  const changed = changedText(fault, request.url, text);
  const headers = { ...cors, 'Content-Type': 'application/json' };
  if (fault.cut || fault.restAfter) {
    const bytes = Buffer.from(changed);
    response.writeHead(status, { ...headers, 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, bytes.length >> 1));
    // The first half is on its way before the connection ends.
    await later(fault.cut ? 50 : fault.restAfter);
    if (fault.cut) response.destroy();
    else response.end(bytes.subarray(bytes.length >> 1));
    return;
  }
  response.writeHead(status, headers).end(changed);
}

/** Asks the server behind, in its own time. */
async function pass({ skewMs = 0 }, upstream, request, body) {
  const moved = (text) =>
    text.replace(/(^|[?&])(start|end|time)=([\d.]+)/g, (_, before, name, seconds) => {
      return `${before}${name}=${Number(seconds) - skewMs / 1000}`;
    });
  const options = { method: request.method, headers: {} };
  if (request.method === 'POST') {
    options.body = moved(body.toString('utf8'));
    options.headers['Content-Type'] = 'application/x-www-form-urlencoded';
  }
  const response = await fetch(`${upstream}${moved(request.url)}`, options);
  return { status: response.status, text: await response.text() };
}

function changedText({ change, warnings, empty, skewMs = 0 }, url, text) {
  if (!change && !warnings && !empty && !skewMs) return text;
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return text;
  }
  if (warnings) answer.warnings = warnings;
  const { data } = answer;
  if (empty && Array.isArray(data)) answer.data = [];
  const result = Array.isArray(data?.result) ? data.result : [];
  if (empty && data?.resultType !== 'scalar') result.length = 0;
  const later = (sample) => {
    sample[0] += skewMs / 1000;
    return sample;
  };
  result.forEach?.((series) => {
    if (change) change(series);
    if (skewMs) series.values?.forEach(later);
    if (skewMs && series.value) later(series.value);
  });
  // The clock itself: `time()`.
  if (skewMs && data?.resultType === 'scalar') {
    later(data.result);
    if (url.includes('time()') || url.includes('time%28%29')) data.result[1] = String(Number(data.result[1]) + skewMs / 1000);
  }
  return JSON.stringify(answer);
}
