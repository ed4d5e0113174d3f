// PapaParse in a worker of its own (its own `worker: true` sends every row to the page, which takes longer), chunk by
// chunk, with its typing of numbers and dates, to typed arrays.
import Papa from 'papaparse';
import { Growing, summary } from './summary.mjs';

postMessage('ready');

/** One array per column. */
class Wide {
  constructor() {
    this.times = new Growing();
    this.columns = null;
  }

  take(rows) {
    let at = 0;
    if (!this.columns) {
      this.columns = rows[0].slice(1).map(() => new Growing());
      at = 1;
    }
    for (; at < rows.length; at += 1) {
      const row = rows[at];
      this.times.push(row[0].getTime());
      for (let column = 0; column < this.columns.length; column += 1) {
        const value = row[column + 1];
        this.columns[column].push(typeof value === 'number' ? value : NaN);
      }
    }
  }

  finish() {
    const times = this.times.finish();
    return this.columns.map((column) => ({ times, values: column.finish() }));
  }
}

/** One array per service and metric. */
class Long {
  constructor() {
    this.services = new Map();
    this.series = [];
    this.sawHeader = false;
  }

  take(rows) {
    let at = 0;
    if (!this.sawHeader) {
      this.sawHeader = true;
      at = 1;
    }
    for (; at < rows.length; at += 1) {
      const [time, service, metric, value] = rows[at];
      let metrics = this.services.get(service);
      if (!metrics) this.services.set(service, (metrics = new Map()));
      let one = metrics.get(metric);
      if (!one) {
        one = { times: new Growing(), values: new Growing() };
        metrics.set(metric, one);
        this.series.push(one);
      }
      one.times.push(time.getTime());
      one.values.push(typeof value === 'number' ? value : NaN);
    }
  }

  finish() {
    return this.series.map(({ times, values }) => ({ times: times.finish(), values: values.finish() }));
  }
}

self.onmessage = ({ data: { file, form } }) => {
  const started = performance.now();
  const table = form === 'wide' ? new Wide() : new Long();
  Papa.parse(file, {
    delimiter: ',',
    dynamicTyping: true,
    skipEmptyLines: true,
    chunk: ({ data }) => table.take(data),
    complete: () => {
      const series = table.finish();
      const seconds = (performance.now() - started) / 1000;
      postMessage({ seconds, ...summary(series) });
    },
  });
};
