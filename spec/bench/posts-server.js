/** Streams posts of about 1.5 KB as fast as the reader takes them: `node posts-server.js COUNT`. */
import { createServer } from 'node:http';
import { postGenerator } from '../../dist/spec/servers/x/posts.js';

const count = Number(process.argv[2]);
const next = postGenerator(1);
const pieces = [];
let piece = '';
for (let n = 0; n < count; n += 1) {
  const { data } = next();
  piece += `${JSON.stringify({ data, matching_rules: [{ id: '1', tag: 'bench' }] })}\r\n`;
  if (piece.length > 48_000 || n === count - 1) {
    pieces.push(Buffer.from(piece));
    piece = '';
  }
}
const bytes = pieces.reduce((sum, one) => sum + one.length, 0);
process.stderr.write(`posts of ${Math.round(bytes / count)} bytes\n`);

const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  let at = 0;
  const push = () => {
    while (at < pieces.length) {
      const more = response.write(pieces[at]);
      at += 1;
      if (!more) return response.once('drain', push);
    }
    response.end();
  };
  push();
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
