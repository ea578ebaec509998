import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { byteStream } from '../../../lib/http.js';
import { nodeTransport } from '../../../lib/node/index.js';
import { readerOf } from '../../../lib/node/node-body.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, endChunks, stall } from '../../servers/origin-steps.js';
import { outcomeOf } from '../outcome.js';

const text = randomBytes(3_000).toString('hex');
const encodings = [
  { encoding: 'gzip', packed: gzipSync(text) },
  { encoding: 'X-GZip', packed: gzipSync(text) },
  { encoding: 'deflate', packed: deflateSync(text) },
  { encoding: 'br', packed: brotliCompressSync(text) },
];

describe('an encoded body', () => {
  it.each(encodings)('is decoded ($encoding)', async ({ encoding, packed }) => {
    const { outcome, origin } = await answerOf(encoding, packed);
    expect(outcome).toMatchObject({ text, completed: true });
    expect(origin.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it.each(encodings)('is an error where it is cut off, though HTTP ends cleanly ($encoding)', async (row) => {
    const { outcome } = await answerOf(row.encoding, row.packed.subarray(0, row.packed.length - 200));
    expect(outcome.error).toMatchObject({ errorType: 'stream_interrupted', code: 'truncated', phase: 'body' });
    expect(text.startsWith(outcome.text)).toBe(true);
  });

  it.each(encodings)('is an error where it is damaged ($encoding)', async ({ encoding, packed }) => {
    const { outcome } = await answerOf(encoding, Buffer.from(packed).fill(0xff, 0, 8));
    expect(outcome.error).toMatchObject({ errorType: 'stream_interrupted', code: 'protocol_error', phase: 'body' });
  });

  it('comes piece by piece, as the server flushes it', async () => {
    const gzip = createGzip();
    const pieces: Buffer[] = [];
    gzip.on('data', (piece: Buffer) => pieces.push(piece));
    gzip.write('first');
    await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
    const first = Buffer.concat(pieces);
    await using origin = await startOrigin([[answer(200, { 'content-encoding': 'gzip' }), chunk(first), stall()]]);
    const seen = new Promise<string>((resolve) => {
      const stream = byteStream({ url: origin.url, transport: nodeTransport() });
      const subscription = stream.subscribe((bytes) => {
        resolve(Buffer.from(bytes).toString());
        subscription.unsubscribe();
      });
    });
    expect(await seen).toBe('first');
    await origin.closed(0);
  });

  it('closes its socket when it is cancelled', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    await using origin = await startOrigin([[answer(200, gzip), chunk(gzipSync('a').subarray(0, 12)), stall()]]);
    const signal = new AbortController().signal;
    const message = { url: origin.url, method: 'GET', headers: {}, body: undefined, signal } as const;
    const { body } = await nodeTransport()({ ...message, redirect: 'manual' });
    await body?.cancel?.();
    await expect(body?.read()).rejects.toMatchObject({ errorType: 'stream_interrupted', code: 'interrupted' });
    await origin.closed(0);
  });
});

describe('readerOf', () => {
  it('gives each piece, then says that it is done as often as it is asked', async () => {
    const stream = new PassThrough();
    const reader = readerOf(stream);
    const early = reader.read();
    stream.write('a');
    expect(await early).toEqual({ done: false, value: Buffer.from('a') });
    stream.end('b');
    expect(await reader.read()).toEqual({ done: false, value: Buffer.from('b') });
    expect([await reader.read(), await reader.read()]).toEqual([{ done: true }, { done: true }]);
  });

  it('rejects every read after the stream has failed', async () => {
    const stream = new PassThrough();
    const reader = readerOf(stream);
    const pending = expect(reader.read()).rejects.toThrow('broken');
    stream.destroy(new Error('broken'));
    await pending;
    await expect(reader.read()).rejects.toThrow('broken');
  });
});

async function answerOf(encoding: string, packed: Uint8Array) {
  const steps = [answer(200, { 'content-encoding': encoding }), chunk(packed), endChunks()];
  const origin = await startOrigin([steps]);
  const outcome = await outcomeOf(byteStream({ url: origin.url, transport: nodeTransport() }));
  await origin.close();
  return { outcome, origin };
}
