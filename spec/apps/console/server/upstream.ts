import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { listen, shutDown } from '../../../servers/origin.js';

/** A server for a gate to stand before. */
export interface Upstream {
  readonly port: number;
  readonly requests: readonly IncomingMessage[];
  readonly openSockets: number;
  close(): Promise<void>;
}

/** Answers every request by this handler. */
export async function startUpstream(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Upstream> {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push(request);
    handle(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  return {
    port,
    requests,
    get openSockets() {
      return sockets.size;
    },
    close: () => shutDown(server, sockets),
  };
}
