import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, lastValueFrom, range, take, toArray, VirtualTimeScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import * as z from 'zod';
import { runTools, type RunToolsOptions } from '../../../sources/llm/run-tools.js';
import type { ToolResult } from '../../../sources/llm/tool-results.js';
import { defineTool } from '../../../sources/llm/tools.js';
import { callOf, loggedTools } from './tool-calls.js';

const nothing = z.object({});

/** A plan such as `s u s`: safe and unsafe calls of 10 ms each, in virtual time. */
function planned(plan: string, options: RunToolsOptions = {}) {
  const scheduler = new VirtualTimeScheduler();
  const log = loggedTools(scheduler);
  const names: Readonly<Record<string, string>> = { s: 'safe', u: 'unsafe', x: 'missing' };
  const calls = plan.split(' ').map((sign, at) => callOf(`${sign}${at}`, names[sign] ?? sign, '{"ms":10}'));
  const results: ToolResult[] = [];
  runTools(calls, log.tools, { ...options, scheduler }).subscribe((result) => results.push(result));
  scheduler.flush();
  return { log, ids: results.map(({ id }) => id), results, time: scheduler.frame };
}

describe('runTools', () => {
  it.each([
    ['s', '+s0 -s0'],
    ['s s s', '+s0 +s1 +s2 -s0 -s1 -s2'],
    ['u u', '+u0 -u0 +u1 -u1'],
    ['s s u s', '+s0 +s1 -s0 -s1 +u2 -u2 +s3 -s3'],
    ['u s s u', '+u0 -u0 +s1 +s2 -s1 -s2 +u3 -u3'],
    ['s x s', '+s0 -s0 +s2 -s2'],
    ['x u', '+u1 -u1'],
  ])('runs consecutive safe calls together and all others alone: %s', (plan, lines) => {
    const { log, ids } = planned(plan);
    expect(log.lines.join(' ')).toBe(lines);
    expect(ids).toHaveLength(plan.split(' ').length);
  });

  it.each([
    [1, 60],
    [2, 30],
    [4, 20],
    [6, 10],
  ])('runs at most %d of six safe calls at once', (concurrency, time) => {
    const { log, time: took } = planned('s s s s s s', { concurrency });
    expect([log.peak, took]).toEqual([concurrency, time]);
  });

  it('emits a result as soon as all before it are out', () => {
    new TestScheduler((a, b) => expect(a).toEqual(b)).run(({ expectObservable }) => {
      const calls = [
        callOf('a', 'safe', '{"ms":5}'),
        callOf('b', 'safe', '{"ms":2}'),
        callOf('c', 'safe', '{"ms":10}'),
      ];
      const { tools } = loggedTools();
      const results = runTools(calls, tools);
      const done = (id: string) => ({ id, name: 'safe', kind: 'json', isError: false, output: `${id} done` });
      // The group of two takes four frames to write: `c` comes at 10.
      expectObservable(results).toBe('-----(ab)-(c|)', { a: done('a'), b: done('b'), c: done('c') });
    });
  });

  it('keeps the order of calls, the peak and the rule, whatever tools take', () => {
    const call = fc.record({ isSafe: fc.boolean(), ms: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), (plan, concurrency) => {
        const scheduler = new VirtualTimeScheduler();
        const log = loggedTools(scheduler);
        const calls = plan.map(({ isSafe, ms }, at) => callOf(`${at}`, isSafe ? 'safe' : 'unsafe', `{"ms":${ms}}`));
        const ids: string[] = [];
        runTools(calls, log.tools, { concurrency, scheduler, timeout: 0 }).subscribe(({ id }) => ids.push(id));
        scheduler.flush();
        expect(ids).toEqual(calls.map(({ id }) => id));
        expect(log.peak).toBeLessThanOrEqual(concurrency);
        // Begun in order, and an unsafe one with nobody beside it.
        expect(log.lines.filter((line) => line.startsWith('+'))).toEqual(calls.map(({ id }) => `+${id}`));
        const running = new Set<string>();
        for (const line of log.lines) {
          const id = line.slice(1);
          if (line.startsWith('+')) {
            if (calls[Number(id)]?.name === 'unsafe') expect(running.size).toBe(0);
            else expect([...running].some((other) => calls[Number(other)]?.name === 'unsafe')).toBe(false);
            running.add(id);
          } else running.delete(id);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('asks the tool whether a call is safe, by its input, and takes an exception for no', () => {
    const scheduler = new VirtualTimeScheduler();
    const log = loggedTools(scheduler);
    const [safe] = log.tools;
    const judged = defineTool({
      name: 'judged',
      input: z.object({ mode: z.string() }),
      isConcurrencySafe: ({ mode }) => {
        if (mode === 'odd') throw new Error('cannot say');
        return mode === 'read';
      },
      call: (_input, context) => safe?.call({ ms: 10 }, context),
    });
    const calls = ['read', 'read', 'write', 'odd'].map((mode) => callOf(mode, 'judged', JSON.stringify({ mode })));
    calls.splice(1, 1, { ...callOf('read2', 'judged', '{"mode":"read"}') });
    runTools(calls, [judged], { scheduler }).subscribe();
    scheduler.flush();
    expect(log.lines.join(' ')).toBe('+read +read2 -read -read2 +write -write +odd -odd');
  });

  it('gets through ten thousand calls that end at once', async () => {
    const calls = Array.from({ length: 10_000 }, (_, at) => callOf(`${at}`, 'now'));
    const now = defineTool({ name: 'now', input: nothing, call: () => 'ok' });
    expect(await lastValueFrom(runTools(calls, [now]).pipe(toArray()))).toHaveLength(10_000);
  });

  it('completes without calls', async () => {
    expect(await lastValueFrom(runTools([], []).pipe(toArray()))).toEqual([]);
  });

  it('aborts what runs at unsubscription, at once, and begins no more', () => {
    const log = loggedTools();
    const signals: boolean[] = [];
    const watched = defineTool({
      name: 'watched',
      input: nothing,
      isConcurrencySafe: true,
      call: (_input, { signal }) => {
        signal.addEventListener('abort', () => signals.push(signal.aborted));
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('left'))));
      },
    });
    const calls = [callOf('a', 'watched'), callOf('b', 'safe', '{"ms":1000}'), callOf('c', 'unsafe')];
    runTools(calls, [watched, ...log.tools])
      .subscribe()
      .unsubscribe();
    expect([signals, log.lines]).toEqual([[true], ['+b', '!b']]);
  });

  it('begins no call behind the last result that is wanted', async () => {
    let ran = 0;
    const now = defineTool({ name: 'now', input: nothing, call: () => (ran += 1) });
    const calls = await lastValueFrom(range(0, 9).pipe(toArray()));
    await firstValueFrom(
      runTools(
        calls.map((at) => callOf(`${at}`, 'now')),
        [now],
      ).pipe(take(1)),
    );
    expect(ran).toBe(1);
  });

  it('refuses options and tools that can never work', () => {
    expect(() => runTools([], [], { concurrency: 0 })).toThrow(/runTools: option "concurrency" must be a whole number/);
    expect(() => runTools([], [], { timeout: Number.NaN })).toThrow(/option "timeout"/);
    expect(() => runTools([], [], { maxResultLength: Infinity })).toThrow(/option "maxResultLength"/);
    expect(() => runTools([], [], { concurrency: 1, ...{ retries: 1 } })).toThrow(/unknown option "retries"/);
    const twice = defineTool({ name: 'twice', input: nothing, call: () => 1 });
    expect(() => runTools([], [twice, twice])).toThrow(/two tools "twice"/);
  });
});
