import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import type { Malformed } from '../../../lib/decode.js';
import { malformedPolicy } from '../../../lib/malformed-policy.js';
import { wireEventReader } from '../../../sources/llm/wire-events.js';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import { framings } from './framings.js';
import { recordings } from './recordings.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';

interface Read {
  readonly events: readonly WireEvent[];
  readonly error: unknown;
  readonly invalid: readonly Malformed[];
}

function read(pieces: readonly Uint8Array[], wire: LlmWire = 'anthropic', policy: 'report' | 'error' = 'report'): Read {
  const events: WireEvent[] = [];
  const invalid: Malformed[] = [];
  const options = { malformed: policy, onInvalid: (one: Malformed) => void invalid.push(one) };
  const reader = wireEventReader({
    wire,
    policy: malformedPolicy(options, undefined),
    maxLength: 2 ** 26,
    requestId: 'req_1',
  });
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

it('a 10 MB event in 1 KB pieces takes less than half a second of the processor', () => {
  const bytes = Buffer.from(`data: ${JSON.stringify({ type: 'x', image: 'A'.repeat(10_000_000) })}\n\n`);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 1_024) pieces.push(bytes.subarray(at, at + 1_024));
  const before = process.cpuUsage();
  const { events } = read(pieces);
  const { user, system } = process.cpuUsage(before);
  expect(events).toHaveLength(1);
  expect((user + system) / 1_000).toBeLessThan(500);
});
