/** Streams lines of 1 KB as fast as the reader takes them, and counts how often it had to wait: `node memory-server.js COUNT`. */
import { createServer } from 'node:http';

const count = Number(process.argv[2]);
const perPiece = 50;
const piece = Buffer.from(`${'x'.repeat(1_023)}\n`.repeat(perPiece));
let waits = 0;

const server = createServer((request, response) => {
  if (request.url === '/waits') return response.end(JSON.stringify({ waits }));
  let sent = 0;
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const push = () => {
    while (sent < count) {
      sent += perPiece;
      if (response.write(piece)) continue;
      waits += 1;
      return response.once('drain', push);
    }
    response.end();
  };
  push();
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
