// Tries the npm package in a folder: node package.mjs FOLDER
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { wideCsv } from './generate.mjs';

const folder = process.argv[2];
const { default: init, analyze, radarSvg, version } = await import(pathToFileURL(join(folder, 'node.mjs')).href);
await init();
const report = analyze(wideCsv({ series: 20 }), {});
assert.equal(report.complete, true);
assert.equal(report.series.length, 20);
const shift = report.findings.find(({ kind }) => kind === 'level_shift');
assert.ok(shift?.score >= 1, 'the doubled latency is found');
assert.equal(report.series[shift.series[0]].name.includes('latency'), true);
assert.match(radarSvg(report, {}), /^<svg[\s>]/);
assert.throws(() => analyze('neither table nor text', {}), Error);
console.log(`monteverdi ${version()} in node: ${report.findings.length} findings in 20 series, as expected`);
