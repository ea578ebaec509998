/** Streams batches as fast as the reader takes them, and takes acknowledgments: `node chain-server.js BATCHES EVENTS`. */
import { createServer } from 'node:http';
import { numbers, transfers } from './chain-logs.js';

const [batches, eventsInBatch] = process.argv.slice(2).map(Number);
const next = numbers(7);
const hash = () => `0x${Array.from({ length: 64 }, () => next(16).toString(16)).join('')}`;

const events = transfers(eventsInBatch).map(({ address, topics, data }, index) => ({
  from: `0x${topics[1].slice(26)}`,
  to: `0x${topics[2].slice(26)}`,
  value: String(BigInt(data)),
  block_number: 19_000_000 + (index >> 4),
  transaction_hash: hash(),
  log_index: index,
  address,
  timestamp: '2025-01-01T00:00:00Z',
}));
const text = JSON.stringify(events);
const pieces = Array.from({ length: batches }, (_, index) => {
  const head = JSON.stringify({
    type: 'event_batch',
    response_id: `resp_${index}`,
    subscription_id: 1,
    connection_id: 'conn_bench',
    resume_token: `rt_${index}`,
    batch_id: `batch_${index}`,
    batch_size: eventsInBatch,
    timestamp: '2025-01-01T00:00:00Z',
  }).slice(0, -1);
  return Buffer.from(`${head},"events":{"Transfer":${text}}}\n`);
});

const server = createServer((request, response) => {
  if (request.method === 'GET') return stream(response);
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answerTo(JSON.parse(body))));
  });
});

/** Stays open behind the last batch, as a live stream does. */
function stream(response) {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-connection-id': 'conn_bench' });
  let at = 0;
  const push = () => {
    while (at < pieces.length && !response.destroyed) {
      const more = response.write(pieces[at]);
      at += 1;
      if (!more) return response.once('drain', push);
    }
  };
  push();
}

function answerTo({ batch_id: one, batch_ids: many = [one] }) {
  return {
    acknowledged: true,
    batch_id: one,
    events_acknowledged: eventsInBatch,
    total_batches: many.length,
    acknowledged_batches: many.length,
    failed_batches: 0,
    failed_batch_ids: [],
    total_events_acknowledged: many.length * eventsInBatch,
    connection_id: 'conn_bench',
    timestamp: '2025-01-01T00:00:00Z',
  };
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
