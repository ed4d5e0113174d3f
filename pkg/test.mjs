// Tries the built package in this folder: node test.mjs
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import init, { analyze, analyzeSeries, radarSvg, version } from './node.mjs';

await init();
assert.match(version(), /^\d+\.\d+\.\d+$/);

// A latency that doubles at row 250, and its calm neighbour.
let state = 1;
const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
const rows = Array.from({ length: 400 }, (_, row) => ({
  time_ms: 1773122400000 + row * 15000,
  latency: (row < 250 ? 0.1 : 0.2) + 0.01 * uniform(),
  cpu: 0.4 + 0.02 * uniform(),
}));
const csv = ['time,cart_latency_p95_seconds,cart_cpu_ratio']
  .concat(rows.map(({ time_ms, latency, cpu }) => `${new Date(time_ms).toISOString()},${latency},${cpu}`))
  .join('\n');

const report = analyze(csv);
assert.equal(report.complete, true);
assert.ok(report.services.length >= 1);
const [finding] = report.findings;
assert.equal(finding.kind, 'level_shift');
assert.equal(report.series[finding.series[0]].name, 'cart_latency_p95_seconds');
assert.ok(Math.abs(finding.start_ms - rows[250].time_ms) <= 30000, 'the shift is dated to within two rows');
assert.deepEqual(JSON.parse(JSON.stringify(report)), report, 'a Report is plain data');

// The same in every form of input.
const bytes = new TextEncoder().encode(csv);
const forms = [bytes, bytes.buffer, new Uint8Array(gzipSync(bytes)), [{ name: 'data', bytes: csv }]];
for (const form of forms) assert.deepEqual(analyze(form).findings, report.findings);
const given = [
  { name: 'cart_latency_p95_seconds', times_ms: rows.map((row) => row.time_ms), values: rows.map((row) => row.latency) },
  { name: 'cart_cpu_ratio', times_ms: rows.map((row) => row.time_ms), values: Float64Array.from(rows, (row) => row.cpu) },
];
assert.deepEqual(
  analyzeSeries(given).findings.map(({ kind, start_ms }) => [kind, start_ms]),
  report.findings.map(({ kind, start_ms }) => [kind, start_ms]),
);
given[0].values[10] = null;
assert.equal(analyzeSeries(given).series[0].missing, 1);

// Options, pictures and refusals.
const services = { cart_latency_p95_seconds: 'cart', cart_cpu_ratio: 'host' };
assert.deepEqual(analyze(csv, { services }).services.map(({ name }) => name), ['cart', 'host']);
assert.notEqual(radarSvg(report), radarSvg(report, { theme: 'dark' }));
assert.match(radarSvg(report, { width: 300 }), /^<svg[^>]* width="300"/);
assert.throws(() => analyze(csv, { falseAlarmRate: 7 }), /falseAlarmRate is 7/);
assert.throws(() => analyze(csv, { fasleAlarmRate: 0.1 }), /options: unknown field `fasleAlarmRate`/);
assert.throws(() => analyze(csv, { falseAlarmRate: NaN }), /falseAlarmRate is NaN/);
assert.throws(() => analyze(csv, { falseAlarmRate: 'low' }), /options: /);
assert.throws(() => analyze(csv, 7), /options: expected an object/);
assert.throws(() => radarSvg(report, { height: 300 }), /options: unknown field `height`/);
assert.deepEqual(analyze(csv, { services: undefined, format: null }), report);
assert.throws(() => analyze('no table'), Error);
assert.throws(() => analyze(42), /expected text, bytes/);
assert.throws(() => analyze([]), /nothing to analyse/);
assert.throws(() => radarSvg({}), /no Report/);
console.log(`monteverdi ${version()}: the package works in node ${process.versions.node}`);
