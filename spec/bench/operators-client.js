/** One operator, alone in its process: `node operators-client.js NAME`. */
import { bufferCount, bufferTime, distinct, Observable, retry, timeout } from 'rxjs';
import { batch, dedupe, retryBackoff, watchdog } from '../../dist/operators/index.js';

const [name] = process.argv.slice(2);
const count = 2_000_000;
/** As they come out of JSON.parse: fresh texts, not one text many times. */
const idAt = (n) => String(1_800_000_000_000_000_000n + BigInt(n));
const needsIds = /distinct|dedupe|bare Set/.test(name);
const total = needsIds ? 400_000 : count;

const source = new Observable((subscriber) => {
  for (let n = 0; n < total && !subscriber.closed; n += 1) subscriber.next(needsIds ? idAt(n) : n);
  subscriber.complete();
});

const operators = {
  'bare Observable': (values) => values,
  'rxjs retry': retry({ count: 10, delay: 1_000, resetOnSuccess: true }),
  'rxjs timeout({ each })': timeout({ each: 30_000 }),
  retryBackoff: retryBackoff(),
  watchdog: watchdog(30_000),
  'rxjs bufferCount(100)': bufferCount(100),
  'rxjs bufferTime': bufferTime(1_000, null, 100),
  batch: batch({ maxSize: 100 }),
  'bare Set': (values) =>
    new Observable((subscriber) => {
      const seen = new Set();
      return values.subscribe({
        next: (id) => {
          if (seen.has(id)) return;
          seen.add(id);
          subscriber.next(id);
        },
        complete: () => subscriber.complete(),
      });
    }),
  'rxjs distinct': distinct(),
  dedupe: dedupe((id) => id),
};

function pass() {
  let sum = 0;
  operators[name](source).subscribe((value) => (sum += value.length ?? 1));
  return sum;
}

for (let warm = 0; warm < 2; warm += 1) pass();
const before = process.cpuUsage();
pass();
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ nanoseconds: ((user + system) * 1_000) / total })}\n`);
