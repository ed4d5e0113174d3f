// Our reader in a worker: the file is read there, and every series comes out as typed arrays.
import load, { Reading } from '/reader/reading.js';
import { summary } from './summary.mjs';

const program = await load();
postMessage('ready');

self.onmessage = async ({ data: { file } }) => {
  const started = performance.now();
  const reading = await Reading.of(file.name, file);
  // So far goes what the native reader is timed for; the others go on to typed arrays.
  const read_seconds = (performance.now() - started) / 1000;
  const axes = new Map();
  const series = Array.from({ length: reading.series_count() }, (_, position) => {
    const axis = reading.axis(position);
    if (!axes.has(axis)) axes.set(axis, reading.times(position));
    return { times: axes.get(axis), values: reading.values(position) };
  });
  const seconds = (performance.now() - started) / 1000;
  const samples = series.reduce((sum, { values }) => sum + values.length, 0);
  // The program's memory grows and never shrinks: at the end it is the peak.
  postMessage({ seconds, read_seconds, ...summary(series), data_bytes: 8 * samples, peak_bytes: program.memory.buffer.byteLength });
};
