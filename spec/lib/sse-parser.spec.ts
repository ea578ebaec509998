import { describe, expect, it } from '@jest/globals';
import { createSseParser } from '../../lib/sse-parser.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('createSseParser', () => {
  it('moves the last event id only at the end of a block', () => {
    const parser = createSseParser({ onEvent: () => undefined });
    parser.feed(bytes('id: 1\n'));
    expect(parser.lastEventId).toBe('');
    parser.feed(bytes('\nid: 2\n'));
    parser.end();
    expect(parser.lastEventId).toBe('1');
  });

  it('goes on with the rest of the chunk after a handler has thrown', () => {
    const got: string[] = [];
    const parser = createSseParser({
      onEvent: ({ data }) => {
        got.push(data);
        if (data === '1') throw new Error('mine');
      },
    });
    expect(() => parser.feed(bytes('data: 1\n\ndata: 2\n\ndata'))).toThrow('mine');
    parser.feed(bytes(': 3\n\n'));
    expect(got).toEqual(['1', '2', '3']);
  });

  it('says nothing after close, end and its error', () => {
    const got: string[] = [];
    const parser = createSseParser({ onEvent: ({ data }) => (got.push(data), parser.close()) }, { flush: true });
    parser.feed(bytes('data: 1\n\ndata: 2\n\ndata: 3\n'));
    parser.feed(bytes('data: 4\n\n'));
    parser.end();
    const small = createSseParser({ onEvent: ({ data }) => got.push(data) }, { maxLength: 10, flush: true });
    expect(() => small.feed(bytes('data: 12345'))).toThrow('an event is longer than 10 bytes');
    small.feed(bytes('\n\n'));
    small.end();
    expect(got).toEqual(['1']);
  });
});
