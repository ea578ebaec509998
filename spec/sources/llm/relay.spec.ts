import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, from, lastValueFrom, NEVER, of, Subject, throwError, toArray } from 'rxjs';
import { LlmError } from '../../../sources/llm/errors.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { toNDJSON, toSSE } from '../../../sources/llm/relay.js';
import type { LlmLoopPart } from '../../../sources/llm/tool-loop.js';
import { objectOf } from './collected-parts.js';
import { ended, failure, open, text } from './some-parts.js';

const written = (parts: readonly LlmLoopPart[]): Promise<string[]> =>
  lastValueFrom(from(parts).pipe(toNDJSON(), toArray()));

describe('toSSE and toNDJSON', () => {
  it('write one text for each part, at once, and the end marker behind the last', async () => {
    expect(await lastValueFrom(of(text('0', 'a\nb\u2028')).pipe(toSSE(), toArray()))).toEqual([
      'data: {"type":"text.delta","key":"0","text":"a\\nb\u2028"}\n\n',
      'data: {"type":"relay.end"}\n\n',
    ]);
    expect(await written([text('0', 'a\r\nb')])).toEqual([
      '{"type":"text.delta","key":"0","text":"a\\r\\nb"}\n',
      '{"type":"relay.end"}\n',
    ]);
    const source = new Subject<LlmPart>();
    const found: string[] = [];
    source.pipe(toSSE()).subscribe((frame) => found.push(frame));
    source.next(text('0', 'a'));
    expect(found).toHaveLength(1);
    expect(await lastValueFrom(EMPTY.pipe(toNDJSON()))).toBe('{"type":"relay.end"}\n');
  });

  it('write an error in the place of the end marker, and complete', async () => {
    const failed = concat(
      of(text('0', 'a')),
      throwError(() => failure),
    );
    const found = await lastValueFrom(failed.pipe(toNDJSON(), toArray()));
    expect(found.slice(1).map((line) => JSON.parse(line))).toEqual([
      {
        type: 'relay.error',
        error: { name: 'LlmError', message: 'too much', errorType: 'server_error', code: 'overloaded' },
      },
    ]);
  });

  it('show no header but request ids and rate limits', async () => {
    const headers = {
      'set-cookie': 'canary=1',
      'anthropic-organization-id': 'canary',
      'x-ratelimit-remaining-tokens': '7',
      'anthropic-ratelimit-requests-reset': 'x',
      'request-id': 'r',
      'retry-after': '3',
    };
    const [line = ''] = await written([open(1, headers)]);
    expect(line).not.toContain('canary');
    expect(objectOf(objectOf(JSON.parse(line))['headers'])).toEqual({
      ...{ 'x-ratelimit-remaining-tokens': '7', 'anthropic-ratelimit-requests-reset': 'x', 'request-id': 'r' },
      'retry-after': '3',
    });
  });

  it('show nothing of an error that could be secret', async () => {
    const [message] = ended(text('0', 'canary')).slice(-1);
    const cause = new LlmError('HTTP 500', {
      ...{ errorType: 'server_error', code: 'http_server_error', responseBody: 'canary', statusCode: 500 },
      ...{ cause: new Error('canary'), requestId: 'r', retryAfter: 7, wire: 'anthropic', providerType: 'api_error' },
      partial: message?.type === 'end' ? message.message : undefined,
    });
    const [line = ''] = await written([{ type: 'retry', attempt: 2, delayMs: 5, cause }]);
    expect(line).not.toContain('canary');
    expect(JSON.parse(line)).toEqual({
      ...{ type: 'retry', attempt: 2, delayMs: 5 },
      cause: {
        ...{ name: 'LlmError', message: 'HTTP 500', errorType: 'server_error', code: 'http_server_error' },
        ...{ statusCode: 500, requestId: 'r', retryAfter: 7, wire: 'anthropic', providerType: 'api_error' },
      },
    });
    const [foreign = ''] = await lastValueFrom(throwError(() => new Error('canary')).pipe(toNDJSON(), toArray()));
    expect(foreign).not.toContain('canary');
    expect(objectOf(JSON.parse(foreign))['error']).toMatchObject({ errorType: 'fatal_error', code: 'unexpected' });
  });

  it('end with an error where a part is no JSON, and name none of its members', async () => {
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    for (const native of [deep, { canary: 1n }]) {
      const found = await written([text('0', 'a'), { type: 'unknown', native }, text('0', 'b')]);
      expect(found).toHaveLength(2);
      expect(found[1]).not.toContain('canary');
      expect(JSON.parse(found[1] ?? '')).toMatchObject({ type: 'relay.error', error: { code: 'malformed' } });
    }
  });

  it('leave their source on unsubscription', () => {
    const source = new Subject<LlmPart>();
    source.pipe(toSSE()).subscribe().unsubscribe();
    expect(source.observed).toBe(false);
    NEVER.pipe(toNDJSON()).subscribe().unsubscribe();
  });
});
