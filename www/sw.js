// Keeps the page's own files, so that it works without a network. Never anything of another origin, never data.

// `cargo xtask build` puts the build's number here. Each build has a store of its own, so that files of two builds are
// never mixed.
const BUILD = 'development';
const STORE = `monteverdi-${BUILD}`;
const FILES = [
  './',
  'index.html',
  'live.html',
  'app.css',
  'boot.js',
  'app.js',
  'app_bg.wasm',
  'reader.js',
  'reader_bg.wasm',
  'charts.js',
  'charts_bg.wasm',
  'sound.js',
  'sound_bg.wasm',
  'export.js',
  'export_bg.wasm',
  'mapping.js',
  'mapping_bg.wasm',
  'mapping.css',
  'connect.js',
  'connect_bg.wasm',
  'connect.css',
  'live.js',
  'live_bg.wasm',
  'worker.js',
  'worker_bg.wasm',
  'help.html',
  'help.css',
  'manifest.webmanifest',
  'icons/monteverdi.svg',
  'samples/index.json',
];

self.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const isOurs = address.origin === self.location.origin && address.href.startsWith(self.registration.scope);
  if (request.method === 'GET' && isOurs) event.respondWith(answer(request, address));
});

async function fill() {
  const store = await caches.open(STORE);
  await store.addAll(FILES.map((file) => new Request(file, { cache: 'no-cache' })));
  // The samples are small, and are what one wants to show without a network.
  const list = await (await store.match('samples/index.json')).json();
  await Promise.allSettled(list.map(({ file }) => store.add(`samples/${file}`)));
}

async function forgetOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('monteverdi-') && name !== STORE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** From the store, where the build is known to be the same; else from the network, and from the store without one. */
async function answer(request, address) {
  const store = await caches.open(STORE);
  const kept = () => store.match(address.href.split(/[?#]/)[0]);
  if (BUILD !== 'development') {
    const response = await kept();
    if (response) return response;
  }
  try {
    const response = await fetch(request);
    if (response.ok && BUILD === 'development') await store.put(address.href.split(/[?#]/)[0], response.clone());
    return response;
  } catch (error) {
    const response = await kept();
    if (response) return response;
    throw error;
  }
}
