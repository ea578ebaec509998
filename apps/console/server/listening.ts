import { once } from 'node:events';
import type { Server } from 'node:net';

/** Listens on the loopback and returns the port; 0 is for a free one. Errors: `EADDRINUSE` and the like. */
export async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
