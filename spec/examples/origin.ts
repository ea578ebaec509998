import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the `ts run` examples talk to; they find it in `process.env.TAILRACE_DOCS_URL`. */
export interface Origin {
  readonly url: string;
  close(): Promise<void>;
}

/** A server on a free port that answers every request with three lines of JSON, an empty line (a heartbeat) between them. */
export async function startOrigin(): Promise<Origin> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end('{"id":"1"}\r\n\r\n{"id":"2"}\r\n{"id":"3"}\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
