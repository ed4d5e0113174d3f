// In node the program is read from the package's own folder, and is ready when the import is.
import { readFileSync } from 'node:fs';
import { initSync } from './monteverdi.js';

initSync({ module: readFileSync(new URL('./monteverdi_bg.wasm', import.meta.url)) });

export * from './monteverdi.js';
/** Resolves at once: node has nothing to fetch. It is here so that code for browsers runs unchanged. */
export default async function init() {}
