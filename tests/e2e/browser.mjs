// The system's Chromium, and a tab that is watched: every policy violation, error and request is kept.
import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the browser. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.MONTEVERDI_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ARGUMENTS,
  });
}

/**
 * Opens a tab in a profile of its own, whose clock is set to UTC, as the command line's is, unless the options say
 * otherwise.
 *
 * `watch.requests` has the address of every request of page and worker, `watch.violations` what the content security
 * policy refused, `watch.errors` what went wrong in the console; `watch.faults(origins)` lists what must not have
 * happened.
 */
export async function openTab(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'UTC', ...options });
  const page = await context.newPage();
  const watch = { requests: [], violations: [], errors: [] };
  context.on('request', (request) => watch.requests.push(request.url()));
  await page.exposeBinding('__violation', (_, text) => watch.violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.__violation(`${event.effectiveDirective}: ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`);
    });
  });
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = message.text();
    if (/Content Security Policy|Refused to/i.test(text)) watch.violations.push(text);
    else watch.errors.push(text);
  });
  // A worker's violations reach neither the page's document nor its console.
  page.on('worker', (worker) => {
    const listen = () => {
      self.addEventListener('securitypolicyviolation', (event) => {
        console.error(`Content Security Policy, in the worker: ${event.effectiveDirective}: ${event.blockedURI}`);
      });
    };
    // A worker that is gone already has nothing to tell.
    worker.evaluate(listen).catch(() => {});
  });
  page.on('pageerror', (error) => watch.errors.push(String(error)));
  watch.faults = (...origins) => [
    ...watch.violations.map((text) => `policy violation: ${text}`),
    ...watch.errors.map((text) => `console error: ${text}`),
    ...watch.requests
      .filter((address) => !/^(blob|data):/.test(address))
      .filter((address) => !origins.includes(new URL(address).origin))
      .map((address) => `request to elsewhere: ${address}`),
  ];
  return { context, page, watch };
}
