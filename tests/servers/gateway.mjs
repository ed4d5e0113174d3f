// A real nginx and a real Caddy on loopback, set up by what the page hands out for them.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer } from './process.mjs';

/** A path at which both answer themselves. */
const READY = '/ready-to-be-asked';

/**
 * Starts nginx with a `server` block as it was handed out, but for the port. Around it stands what a distribution's
 * configuration has, with nothing outside of the folder.
 */
export async function startNginx(snippet) {
  const folder = await mkdtemp(join(tmpdir(), 'monteverdi-nginx-'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  const server = replaced(snippet, 'listen 9091;', `listen 127.0.0.1:${port};\n    location = ${READY} { return 200; }`);
  const config = `daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  ${server}
}
`;
  await writeFile(join(folder, 'nginx.conf'), config);
  const parameters = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
  // By its whole path: only administrators have that folder in theirs.
  return startServer({ program: '/usr/sbin/nginx', parameters, port, ready: READY, folder });
}

/** Starts Caddy with a Caddyfile as it was handed out, but for the port; without the administrator's port. */
export async function startCaddy(snippet) {
  const folder = await mkdtemp(join(tmpdir(), 'monteverdi-caddy-'));
  const port = await freePort();
  const site = replaced(snippet, /^:9091 \{$/m, `http://127.0.0.1:${port} {\n    handle ${READY} {\n        respond 200\n    }`);
  const file = join(folder, 'Caddyfile');
  await writeFile(file, `{\n    admin off\n}\n${site}`);
  const parameters = ['run', '--config', file, '--adapter', 'caddyfile'];
  // It keeps what it was set up with, and certificates, in the user's folders.
  const environment = { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  return startServer({ program: 'caddy', parameters, port, ready: READY, folder, environment });
}

/** The text with a part replaced that must be in it. */
function replaced(text, part, by) {
  const changed = text.replace(part, () => by);
  if (changed === text) throw new Error(`there is no ${part} in\n${text}`);
  return changed;
}
