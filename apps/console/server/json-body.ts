import type { IncomingMessage } from 'node:http';

/** What became of reading a body. */
export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly error: string };

/** Reads a JSON body of so many bytes at most; no byte more is kept. Rejects when the client leaves in the middle. */
export async function readJsonBody(request: IncomingMessage, maxLength: number): Promise<JsonBody> {
  // Another page can send text to any address without being asked; JSON it cannot.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    return { ok: false, status: 415, error: 'send the body as application/json' };
  }
  const tooLarge = { ok: false, status: 413, error: `send ${maxLength} bytes at most` } as const;
  if (Number(request.headers['content-length'] ?? 0) > maxLength) return tooLarge;
  const pieces: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> = request;
  for await (const piece of body) {
    length += piece.length;
    if (length > maxLength) return tooLarge;
    pieces.push(piece);
  }
  return parsed(Buffer.concat(pieces).toString('utf8'));
}

function parsed(text: string): JsonBody {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    return { ok: false, status: 400, error: 'send JSON, like {"kind":"drop"}' };
  }
}
