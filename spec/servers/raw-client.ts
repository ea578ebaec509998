import { connect } from 'node:net';

/** What came back on a raw connection until it closed. */
export interface RawExchange {
  readonly text: string;
  /** Sizes of the pieces in which it arrived. */
  readonly pieces: readonly number[];
  readonly end: 'fin' | 'reset';
}

/** Connects, sends the text as it is, and collects everything until the server closes. */
export function exchange(port: number, request = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'): Promise<RawExchange> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let end: RawExchange['end'] = 'fin';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request));
    socket.on('data', (bytes) => pieces.push(Buffer.from(bytes)));
    socket.on('error', () => (end = 'reset'));
    socket.on('close', () => {
      const text = Buffer.concat(pieces).toString('latin1');
      resolve({ text, pieces: pieces.map((piece) => piece.length), end });
    });
  });
}
