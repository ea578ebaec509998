import { describe, expect, it } from '@jest/globals';
import { EMPTY, from, lastValueFrom, of, Subject, throwError, toArray } from 'rxjs';
import * as z from 'zod';
import { LlmError } from '../../../sources/llm/errors.js';
import { executeTools, type ExecuteToolsOptions } from '../../../sources/llm/execute-tools.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { defineTool, type LlmToolResultPart } from '../../../sources/llm/tools.js';
import type { LlmStopReason } from '../../../sources/llm/vocabulary.js';
import { callOf, callPart, loggedTools, messageOf, turnOf } from './tool-calls.js';

type Out = LlmPart | LlmToolResultPart;

/** Types of parts, with the id of a result. */
function shown(parts: readonly Out[]): string[] {
  return parts.map((part) => (part.type === 'toolResult' ? `toolResult ${part.result.id}` : part.type));
}

/** A stream by hand. */
function driven(options: ExecuteToolsOptions = {}) {
  const source = new Subject<LlmPart>();
  const log = loggedTools();
  const parts: Out[] = [];
  const ends: unknown[] = [];
  const subscription = source.pipe(executeTools(log.tools, options)).subscribe({
    next: (part) => parts.push(part),
    error: (error: unknown) => ends.push(error),
    complete: () => ends.push('complete'),
  });
  return { source, log, parts, ends, subscription };
}

const failure = new LlmError('broken', { errorType: 'stream_interrupted', code: 'truncated' });
const reset: LlmPart = { type: 'reset', attempt: 2, discarded: messageOf([]) };
const slow = callOf('slow', 'safe', '{"ms":1000}');
const quick = callOf('quick', 'unsafe');

describe('executeTools', () => {
  it('passes all parts on, and the results of the calls behind the end of the message', async () => {
    const { tools } = loggedTools();
    const calls = [callOf('a', 'unsafe', '{"ms":5}'), callOf('b', 'safe')];
    const parts = await lastValueFrom(from(turnOf(calls)).pipe(executeTools(tools), toArray()));
    const passed = ['start', 'toolCall', 'toolCall', 'stop', 'end'];
    expect(shown(parts)).toEqual([...passed, 'toolResult a', 'toolResult b']);
    expect(parts.at(-1)).toEqual({
      ...{ type: 'toolResult', result: { id: 'b', name: 'safe', kind: 'json', isError: false, output: 'b done' } },
    });
  });

  it('is a plain passage for an empty stream, one without calls, and one that fails', async () => {
    expect(await lastValueFrom(EMPTY.pipe(executeTools([]), toArray()))).toEqual([]);
    const message = turnOf([], 'end');
    expect(await lastValueFrom(from(message).pipe(executeTools([]), toArray()))).toEqual(message);
    await expect(lastValueFrom(throwError(() => failure).pipe(executeTools([])))).rejects.toBe(failure);
  });

  it('has run nothing when the stream fails behind a call', () => {
    const { source, log, ends } = driven();
    source.next(callPart(quick));
    source.error(failure);
    expect([log.lines, ends]).toEqual([[], [failure]]);
  });

  it('runs what is held at a clean completion without an end', async () => {
    const { tools } = loggedTools();
    const parts = await lastValueFrom(of(callPart(quick)).pipe(executeTools(tools), toArray()));
    expect(shown(parts)).toEqual(['toolCall', 'toolResult quick']);
  });

  it('begins at the call when it is eager, beside the rest of the message', () => {
    const { source, log, parts } = driven({ start: 'eager' });
    source.next(callPart(slow));
    expect(log.lines).toEqual(['+slow']);
    source.next({ type: 'text.delta', key: '1', text: 'more' });
    expect(shown(parts)).toEqual(['toolCall', 'text.delta']);
  });

  it('lets a safe call join those that run, and an unsafe one wait, when it is eager', async () => {
    const { source, log, parts, ends } = driven({ start: 'eager' });
    for (const [id, name] of [
      ['a', 'safe'],
      ['b', 'safe'],
      ['c', 'unsafe'],
      ['d', 'safe'],
    ] as const) {
      source.next(callPart(callOf(id, name, '{"ms":5}')));
    }
    source.next(turnOf([]).at(-1) ?? reset);
    expect(log.lines).toEqual(['+a', '+b']);
    source.complete();
    await until(() => ends.length > 0);
    expect(log.lines).toEqual(['+a', '+b', '-a', '-b', '+c', '-c', '+d', '-d']);
    expect(shown(parts).slice(-4)).toEqual(['a', 'b', 'c', 'd'].map((id) => `toolResult ${id}`));
    expect(ends).toEqual(['complete']);
  });

  it('aborts what runs before the consumer hears of an error', () => {
    const source = new Subject<LlmPart>();
    const log = loggedTools();
    const seen: string[] = [];
    source.pipe(executeTools(log.tools, { start: 'eager' })).subscribe({ error: () => seen.push(...log.lines) });
    source.next(callPart(slow));
    source.error(failure);
    expect(seen).toEqual(['+slow', '!slow']);
  });

  it('drops held calls at a reset', () => {
    const { source, log } = driven();
    source.next(callPart(quick));
    source.next(reset);
    for (const part of turnOf([])) source.next(part);
    source.complete();
    expect(log.lines).toEqual([]);
  });

  it('aborts running tools at a reset, drops their results, and runs the calls of the new answer', async () => {
    const { source, log, parts, ends } = driven({ start: 'eager' });
    source.next(callPart(slow));
    source.next(callPart(quick));
    source.next(reset);
    expect(log.lines).toEqual(['+slow', '!slow']);
    for (const part of turnOf([callOf('again', 'safe', '{"ms":1}')])) source.next(part);
    source.complete();
    await until(() => ends.length > 0);
    expect(log.lines).toEqual(['+slow', '!slow', '+again', '-again']);
    expect(shown(parts)).toEqual([
      ...['toolCall', 'toolCall', 'reset'],
      ...['start', 'toolCall', 'stop', 'end', 'toolResult again'],
    ]);
  });

  it.each<LlmStopReason>(['refusal', 'cancelled'])('runs no call of a message that stops with %s', async (reason) => {
    for (const start of ['end', 'eager'] as const) {
      const log = loggedTools();
      const parts = await lastValueFrom(
        from(turnOf([slow], reason)).pipe(executeTools(log.tools, { start }), toArray()),
      );
      expect(shown(parts)).toEqual(['start', 'toolCall', 'stop', 'end']);
      expect(log.lines).toEqual(start === 'end' ? [] : ['+slow', '!slow']);
    }
  });

  it('runs the calls of a message that ran out of tokens: those that are final are whole', async () => {
    const { tools } = loggedTools();
    const parts = await lastValueFrom(from(turnOf([quick], 'length')).pipe(executeTools(tools), toArray()));
    expect(shown(parts).at(-1)).toBe('toolResult quick');
  });

  it('runs the calls of one answer among several', async () => {
    const source = from([callPart(callOf('a', 'safe')), callPart(callOf('b', 'safe'), 1)]);
    for (const [choice, id] of [
      [0, 'a'],
      [1, 'b'],
    ] as const) {
      const { tools } = loggedTools();
      const parts = await lastValueFrom(source.pipe(executeTools(tools, { choice }), toArray()));
      expect(shown(parts)).toEqual(['toolCall', 'toolCall', `toolResult ${id}`]);
    }
  });

  it('errors with the message for an unknown tool, where that is wanted, before any runs', () => {
    const { source, log, parts, ends } = driven({ onUnknown: 'error' });
    const message = turnOf([quick, callOf('b', 'missing')]);
    for (const part of message) source.next(part);
    expect(log.lines).toEqual([]);
    expect(parts).toEqual(message);
    expect(ends).toEqual([
      expect.objectContaining({ code: 'unknown_tool', partial: messageOf([quick, callOf('b', 'missing')]) }),
    ]);
    expect(source.observed).toBe(false);
  });

  it('leaves the source and aborts what runs at unsubscription', () => {
    const { source, log, subscription, ends } = driven();
    for (const part of turnOf([slow])) source.next(part);
    expect(log.lines).toEqual(['+slow']);
    subscription.unsubscribe();
    expect([log.lines, log.running, source.observed, ends]).toEqual([['+slow', '!slow'], 0, false, []]);
  });

  it('does not look at calls for a consumer that leaves at the end', () => {
    const seen: string[] = [];
    const asked = defineTool({
      ...{ name: 'asked', input: z.object({}), call: () => seen.push('run') },
      isConcurrencySafe: () => seen.push('asked') > 0,
    });
    const source = new Subject<LlmPart>();
    const early = source.pipe(executeTools([asked])).subscribe((part) => {
      if (part.type === 'end') early.unsubscribe();
    });
    for (const part of turnOf([callOf('a', 'asked')])) source.next(part);
    expect(seen).toEqual([]);
  });

  it('runs tools for each subscription anew', async () => {
    let ran = 0;
    const count = defineTool({ name: 'count', input: z.object({}), call: () => (ran += 1) });
    const parts = from(turnOf([callOf('a', 'count')])).pipe(executeTools([count]));
    await lastValueFrom(parts);
    expect(ran).toBe(1);
    await lastValueFrom(parts);
    expect(ran).toBe(2);
  });

  it('refuses options that can never work', () => {
    expect(() => executeTools([], { ...JSON.parse('{"start":"soon"}') })).toThrow(
      /executeTools: option "start" must be one of/,
    );
    expect(() => executeTools([], { choice: -1 })).toThrow(/option "choice"/);
    expect(() => executeTools([], { concurrency: 1, ...{ workers: 1 } })).toThrow(/unknown option "workers"/);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}
