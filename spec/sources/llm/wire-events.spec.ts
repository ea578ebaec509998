import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import type { Malformed } from '../../../lib/decode.js';
import { malformedPolicy } from '../../../lib/malformed-policy.js';
import { type WireEventReader, wireEventReader } from '../../../sources/llm/wire-events.js';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import { inTurns } from '../../servers/in-turns.js';
import { framings } from './framings.js';
import { recordings } from './recordings.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';

interface Read {
  readonly events: readonly WireEvent[];
  readonly error: unknown;
  readonly invalid: readonly Malformed[];
}

function readerOf(wire: LlmWire, policy: 'report' | 'error', onInvalid?: (one: Malformed) => void): WireEventReader {
  const options = { malformed: policy, onInvalid };
  return wireEventReader({
    wire,
    policy: malformedPolicy(options, undefined),
    maxLength: 2 ** 26,
    requestId: 'req_1',
  });
}

function read(pieces: readonly Uint8Array[], wire: LlmWire = 'anthropic', policy: 'report' | 'error' = 'report'): Read {
  const events: WireEvent[] = [];
  const invalid: Malformed[] = [];
  const reader = readerOf(wire, policy, (one) => void invalid.push(one));
  try {
    for (const piece of pieces) events.push(...reader.feed(piece));
    events.push(...reader.end());
  } catch (error) {
    events.push(...reader.rest());
    return { events, error, invalid };
  }
  return { events, error: undefined, invalid };
}

const text = (said: string): Uint8Array[] => [Buffer.from(said)];

/** As text: comparing some 100,000 objects member by member would take the longer part of a minute. */
const allOf = ({ events }: Read): string => JSON.stringify(events);
/** Groq names its error only in the `event:` line, which one of the framings takes away. */
const dataOf = ({ events }: Read): string => JSON.stringify(events.map(({ data }) => data));

describe('the events of a recording', () => {
  it.each(recordings)('$name are the same in twelve framings', ({ text, wire }) => {
    const whole = read([Buffer.from(text)], wire);
    expect(whole.events.length).toBeGreaterThan(0);
    const [all, data] = [allOf(whole), dataOf(whole)];
    const different = framings.filter(({ name, cut }) => {
      const seen = read(cut(text), wire);
      return name === 'no event lines' ? dataOf(seen) !== data : allOf(seen) !== all;
    });
    expect(different.map(({ name }) => name)).toEqual([]);
  });
});

describe('the type of an event', () => {
  it('is that of its JSON, else that of its line, else empty', () => {
    const { events } = read(
      text('event: ping\ndata: {"type":"message_stop"}\n\nevent: ping\ndata: {}\n\ndata: {}\n\n'),
    );
    expect(events.map(({ type }) => type)).toEqual(['message_stop', 'ping', '']);
  });

  it('is error where nothing but an error is there, except in a chat chunk', () => {
    const said = text('data: {"error":{"message":"m"}}\n\n');
    expect(read(said, 'openai-responses').events[0]?.type).toBe('error');
    expect(read(said, 'openai-chat').events[0]?.type).toBe('');
  });

  it('is [DONE] for the end marker, whatever blanks are around it', () => {
    const { events } = read(text('data: [DONE]\n\ndata:[DONE] \n\n'), 'openai-chat');
    expect(events).toEqual([
      { type: '[DONE]', data: {} },
      { type: '[DONE]', data: {} },
    ]);
  });
});

describe('text in place of JSON', () => {
  it.each([
    ['data: error: upstream connect error', 'upstream connect error'],
    ['data: [ERROR] upstream connect error', 'upstream connect error'],
    ['event: error\ndata: Internal Server Error', 'Internal Server Error'],
    ['data: error {"error":{"message":"m"}}', 'm'],
    ['data: error: {"message":"m"}', 'm'],
    ['event: error\ndata:', ''],
  ])('is an error where it says so: %j', (frame, message) => {
    const { events, invalid } = read(text(`${frame}\n\n`), 'openai-chat');
    expect(events).toMatchObject([{ type: 'error', data: { error: { message } } }]);
    expect(invalid).toEqual([]);
  });

  it('is malformed in the middle, counted, reported, and never printed', () => {
    const { events, invalid, error } = read(text('data: {"a":1}\n\ndata: {"secret\n\ndata: 42\n\ndata: {"b":2}\n\n'));
    expect(events.map(({ type }) => type)).toEqual(['', 'malformed', 'malformed', '']);
    expect(invalid.map(({ code }) => code)).toEqual(['invalid_json', 'not_an_object']);
    expect([invalid[0]?.raw(), error]).toEqual(['{"secret', undefined]);
    expect(inspect(events)).not.toContain('secret');
  });

  it('ends the stream where the policy is to end it, behind what came before', () => {
    const { events, error } = read(text('data: {"a":1}\n\ndata: {"secret\n\ndata: {}\n\n'), 'anthropic', 'error');
    expect(events.map(({ type }) => type)).toEqual(['', 'malformed']);
    expect(error).toMatchObject({ name: 'LlmError', code: 'malformed', errorType: 'fatal_error', wire: 'anthropic' });
    expect(inspect(error)).not.toContain('secret');
  });

  it('is malformed where garbage has run into a line of data, which would else be gone without a trace', () => {
    const said = 'data: {"type":"a"}\n\n\u0000\uFFFDdata: {"type":"b"}\n\ndata: {"type":"c"}\n\n';
    expect(read(text(said)).events.map(({ type }) => type)).toEqual(['a', 'malformed', 'c']);
    expect(read(text(said), 'anthropic', 'error').error).toMatchObject({ name: 'LlmError', code: 'malformed' });
    const fields = 'metadata: {"a":1}\nx-data: {}\nnote: data: {}\ndata: {"type":"a"}\n\n';
    expect(read(text(fields)).events.map(({ type }) => type)).toEqual(['a']);
  });

  it('is nothing where there is no text: a heartbeat', () => {
    expect(read(text('data:\n\ndata: \n\n: comment\n\nevent: ping\n\n'))).toEqual({
      events: [],
      error: undefined,
      invalid: [],
    });
  });
});

describe('the end of the body', () => {
  it('makes an event of a whole frame without its empty line', () => {
    for (const end of ['', '\n', '\r']) {
      expect(read(text(`data: {"type":"message_stop"}${end}`)).events).toHaveLength(1);
    }
  });

  it('inside a frame is a truncation, under both policies, with the last whole event', () => {
    for (const policy of ['report', 'error'] as const) {
      const { error } = read(text('data: {"type":"ping"}\n\ndata: {"type":"message_st'), 'anthropic', policy);
      expect(error).toMatchObject({
        name: 'TruncatedStreamError',
        code: 'truncated',
        lastEvent: 'ping',
        requestId: 'req_1',
      });
      expect(error).toMatchObject({ errorType: 'stream_interrupted', isRetryable: true });
    }
  });

  it('inside the name of a field is none', () => {
    expect(read(text('data: {"type":"ping"}\n\nda'))).toMatchObject({ error: undefined, events: [{ type: 'ping' }] });
  });
});

it('a 20 MB event in small pieces is put together once, not again with each of them', async () => {
  const bytes = Buffer.from(`data: ${JSON.stringify({ type: 'x', image: 'A'.repeat(20_000_000) })}\n\n`);
  const size = 64;
  const reader = readerOf('anthropic', 'error');
  const events: WireEvent[] = [];
  await inTurns(Math.ceil(bytes.length / size), (at) => {
    events.push(...reader.feed(bytes.subarray(at * size, (at + 1) * size)));
  });
  expect(events.map(({ type, data }) => [type, String(data['image']).length])).toEqual([['x', 20_000_000]]);
});
