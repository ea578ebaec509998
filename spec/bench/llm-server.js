/**
 * Streams a message of Anthropic's with COUNT text deltas as fast as the reader takes it: `node llm-server.js COUNT`. `/sent` tells when it had
 * sent all, in seconds; 0 for not yet.
 */
import { createServer } from 'node:http';
import { textEvents } from './llm-streams.js';

const events = textEvents('anthropic', Number(process.argv[2]));
const perPiece = 200;
const pieces = [];
for (let at = 0; at < events.length; at += perPiece) {
  pieces.push(Buffer.from(events.slice(at, at + perPiece).join('')));
}
let sentAfter = 0;

const server = createServer((request, response) => {
  if (request.url === '/sent') return response.end(JSON.stringify({ sentAfter }));
  const start = performance.now();
  let at = 0;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const push = () => {
    while (at < pieces.length) {
      at += 1;
      if (!response.write(pieces[at - 1])) return response.once('drain', push);
    }
    sentAfter = (performance.now() - start) / 1_000;
    response.end();
  };
  push();
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
