import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import * as z from 'zod';
import type { Malformed } from '../../../lib/decode.js';
import { createMonitor } from '../../../lib/state.js';
import { openXStream, type XOpenOptions } from '../../../sources/x/open-stream.js';
import { disconnectNotice, type DisconnectType } from '../../servers/x/problems.js';
import { samples } from './samples.js';
import { type ScriptedAnswer, scriptedX } from './scripted-x.js';
import { type Watched, watch } from './watch.js';

const post = (id: string, text = 'x'): string => JSON.stringify({ data: { id, text } });
const notice = (type: DisconnectType): string => JSON.stringify(disconnectNotice(type));

/** All that one connection says, to its end. */
async function read(answer: ScriptedAnswer, options: Partial<XOpenOptions<'filtered'>> = {}) {
  const { transport } = scriptedX(() => answer);
  const seen = watch(openXStream('filtered', { bearerToken: 'secret-token', transport, ...options }));
  await seen.ended;
  return seen;
}

const typesOf = ({ values }: Watched<{ readonly type: string }>): string[] => values.map(({ type }) => type);

describe('the lines of openXStream', () => {
  it('are keep-alives alone and glued to posts, with CRLF and LF, wherever they are cut', async () => {
    const seen = await read({ body: ['\r\n', `${post('1')}\r\n\r\n${post('2')}\n\r`, '\n', post('3'), '\r', '\n'] });
    expect(typesOf(seen)).toEqual(['keep_alive', 'item', 'keep_alive', 'item', 'keep_alive', 'item']);
    expect([seen.error, seen.completed]).toEqual([undefined, true]);
  });

  it('keep raw line separators, entities and ids of 19 digits as they are', async () => {
    const text = 'a\u2028b\u2029c &amp; \u{1f469}\u200d\u{1f680}';
    const seen = await read({ body: [`${post('1999999999999999999', text)}\r\n`] });
    expect(seen.values).toEqual([{ type: 'item', item: { data: { id: '1999999999999999999', text } } }]);
  });

  it('keep what X could not include on the item', async () => {
    const errors = [{ title: 'Not Found Error', type: 'https://api.twitter.com/2/problems/resource-not-found' }];
    const line = JSON.stringify({ data: { id: '1', text: 'x' }, errors });
    const seen = await read({ body: [`${line}\r\n`] });
    expect(seen.values).toEqual([{ type: 'item', item: { data: { id: '1', text: 'x' }, errors } }]);
    expect(seen.completed).toBe(true);
  });

  it('that are of a new kind pass as unknown', async () => {
    const seen = await read({ body: ['{}\r\n{"type":"weather","value":1}\r\n{"data":[]}\r\n'] });
    expect(typesOf(seen)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(seen.completed).toBe(true);
  });

  it('are items in every form that X documents', async () => {
    const lines = Object.values(samples);
    const seen = await read({ body: [lines.map((line) => `${line}\r\n`).join('')] });
    expect(seen.values).toHaveLength(lines.length);
    expect(typesOf(seen)).not.toContain('malformed');
  });

  it('of Powerstream hold several posts each, and metadata first', async () => {
    const metadata = '{"type":"connection_metadata","datacenter":"atla","timestamp":"t"}';
    const { transport, requests } = scriptedX(() => ({ body: [`${metadata}\r\n[{"id_str":"1"},{"id_str":"2"}]\r\n`] }));
    const seen = watch(openXStream('powerstream', { bearerToken: 'a', transport, localDcOnly: true }));
    await seen.ended;
    expect(seen.values.map((message) => (message.type === 'item' ? message.item.id_str : message.type))).toEqual([
      'metadata',
      '1',
      '2',
    ]);
    expect(requests[0]?.url.search).toBe('?localDcOnly=true');
  });

  it('that are whole count even where their end is missing, others are an interruption', async () => {
    expect(typesOf(await read({ body: [post('1')] }))).toEqual(['item']);
    expect(typesOf(await read({ body: [post('1')], end: 'broken' }))).toEqual(['item']);
    const cut = await read({ body: [`${post('1')}\r\n${post('2').slice(0, -1)}`] });
    expect([typesOf(cut), cut.error?.code]).toEqual([['item'], 'truncated']);
  });
});

describe('what openXStream cannot read', () => {
  it('is reported, counted and not printed', async () => {
    const monitor = createMonitor();
    const invalid: Malformed[] = [];
    const body = [`${post('1')}\r\n{"data":{"secret\r\n42\r\n${post('2')}\r\n`];
    const seen = await read({ body }, { monitor, onInvalid: (one) => void invalid.push(one) });
    expect(typesOf(seen)).toEqual(['item', 'malformed', 'malformed', 'item']);
    expect(invalid.map(({ code }) => code)).toEqual(['invalid_json', 'not_an_object']);
    expect([invalid[0]?.raw(), monitor.state.malformed]).toEqual(['{"data":{"secret', 2]);
    expect(inspect(seen.values, { depth: 9 }) + JSON.stringify(seen.values)).not.toContain('secret');
  });

  it('ends the stream where it is told to', async () => {
    const seen = await read({ body: [`x\r\n${post('1')}\r\n`] }, { malformed: 'error' });
    expect(typesOf(seen)).toEqual(['malformed']);
    expect(seen.error).toMatchObject({ errorType: 'fatal_error', code: 'malformed' });
  });

  it('ends it when so much comes in a row', async () => {
    const body = [`x\r\n${post('1')}\r\nx\r\nx\r\n${post('2')}\r\n`];
    const seen = await read({ body }, { maxMalformedInARow: 2 });
    expect(typesOf(seen)).toEqual(['malformed', 'item', 'malformed', 'malformed']);
    expect(seen.error?.code).toBe('malformed');
  });

  it('includes items that the schema refuses, in a row too', async () => {
    const schema = z.object({ data: z.object({ id: z.string(), text: z.string() }) });
    const body = [`${post('1')}\r\n{"data":{"id":"2"}}\r\n{"data":{"id":"3"}}\r\n${post('4')}\r\n`];
    const seen = await read({ body }, { schema, maxMalformedInARow: 2 });
    expect(typesOf(seen)).toEqual(['item', 'malformed', 'malformed']);
    expect(seen.values[1]).toMatchObject({ code: 'schema_mismatch', path: 'data.text' });
    expect(seen.error?.code).toBe('malformed');
  });

  it('includes lines that are too long, with their length', async () => {
    const long = post('1', 'y'.repeat(100));
    const seen = await read({ body: [`${long}\r\n${post('2')}\r\n`] }, { maxLineLength: 60 });
    expect(typesOf(seen)).toEqual(['malformed', 'item']);
    // The CR is counted: what a line without its LF holds is what is limited.
    expect(seen.values[0]).toMatchObject({ code: 'line_too_long', length: long.length + 1 });
  });
});

describe('a notice that the connection is over', () => {
  it.each<[DisconnectType, string, string]>([
    ['OperationalDisconnect', 'stream_interrupted', 'operational_disconnect'],
    ['UpstreamOperationalDisconnect', 'stream_interrupted', 'operational_disconnect'],
    ['UpstreamUncleanDisconnect', 'stream_interrupted', 'upstream_disconnect'],
    ['SlowReader', 'stream_interrupted', 'slow_reader'],
    ['InternalError', 'stream_interrupted', 'internal_error'],
    ['ForceDisconnect', 'server_error', 'force_disconnect'],
    ['ClientApplicationStateDegraded', 'server_error', 'client_state_degraded'],
    ['InvalidRules', 'client_error', 'invalid_rules'],
  ])('%s stands in place of the end as %s, %s', async (type, errorType, code) => {
    for (const end of ['clean', 'broken'] as const) {
      const seen = await read({ body: [`${post('1')}\r\n${notice(type)}\r\n`], end });
      expect(typesOf(seen)).toEqual(['item', 'notice']);
      expect(seen.error).toMatchObject({ errorType, code });
    }
  });

  it('is forgotten when items follow', async () => {
    const seen = await read({ body: [`${notice('SlowReader')}\r\n\r\n${post('1')}\r\n`] });
    expect([typesOf(seen), seen.completed]).toEqual([['notice', 'keep_alive', 'item'], true]);
  });

  it('asks for a wait where X has sent us away on purpose', async () => {
    expect((await read({ body: [notice('ForceDisconnect')] })).error?.retryAfter).toBe(5_000);
    expect((await read({ body: [notice('OperationalDisconnect')] })).error?.retryAfter).toBeUndefined();
  });
});

describe('a connection of openXStream', () => {
  it('sends what was asked for, and the token in its header only', async () => {
    const { transport, requests } = scriptedX(() => ({}));
    const options = { bearerToken: 'secret-token', transport, baseUrl: 'https://x.test/base/' };
    const fields = { tweetFields: ['created_at', 'author_id'], expansions: [], backfillMinutes: 2 } as const;
    await watch(openXStream('filtered', { ...options, ...fields })).ended;
    const [request] = requests;
    expect(request?.url.href).toBe(
      'https://x.test/base/2/tweets/search/stream?backfill_minutes=2&tweet.fields=created_at%2Cauthor_id',
    );
    expect(request?.authorization).toBe('Bearer secret-token');
  });

  it('takes JSON under its names and without one, and refuses a page', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/x-ndjson', undefined]) {
      const headers = type === undefined ? {} : { 'content-type': type };
      expect(typesOf(await read({ headers, body: [post('1')] }))).toEqual(['item']);
    }
    const page = await read({ headers: { 'content-type': 'text/html' }, body: ['<p>sign in</p>'] });
    expect(page.error).toMatchObject({ errorType: 'fatal_error', code: 'content_type' });
  });

  it('ends with silence, whatever it has said before', async () => {
    const seen = await read({ body: ['\r\n', '\r\n'], end: 'open' }, { timeout: 20 });
    expect([typesOf(seen), seen.error?.code]).toEqual([['keep_alive', 'keep_alive'], 'idle_timeout']);
  });

  it('is not made for options that the stream does not have', () => {
    const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));
    const open = (name: 'sample' | 'firehose' | 'filtered', options: object): (() => unknown) => {
      return () => openXStream(name, untyped({ bearerToken: 'a', ...options }));
    };
    expect(open('sample', { startTime: '2026-01-01T00:00:00Z' })).toThrow('"sample" has no option "startTime"');
    expect(open('firehose', {})).toThrow('option "partition" is required');
    expect(open('filtered', { maxRetries: 1 })).toThrow('maxRetries');
    expect(open('filtered', { timeout: 0 })).toThrow('option "timeout"');
    expect(open('filtered', { bearerToken: 'a b' })).toThrow('bearerToken');
    expect(open('filtered', { bearerToken: undefined })).toThrow('bearerToken');
  });
});
