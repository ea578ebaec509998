import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { listen, shutDown } from '../servers/origin.js';

/** PEM of spec/fixtures/tls: self-signed, for tests only. */
export function pem(file: string): string {
  return readFileSync(join(process.cwd(), 'spec/fixtures/tls', file), 'utf8');
}

export interface TlsOrigin {
  readonly url: string;
  /** Handshakes begun. */
  readonly connections: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Answers each connection's first request with these bytes; cuts it off, without a TLS farewell, where told to. */
export async function startTlsOrigin(certificate: string, answer: string, cut = false): Promise<TlsOrigin> {
  const sockets = new Set<TLSSocket>();
  const key = pem(certificate === 'other-name' ? 'other-name.key' : 'loopback.key');
  let connections = 0;
  const server = createServer({ cert: pem(`${certificate}.crt`), key }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => socket.write(answer, () => cut && setTimeout(() => socket.destroy(), 20)));
  });
  server.on('connection', () => (connections += 1));
  const port = await listen(server);
  return {
    url: `https://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    [Symbol.asyncDispose]: () => shutDown(server, sockets),
  };
}
