import { describe, expect, it } from '@jest/globals';
import { concat, from, lastValueFrom, NEVER, Observable, of, Subject, take, throwError, toArray } from 'rxjs';
import * as z from 'zod';
import { LlmError } from '../../../sources/llm/errors.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { type LlmLoopPart, type LlmTurn, toolLoop, type ToolLoopOptions } from '../../../sources/llm/tool-loop.js';
import { defineTool } from '../../../sources/llm/tools.js';
import { callOf, loggedTools, messageOf, turnOf } from './tool-calls.js';

/** Types of parts, with the number of a turn and the id of a result. */
function shown(parts: readonly LlmLoopPart[]): string {
  return parts
    .map((part) => {
      if (part.type === 'turn') return `turn ${part.index}`;
      return part.type === 'toolResult' ? `result ${part.result.id}` : part.type;
    })
    .join(', ');
}

/** A loop over messages by list; the last one repeats. */
function scripted(messages: readonly (readonly LlmPart[])[], options: Partial<ToolLoopOptions> = {}) {
  const turns: LlmTurn[] = [];
  const log = loggedTools();
  const parts: LlmLoopPart[] = [];
  const loop = toolLoop({
    tools: log.tools,
    request: (turn) => {
      turns.push(turn);
      return from(messages[Math.min(turn.index, messages.length - 1)] ?? []);
    },
    ...options,
  });
  const run = async (): Promise<unknown> =>
    new Promise((resolve) =>
      loop.subscribe({ next: (part) => parts.push(part), error: resolve, complete: () => resolve('complete') }),
    );
  return { loop, run, parts, turns, log };
}

const over = turnOf([], 'end');

describe('toolLoop', () => {
  it('asks, runs the tools, and asks again until no call is left', async () => {
    const calls = [callOf('a', 'safe', '{"ms":3}'), callOf('b', 'unsafe')];
    const { run, parts, turns } = scripted([turnOf(calls), turnOf([callOf('c', 'safe')]), over]);
    expect(await run()).toBe('complete');
    expect(shown(parts)).toBe(
      [
        'turn 0, start, toolCall, toolCall, stop, end, result a, result b',
        'turn 1, start, toolCall, stop, end, result c',
        'turn 2, start, stop, end',
      ].join(', '),
    );
    const results = (...ids: string[]) => ids.map((id) => expect.objectContaining({ id, output: `${id} done` }));
    const first = { message: messageOf(calls), results: results('a', 'b') };
    const second = { message: messageOf([callOf('c', 'safe')]), results: results('c') };
    expect(turns).toEqual([
      { index: 0, past: [] },
      { index: 1, past: [first] },
      { index: 2, past: [first, second] },
    ]);
  });

  it('does nothing before it is subscribed to, and begins anew with each subscription', async () => {
    const { loop, turns, run } = scripted([turnOf([callOf('a', 'safe')]), over]);
    expect(turns).toEqual([]);
    await run();
    await lastValueFrom(loop);
    expect(turns.map(({ index, past }) => [index, past.length])).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
      [1, 1],
    ]);
  });

  it('sends a paused message back as it is, and goes on without results', async () => {
    const { run, parts, turns } = scripted([turnOf([], 'pause'), turnOf([], 'pause'), over]);
    expect(await run()).toBe('complete');
    expect(shown(parts)).toBe('turn 0, start, stop, end, turn 1, start, stop, end, turn 2, start, stop, end');
    const paused = { message: messageOf([], 'pause'), results: [] };
    expect(turns.at(-1)).toEqual({ index: 2, past: [paused, paused] });
  });

  it('ends with a refusal, whatever it calls', async () => {
    const { run, parts, log } = scripted([turnOf([callOf('a', 'safe')], 'refusal'), over]);
    expect(await run()).toBe('complete');
    expect(shown(parts)).toBe('turn 0, start, toolCall, stop, end');
    expect(log.lines).toEqual([]);
  });

  it('gives the model error results too, and goes on', async () => {
    const { run, turns } = scripted([turnOf([callOf('a', 'missing'), callOf('b', 'safe', '{"ms"')]), over]);
    expect(await run()).toBe('complete');
    expect(turns[1]?.past[0]?.results.map(({ id, isError }) => [id, isError])).toEqual([
      ['a', true],
      ['b', true],
    ]);
  });

  it.each([
    [1, 1],
    [3, 3],
    [undefined, 10],
  ])('with maxTurns %s errors behind turn %d, whose tools do not run', async (maxTurns, turnCount) => {
    const { run, parts, turns, log } = scripted([turnOf([callOf('a', 'safe')])], { maxTurns });
    const error = await run();
    expect(error).toMatchObject({ name: 'LlmError', code: 'max_turns', errorType: 'fatal_error', wire: 'anthropic' });
    expect(error).toMatchObject({ partial: messageOf([callOf('a', 'safe')]) });
    expect([turns.length, log.lines.filter((line) => line === '+a').length]).toEqual([turnCount, turnCount - 1]);
    expect(parts.at(-1)?.type).toBe('end');
  });

  it('completes where the last turn allowed wants no other', async () => {
    expect(await scripted([turnOf([callOf('a', 'safe')]), over], { maxTurns: 2 }).run()).toBe('complete');
    expect(await scripted([turnOf([], 'pause')], { maxTurns: 1 }).run()).toMatchObject({ code: 'max_turns' });
  });

  it('gets through a thousand turns that answer at once', async () => {
    const now = defineTool({ name: 'now', input: z.object({}), call: () => 'ok' });
    const messages = [...Array.from({ length: 999 }, () => turnOf([callOf('a', 'now')])), over];
    const { run, turns } = scripted(messages, { tools: [now], maxTurns: 1_000 });
    expect(await run()).toBe('complete');
    expect(turns).toHaveLength(1_000);
  });

  it('passes the error of a turn on as it is, behind the turns before it', async () => {
    const failure = new LlmError('broken', {
      ...{ errorType: 'stream_interrupted', code: 'truncated', partial: messageOf([], 'unknown') },
    });
    const { run, parts, log } = scripted([], {
      request: ({ index }) =>
        index === 0
          ? from(turnOf([callOf('a', 'safe')]))
          : concat(
              from(turnOf([callOf('b', 'safe')]).slice(0, 2)),
              throwError(() => failure),
            ),
    });
    expect(await run()).toBe(failure);
    expect(shown(parts)).toBe('turn 0, start, toolCall, stop, end, result a, turn 1, start, toolCall');
    expect(log.lines).toEqual(['+a', '-a']);
  });

  it('errors with what the request throws, and for a turn that completes without its end', async () => {
    const mistake = new TypeError('no such model');
    const request = (): never => {
      throw mistake;
    };
    expect(await scripted([], { request }).run()).toBe(mistake);
    expect(await scripted([turnOf([]).slice(0, 1)]).run()).toMatchObject({
      ...{ name: 'TruncatedStreamError', code: 'truncated', isRetryable: true },
    });
  });

  it('forgets an answer that was reset', async () => {
    const reset: LlmPart = { type: 'reset', attempt: 2, discarded: messageOf([]) };
    const [start, call] = turnOf([callOf('old', 'safe')]);
    const first = [start, call, reset, ...turnOf([callOf('new', 'safe')])].filter((part) => part !== undefined);
    const { run, turns, log } = scripted([first, over]);
    expect(await run()).toBe('complete');
    expect(turns[1]?.past[0]?.results.map(({ id }) => id)).toEqual(['new']);
    expect(log.lines).toEqual(['+new', '-new']);
  });

  it('hands its options to the tools', async () => {
    const { run, turns, log } = scripted([turnOf([callOf('a', 'safe'), callOf('b', 'safe')]), over], {
      ...{ concurrency: 1, maxResultLength: 2, start: 'eager' },
    });
    expect(await run()).toBe('complete');
    expect(log.peak).toBe(1);
    expect(turns[1]?.past[0]?.results[0]?.output).toMatch(/^a \n\[cut off/);
  });

  it('leaves the request of the turn at unsubscription', () => {
    const source = new Subject<LlmPart>();
    const { loop } = scripted([], { request: () => source });
    const subscription = loop.subscribe();
    expect(source.observed).toBe(true);
    subscription.unsubscribe();
    expect(source.observed).toBe(false);
  });

  it('aborts the tools of the turn at unsubscription, and asks no more', () => {
    const { loop, turns, log } = scripted([turnOf([callOf('a', 'stuck')]), over]);
    const subscription = loop.subscribe();
    expect(log.lines).toEqual(['+a']);
    subscription.unsubscribe();
    expect([log.lines, turns.length]).toEqual([['+a', '!a'], 1]);
  });

  it('can be left inside any part', async () => {
    const messages = [turnOf([callOf('a', 'safe')]), over];
    const all = await lastValueFrom(scripted(messages).loop.pipe(toArray()));
    for (let count = 1; count <= all.length; count += 1) {
      const { loop, log, turns } = scripted(messages);
      const parts = await lastValueFrom(loop.pipe(take(count), toArray()));
      expect(shown(parts)).toBe(shown(all.slice(0, count)));
      expect(log.running).toBe(0);
      expect(turns.length).toBeLessThanOrEqual(2);
    }
  });

  it('lets the request be anything that gives parts', async () => {
    const late = new Observable<LlmPart>((subscriber) => {
      const timer = setTimeout(() => of(...over).subscribe(subscriber), 5);
      return () => clearTimeout(timer);
    });
    expect(await scripted([], { request: () => late }).run()).toBe('complete');
    const { loop } = scripted([], { request: () => NEVER });
    expect(shown(await lastValueFrom(loop.pipe(take(1), toArray())))).toBe('turn 0');
  });

  it('refuses options that can never work', () => {
    const request = () => NEVER;
    expect(() => toolLoop({ request, tools: [], maxTurns: 0 })).toThrow(
      /toolLoop: option "maxTurns" must be a whole number, 1 to 1000/,
    );
    expect(() => toolLoop({ request, tools: [], ...{ choice: 1 } })).toThrow(/unknown option "choice"/);
    expect(() => toolLoop({ request, tools: [], concurrency: 0 })).toThrow(/option "concurrency"/);
    expect(() => toolLoop({ tools: [], ...JSON.parse('{}') })).toThrow(/option "request" is missing/);
    expect(() => toolLoop({ request, ...JSON.parse('{}') })).toThrow(/option "tools" is missing/);
  });
});
