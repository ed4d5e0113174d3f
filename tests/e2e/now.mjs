// Time in tests: incidents of the past as if they had just happened, and clocks that run faster.

/** OpenMetrics text moved in time by whole minutes, so that its last sample is the newest possible. */
export function endingNow(text) {
  const lines = text.trimEnd().split('\n');
  const parsed = lines.map((line) => (line.startsWith('#') ? null : /^(.*\s)(\d+(?:\.\d+)?)$/.exec(line)));
  let last = 0;
  for (const match of parsed) if (match) last = Math.max(last, Number(match[2]));
  const shift = Math.floor((Date.now() / 1000 - last) / 60) * 60;
  const moved = lines.map((line, index) => {
    const match = parsed[index];
    return match ? `${match[1]}${Math.round((Number(match[2]) + shift) * 1000) / 1000}` : line;
  });
  return { text: `${moved.join('\n')}\n`, shift };
}

/** Lets the clock of the page's workers run so many times as fast from now on. */
export async function hasten(page, speed) {
  for (const worker of page.workers()) {
    await worker.evaluate((speed) => {
      const [now, began] = [Date.now, Date.now()];
      Date.now = () => began + (now.call(Date) - began) * speed;
    }, speed);
  }
}
