/** A request as it stood on the wire. */
export interface RawRequest {
  readonly method: string;
  /** The request target, query included. */
  readonly path: string;
  /** Names in lower case; repeated headers are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded as UTF-8, chunked framing removed. */
  readonly body: string;
}

/** A request with its time and place. */
export interface OriginRequest extends RawRequest {
  /** `performance.now()` when its last byte had arrived. */
  readonly at: number;
  /** The number of its connection, from 0. */
  readonly connection: number;
}

const headEnd = '\r\n\r\n';

/** Cuts a connection's bytes into requests; knows `content-length` and chunked bodies and nothing else. */
export function requestReader(emit: (request: RawRequest) => void): (bytes: Uint8Array) => void {
  let held: Buffer = Buffer.alloc(0);
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    for (let read = readRequest(held); read !== undefined; read = readRequest(held)) {
      held = held.subarray(read.length);
      emit(read.request);
    }
  };
}

function readRequest(bytes: Buffer): { request: RawRequest; length: number } | undefined {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('utf8', 0, end).split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = readHeaders(lines);
  const start = end + headEnd.length;
  const body =
    headers['transfer-encoding'] === undefined
      ? readSized(bytes, start, Number(headers['content-length'] ?? 0))
      : readChunked(bytes, start);
  return body && { request: { method, path, headers, body: body.text }, length: body.end };
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}

function readSized(bytes: Buffer, start: number, length: number): { text: string; end: number } | undefined {
  const end = start + length;
  return bytes.length < end ? undefined : { text: bytes.toString('utf8', start, end), end };
}

function readChunked(bytes: Buffer, start: number): { text: string; end: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const dataEnd = lineEnd + 2 + size;
    if (!(bytes.length >= dataEnd + 2)) return undefined;
    if (size === 0) return { text: Buffer.concat(parts).toString('utf8'), end: dataEnd + 2 };
    parts.push(bytes.subarray(lineEnd + 2, dataEnd));
    at = dataEnd + 2;
  }
}
