import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, from, lastValueFrom, map, NEVER, type Observable, of, Subject, throwError, toArray } from 'rxjs';
import { StreamError } from '../../../lib/errors.js';
import { LlmError, TruncatedStreamError } from '../../../sources/llm/errors.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { fromNDJSON, fromSSE } from '../../../sources/llm/relay-reader.js';
import { toNDJSON, toSSE } from '../../../sources/llm/relay.js';
import type { LlmLoopPart } from '../../../sources/llm/tool-loop.js';
import { objectOf } from './collected-parts.js';
import { recordedParts } from './recorded-parts.js';
import { call, ended, failure, open, start, text, thinking, usage, whole } from './some-parts.js';

const encoder = new TextEncoder();
const bytes = (...texts: string[]): Observable<Uint8Array> => from(texts.map((one) => encoder.encode(one)));
const wires = [
  ['SSE', toSSE, fromSSE],
  ['NDJSON', toNDJSON, fromNDJSON],
] as const;

/** A part of each type. */
const every: LlmLoopPart[] = [
  { type: 'turn', index: 0 },
  open(1, { 'request-id': 'r' }),
  start(),
  { type: 'thinking.start', key: '0', isRedacted: true },
  thinking('0', 'hm'),
  { type: 'thinking.end', key: '0', signature: 'S', native: { a: 1 } },
  { type: 'text.start', key: '1' },
  text('1', 'x\n\ud83d', 2),
  { type: 'citation', key: '1', citation: { url: 'u' } },
  { type: 'text.end', key: '1', native: { text: 'x' } },
  { type: 'refusal.delta', key: '2', text: 'no' },
  { type: 'tool.start', key: '3', id: 'c1', name: 'add' },
  { type: 'tool.delta', key: '3', text: '{' },
  { type: 'toolCall', key: '3', call },
  { type: 'serverTool', key: '4', name: 'n', isFinal: true, native: { ['__proto__x']: 1 } },
  usage(1, 2, { native: { a: null } }),
  { type: 'stop', stop: { reason: 'tool', native: 'tool_use', details: { a: 1 } } },
  { type: 'stall', clock: 'idleContent', ms: 3 },
  { type: 'reset', attempt: 1, discarded: whole(text('0', 'a')) },
  { type: 'resume', cursor: 3, by: 'poll' },
  { type: 'unknown', native: [1] },
  ...ended(
    ...[start(), thinking('0', 'hm'), text('1', 'a'), usage(1, 1)],
    { type: 'refusal.delta', key: '2', text: 'no' },
    { type: 'toolCall', key: '3', call },
    { type: 'serverTool', key: '4', name: 'n', isFinal: true, native: {} },
    { type: 'stop', stop: { reason: 'tool', native: 'tool_use' } },
  ),
  { type: 'toolResult', result: { id: 'c1', name: 'add', output: '1', isError: false, kind: 'json' } },
  { type: 'toolResult', result: { id: 'c1', name: 'add', output: [{ type: 'image' }], isError: true, kind: 'text' } },
];

describe.each(wires)('a relay over %s', (_, write, read) => {
  it('brings every part back as it was', async () => {
    const found = await lastValueFrom(
      from(every).pipe(
        write(),
        map((one) => encoder.encode(one)),
        read(),
        toArray(),
      ),
    );
    expect(found).toEqual(every);
    const other = every.filter((part) => part.type !== 'unknown').map((part) => part.type);
    expect(found.flatMap((part) => (part.type === 'unknown' ? [] : [part.type]))).toEqual(other);
  });

  it('brings a retry back with its error', async () => {
    const cause = new LlmError('too much', {
      ...{ errorType: 'rate_limited', code: 'rate_limited', statusCode: 429, retryAfter: 7, attempts: 2, elapsed: 9 },
      ...{ requestId: 'r', wire: 'openai-chat', providerType: 't', providerCode: 'c', phase: 'request' },
    });
    const relayed = of({ type: 'retry', attempt: 2, delayMs: 5, cause } as const).pipe(write());
    const part = await lastValueFrom(
      relayed.pipe(
        map((one) => encoder.encode(one)),
        read(),
        toArray(),
      ),
    );
    expect(part).toEqual([{ type: 'retry', attempt: 2, delayMs: 5, cause }]);
    expect(part[0]).toMatchObject({ cause: { isRetryable: true, retryAfter: 7, statusCode: 429, providerCode: 'c' } });
  });

  it.each(recordedParts)('brings $name back', async ({ parts }) => {
    const found = await lastValueFrom(
      from(parts).pipe(
        write(),
        map((one) => encoder.encode(one)),
        read(),
        toArray(),
      ),
      { defaultValue: [] },
    );
    expect(found).toEqual(parts);
  });

  it('says the same however the bytes were cut', async () => {
    const all = encoder.encode((await lastValueFrom(from(every).pipe(write(), toArray()))).join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < all.length; turn += 1) {
          const end = at + (sizes[turn % sizes.length] ?? 1);
          pieces.push(all.slice(at, end));
          at = end;
        }
        expect(await lastValueFrom(from(pieces).pipe(read(), toArray()))).toEqual(every);
      }),
      { numRuns: 20 },
    );
  });

  it('is never whole where it was cut off, at whatever byte', async () => {
    const frames = await lastValueFrom(from([text('0', 'a'), text('0', 'b')]).pipe(write(), toArray()));
    const all = encoder.encode(frames.join(''));
    const outcomes = new Set<string>();
    for (let at = 0; at < all.length - 1; at += 1) {
      const found: string[] = [];
      let outcome = 'none';
      of(all.slice(0, at))
        .pipe(read())
        .subscribe({
          next: (part) => found.push('text' in part ? part.text : part.type),
          error: (error: unknown) => (outcome = error instanceof TruncatedStreamError ? 'truncated' : 'other'),
          complete: () => (outcome = 'whole'),
        });
      expect('ab'.startsWith(found.join(''))).toBe(true);
      outcomes.add(outcome);
      // A whole last line may lack its end.
      if (outcome === 'whole') expect(at).toBe(all.length - 1);
    }
    expect(outcomes).toEqual(new Set(['truncated']));
  });

  it('fails as the other end has failed', async () => {
    const cut = new TruncatedStreamError('cut', {
      ...{ errorType: 'stream_interrupted', code: 'truncated', phase: 'body', lastEvent: 'text.delta' },
    });
    for (const error of [failure, cut]) {
      const failed = concat(
        of(text('0', 'a')),
        throwError(() => error),
      ).pipe(write());
      const found = failed.pipe(
        map((one) => encoder.encode(one)),
        read(),
      );
      await expect(lastValueFrom(found)).rejects.toEqual(error);
      await expect(lastValueFrom(found)).rejects.toMatchObject({ name: error.name, code: error.code });
    }
  });

  it('leaves its source at the end marker, before anybody hears of it', async () => {
    const frames = await lastValueFrom(of(text('0', 'a')).pipe(write(), toArray()));
    const source = new Subject<Uint8Array>();
    let wasObserved = true;
    const found: string[] = [];
    source.pipe(read()).subscribe({
      next: (part) => found.push(part.type),
      complete: () => (wasObserved = source.observed),
    });
    source.next(encoder.encode(frames.join('').repeat(2)));
    expect([found, wasObserved]).toEqual([['text.delta'], false]);
    const open = new Subject<Uint8Array>();
    open.pipe(read()).subscribe().unsubscribe();
    expect(open.observed).toBe(false);
    NEVER.pipe(read()).subscribe().unsubscribe();
  });

  it('passes what it does not know as unknown, and what has another shape than its type', async () => {
    const odd = [
      '{"type":"new.part","key":"0"}',
      '{"type":"text.delta","key":0,"text":"a"}',
      '{"type":"text.delta","key":"0"}',
      '{"type":"usage","usage":{"inputTokens":"1","native":{}}}',
      '{"type":"stop","stop":{"reason":"tired"}}',
      '{"type":"open","headers":{"a":1},"attempt":1}',
      '{"type":"toolCall","key":"0","call":{"id":"c","name":"n","raw":"","kind":"xml","native":{}}}',
      '{"type":"stall","clock":"grandfather","ms":1}',
      '{"type":"resume","cursor":1,"by":"luck"}',
      '{"type":"retry","attempt":1}',
      '{"type":"end","message":{"wire":"anthropic"}}',
      '{"type":"toolResult","result":{"id":"c","name":"n","kind":"json","isError":false,"output":[1]}}',
      '{"type":"reset","attempt":1,"discarded":{}}',
      '{"key":"0"}',
    ];
    const framed = [...odd, '{"type":"relay.end"}'].map((json) =>
      read === fromSSE ? `data: ${json}\n\n` : `${json}\n`,
    );
    const found = await lastValueFrom(bytes(...framed).pipe(read(), toArray()));
    expect(found).toEqual(odd.map((json) => ({ type: 'unknown', native: objectOf(JSON.parse(json)) })));
  });

  it('passes no message whose blocks are none', async () => {
    const message = whole(text('0', 'a'), { type: 'toolCall', key: '1', call });
    const broken = [
      { ...message, wire: 'smoke' },
      { ...message, blocks: [{ type: 'text', key: '0' }] },
      { ...message, blocks: [{ type: 'text', key: '0', text: 'a', citations: [1] }] },
      { ...message, blocks: [{ type: 'tool', key: '0', id: 'c', name: 'n', raw: '', call: { id: 'c' } }] },
      { ...message, toolCalls: [{}] },
      { ...message, usage: { native: 1 } },
      { ...message, stop: { reason: 1 } },
    ].map((one) => JSON.stringify({ type: 'end', message: one }));
    const framed = [...broken, '{"type":"relay.end"}'].map((json) =>
      read === fromSSE ? `data: ${json}\n\n` : `${json}\n`,
    );
    const found = await lastValueFrom(bytes(...framed).pipe(read(), toArray()));
    expect(found.map((part) => part.type)).toEqual(broken.map(() => 'unknown'));
  });

  it('is interrupted by what is no JSON object, in words that do not quote it', async () => {
    for (const odd of ['canary', '[1]', '"canary"', 'null', '{"canary":']) {
      const framed = read === fromSSE ? `data: ${odd}\n\n` : `${odd}\n`;
      const error: unknown = await lastValueFrom(bytes(framed).pipe(read())).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ errorType: 'stream_interrupted', code: 'malformed' });
      expect(String(error)).not.toContain('canary');
    }
  });

  it('takes a body that broke off for a message that was cut, and other errors for what they are', async () => {
    const reset = new StreamError('reset', { errorType: 'stream_interrupted', code: 'interrupted', phase: 'body' });
    const [frame = ''] = await lastValueFrom(of(text('0', 'a')).pipe(write(), toArray()));
    const broken = concat(
      bytes(frame),
      throwError(() => reset),
    ).pipe(read());
    await expect(lastValueFrom(broken)).rejects.toMatchObject({
      ...{ name: 'TruncatedStreamError', message: 'reset', lastEvent: 'text.delta', cause: reset },
    });
    const refused = new StreamError('no', { errorType: 'authentication_error', code: 'unauthorized' });
    await expect(lastValueFrom(throwError(() => refused).pipe(read()))).rejects.toBe(refused);
  });

  it('keeps to its limit', async () => {
    const parts: LlmPart[] = [text('0', 'x'.repeat(100))];
    const relayed = from(parts).pipe(
      write(),
      map((one) => encoder.encode(one)),
      read({ maxLength: 50 }),
    );
    await expect(lastValueFrom(relayed)).rejects.toMatchObject({ code: 'frame_too_large' });
    expect(() => read({ maxLength: 0 })).toThrow(TypeError);
  });
});

describe('errors of a relay', () => {
  it.each([
    '{}',
    '{"error":1}',
    '{"error":{"message":"m","code":"c","errorType":"bad_luck"}}',
    '{"error":{"message":1}}',
  ])('that say nothing are an error all the same: %s', async (json) => {
    const line = `${JSON.stringify({ ...JSON.parse(json), type: 'relay.error' })}\n`;
    await expect(lastValueFrom(bytes(line).pipe(fromNDJSON()))).rejects.toMatchObject({
      ...{ name: 'LlmError', errorType: 'fatal_error', code: 'malformed' },
    });
  });

  it('have no member of another type than they should', async () => {
    const error = {
      errorType: 'timeout',
      code: 'x',
      message: 'm',
      statusCode: '5',
      wire: 'smoke',
      phase: 7,
      attempts: 'a',
    };
    const line = `${JSON.stringify({ type: 'relay.error', error })}\n`;
    await expect(lastValueFrom(bytes(line).pipe(fromNDJSON()))).rejects.toMatchObject({
      ...{ errorType: 'timeout', statusCode: undefined, wire: undefined, phase: undefined, attempts: undefined },
    });
  });

  it('pass heartbeats of a relay over', async () => {
    expect(await lastValueFrom(bytes(': ping\n\ndata: {"type":"relay.end"}\n\n').pipe(fromSSE(), toArray()))).toEqual(
      [],
    );
    expect(await lastValueFrom(bytes('\n\r\n{"type":"relay.end"}\n').pipe(fromNDJSON(), toArray()))).toEqual([]);
  });
});
