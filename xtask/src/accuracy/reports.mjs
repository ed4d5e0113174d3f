// What the built package makes of files, one JSON line per file: node reports.mjs PACKAGE LIST
// PACKAGE is the package's module, LIST a file that names one file per line.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

const [entry, list] = process.argv.slice(2);
const { analyze } = await import(pathToFileURL(entry));
for (const file of readFileSync(list, 'utf8').split('\n').filter(Boolean)) {
  let answer;
  try {
    answer = { report: analyze([{ name: basename(file), bytes: readFileSync(file) }]) };
  } catch (error) {
    // A panic is no refusal, and leaves a program behind that nobody may go on with.
    if (error instanceof WebAssembly.RuntimeError) throw new Error(`${file}: the package panicked`, { cause: error });
    answer = { refusal: error.message };
  }
  console.log(JSON.stringify(answer));
}
