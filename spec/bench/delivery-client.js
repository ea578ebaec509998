/** One way of handling values, alone in its process: `node delivery-client.js NAME`. */
import { mergeMap, Observable, of } from 'rxjs';
import { ackMap, batchAck, deliver } from '../../dist/operators/index.js';

const [name] = process.argv.slice(2);
const total = 2_000_000;
/** A source that heeds the window, as a body does: what is larger than all credit would wait in a queue. */
const source = new Observable((subscriber) => {
  for (let n = 0; n < total && !subscriber.closed; n += 1) subscriber.next(n);
  subscriber.complete();
});
const maxUnacked = 256;

const ways = {
  'bare Observable': (values) => values,
  'deliver and ack()': (values) => values.pipe(deliver({ maxUnacked })),
  'deliver with maxUnackedBytes and ack()': (values) =>
    values.pipe(deliver({ maxUnacked, maxUnackedBytes: 100_000, sizeOf: () => 100 })),
  'ackMap, plain result': (values) =>
    values.pipe(
      deliver({ maxUnacked }),
      ackMap((value) => value),
    ),
  'batchAck(100)': (values) =>
    values.pipe(
      deliver({ maxUnacked }),
      batchAck((batch) => of(batch.length), { maxSize: 100 }),
    ),
  'rxjs mergeMap, plain result': (values) => values.pipe(mergeMap((value) => of(value))),
};

async function* numbers() {
  for (let n = 0; n < total; n += 1) yield n;
}

async function pass() {
  let sum = 0;
  if (name === 'bare async iterator') {
    for await (const value of numbers()) sum += value;
    return sum;
  }
  await new Promise((resolve, reject) => {
    ways[name](source).subscribe({ next: consumerOf((count) => (sum += count)), error: reject, complete: resolve });
  });
  return sum;
}

/** As it would be written for each way: nobody asks every value what it is. */
function consumerOf(add) {
  if (name.startsWith('batchAck')) return ({ acked }) => add(acked);
  if (!name.includes('ack()')) return () => add(1);
  return (delivery) => {
    add(1);
    delivery.ack();
  };
}

for (let warm = 0; warm < 2; warm += 1) await pass();
const before = process.cpuUsage();
const seen = await pass();
const { user, system } = process.cpuUsage(before);
if (name !== 'bare async iterator' && seen !== total) process.stderr.write(`${name} handled ${seen} of ${total}\n`);
process.stdout.write(`${JSON.stringify({ nanoseconds: ((user + system) * 1_000) / total })}\n`);
