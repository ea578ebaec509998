/**
 * Streams lines of 1 KB as fast as the reader takes them: `node memory-server.js COUNT`.
 *
 * `/waits` tells how often it had to wait for the reader, and when it had sent all: `write` returns false for any piece above 16 KB, so
 * only a wait of a millisecond or more counts.
 */
import { createServer } from 'node:http';

const count = Number(process.argv[2]);
const perPiece = 50;
const piece = Buffer.from(`${'x'.repeat(1_023)}\n`.repeat(perPiece));
const longWait = 1;
let waits = 0;
let sentAfter = 0;

const server = createServer((request, response) => {
  if (request.url === '/waits') return response.end(JSON.stringify({ waits, sentAfter }));
  const start = performance.now();
  let sent = 0;
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const push = () => {
    while (sent < count) {
      sent += perPiece;
      if (response.write(piece)) continue;
      const full = performance.now();
      return response.once('drain', () => {
        if (performance.now() - full >= longWait) waits += 1;
        push();
      });
    }
    sentAfter = (performance.now() - start) / 1_000;
    response.end();
  };
  push();
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
