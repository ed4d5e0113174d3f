// duckdb-wasm: read_csv on the file's handle, and every series fetched as typed arrays.
import { AsyncDuckDB, ConsoleLogger, DuckDBDataProtocol, LogLevel } from '@duckdb/duckdb-wasm';
import { summary } from './summary.mjs';

const WIDE = `SELECT epoch_ms("time")::DOUBLE, coalesce(COLUMNS(* EXCLUDE "time")::DOUBLE, 'nan'::DOUBLE)
  FROM read_csv('table.csv', delim = ',', header = true)`;
const LONG = `SELECT list(epoch_ms("time")::DOUBLE), list("value"::DOUBLE)
  FROM read_csv('table.csv', delim = ',', header = true) GROUP BY "service", "metric"`;

/** Starts the data base in its worker; the answer reads a file. */
export async function duckdb() {
  const worker = new Worker('/duckdb.worker.js');
  const database = new AsyncDuckDB(new ConsoleLogger(LogLevel.WARNING), worker);
  await database.instantiate('/duckdb.wasm');
  const connection = await database.connect();
  const read = async (file, form) => {
    const started = performance.now();
    await database.registerFileHandle('table.csv', file, DuckDBDataProtocol.BROWSER_FILEREADER, true);
    const table = await connection.query(form === 'wide' ? WIDE : LONG);
    const series = form === 'wide' ? columns(table) : lists(table);
    const seconds = (performance.now() - started) / 1000;
    return { seconds, ...summary(series) };
  };
  return { read, stop: () => database.terminate() };
}

function columns(table) {
  const [times, ...values] = Array.from({ length: table.numCols }, (_, column) => table.getChildAt(column).toArray());
  return values.map((values) => ({ times, values }));
}

function lists(table) {
  const [times, values] = [table.getChildAt(0), table.getChildAt(1)];
  return Array.from({ length: table.numRows }, (_, row) => ({ times: times.get(row).toArray(), values: values.get(row).toArray() }));
}
