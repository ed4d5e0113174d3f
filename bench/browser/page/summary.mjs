// What a reader found, so that readers can be compared: the same for all of them, and never inside the measured time.

/** `series` is an array of `{ times, values }`: milliseconds and numbers, NaN where there is none. */
export function summary(series) {
  let count = 0;
  let sum = 0;
  let first = Infinity;
  let last = -Infinity;
  for (const { times, values } of series) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      count += 1;
      sum += value;
    }
    first = Math.min(first, times[0]);
    last = Math.max(last, times[times.length - 1]);
  }
  return { series: series.length, values: count, sum, first_ms: first, last_ms: last };
}

/** A typed array that grows. */
export class Growing {
  constructor() {
    this.numbers = new Float64Array(1024);
    this.length = 0;
  }

  push(number) {
    if (this.length === this.numbers.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.length] = number;
    this.length += 1;
  }

  finish() {
    return this.numbers.subarray(0, this.length);
  }
}
