// A server program on loopback, for as long as a test needs it.
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Starts a program and waits until it answers at `ready` (a path), asked with `headers`. `url` is its address; `stop` ends it
 * and removes `folder`.
 */
export async function startServer({ program, parameters, port, ready, folder, headers = {}, environment = {} }) {
  const env = { ...process.env, ...environment };
  const child = spawn(program, parameters, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const exited = new Promise((done) => {
    child.once('exit', done);
    child.once('error', (error) => {
      said += error.message;
      done();
    });
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (child.exitCode !== null) break;
    try {
      if ((await fetch(`${url}${ready}`, { headers })).ok) return { url, stop };
    } catch {
      // Not listening yet.
    }
    await pause(200);
  }
  await stop();
  throw new Error(`${program} did not become ready:\n${said}`);
}

/** A port that nobody listens on at the moment. */
export async function freePort() {
  const server = createServer();
  await new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
