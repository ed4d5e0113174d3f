// The page in which the readers are measured, one at a time, each in a worker that is started for it.
import { duckdb } from './duckdb.mjs';

/** A reader in a worker of ours: ready before the clock starts. */
async function worker(script) {
  const worker = new Worker(script, { type: 'module' });
  const answer = () =>
    new Promise((done, fail) => {
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = ({ message }) => fail(new Error(message || `${script} did not start`));
    });
  await answer();
  const read = (file, form) => {
    const answered = answer();
    worker.postMessage({ file, form });
    return answered;
  };
  return { read, stop: () => worker.terminate() };
}

const READERS = {
  monteverdi: () => worker('/monteverdi.js'),
  papaparse: () => worker('/papaparse.js'),
  duckdb,
};

/** Reads the file of the input element for `form` once, and says what that took and what came out. */
window.measure = async (name, form) => {
  const reader = await READERS[name]();
  try {
    return await reader.read(document.getElementById(form).files[0], form);
  } finally {
    await reader.stop();
  }
};
