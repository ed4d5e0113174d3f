// Pictures of the bundled samples, on a desk and on a telephone, dark and light, into docs/screenshots/ (or a folder).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { serveFolder } from '../servers/static.mjs';
import { launch, openTab } from './browser.mjs';
import { DIST, open, part, state } from './monteverdi.mjs';

const SCREENS = {
  desktop: { viewport: { width: 1440, height: 900 } },
  mobile: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

const folder = process.argv[2] ?? new URL('../../docs/screenshots/', import.meta.url).pathname;
await mkdir(folder, { recursive: true });
const server = await serveFolder(DIST);
const browser = await launch();
try {
  for (const [screen, options] of Object.entries(SCREENS)) {
    for (const colorScheme of ['dark', 'light']) {
      const { context, page, watch } = await openTab(browser, { ...options, colorScheme });
      const picture = (name) => page.screenshot({ path: join(folder, `${name}-${screen}-${colorScheme}.png`) });
      await open(page, `${server.origin}/`);
      await picture('start');
      const ids = await page
        .locator('[data-testid^="sample-"]')
        .evaluateAll((buttons) => buttons.map((button) => button.dataset.testid));
      for (const id of ids) {
        await open(page, `${server.origin}/`);
        await part(page, id).click();
        await state(page);
        // Transitions have ended and fonts are there.
        await page.evaluate(() => document.fonts.ready);
        await page.waitForTimeout(600);
        await picture(id.replace('sample-', ''));
      }
      for (const fault of watch.faults(server.origin)) console.error(`${screen} ${colorScheme}: ${fault}`);
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
console.log(`pictures are in ${folder}`);
