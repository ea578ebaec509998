/** One contestant: reads all batches five times and reports the CPU microseconds per event of the last three. */
import { take } from 'rxjs';
import { chainService } from '../../dist/sources/chain/service.js';
import { chainEvents } from '../../dist/sources/chain/streams.js';

const [name, url, batches, eventsInBatch] = process.argv.slice(2);
const [total, each] = [Number(batches), Number(eventsInBatch)];
/** Often enough that acknowledgments are sent while batches come, not only behind the last. */
const batchAckInterval = 100;

const contestants = {
  /** fetch, decode, split, parse: no acknowledgment, no check, no second connection. */
  async bare(onBatch) {
    const response = await fetch(`${url}/subscriptions/1/stream`);
    const decoder = new TextDecoder();
    let rest = '';
    let seen = 0;
    for await (const chunk of response.body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (line === '') continue;
        onBatch(JSON.parse(line));
        seen += 1;
      }
      if (seen === total) break;
    }
  },
  tailrace: (onBatch) => finished(chainEvents(client(), 1, { batchAckInterval }), onBatch),
  'tailrace, deliveries': (onBatch) =>
    finished(chainEvents(client(), 1, { batchAckInterval, maxUnacked: 10 }), (delivery) => {
      onBatch(delivery.value);
      delivery.ack();
    }),
};

function client() {
  return chainService('bench', { serviceUrl: url, subscriberId: 'bench' });
}

function finished(source, next) {
  return new Promise((resolve, reject) => {
    source.pipe(take(total)).subscribe({ next, error: reject, complete: resolve });
  });
}

async function pass() {
  let events = 0;
  await contestants[name](({ events: { Transfer } }) => {
    for (const { value } of Transfer) if (value !== undefined) events += 1;
  });
  // The last acknowledgments are part of the work.
  await new Promise((resolve) => setTimeout(resolve, batchAckInterval));
  if (events !== total * each) process.stderr.write(`${name}: ${events} of ${total * each} events\n`);
}

const measured = 3;
for (let warm = 0; warm < 2; warm += 1) await pass();
const before = process.cpuUsage();
for (let n = 0; n < measured; n += 1) await pass();
const { user, system } = process.cpuUsage(before);
const microseconds = (user + system) / (measured * total * each);
process.stdout.write(`${JSON.stringify({ microseconds })}\n`, () => process.exit(0));
