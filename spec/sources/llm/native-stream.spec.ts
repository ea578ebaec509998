import { describe, expect, it } from '@jest/globals';
import { nativeEvents, type NativeReader, type NativeStep } from '../../../sources/llm/native-stream.js';
import { watch } from '../x/watch.js';
import { scriptedLlm, type ScriptedStream } from './scripted-llm.js';

const frame = (type: string): string => `data: {"type":"${type}"}\n\n`;

function reader(mayEnd = false): NativeReader<string> {
  const steps: Readonly<Record<string, NativeStep>> = { stop: 'done', error: 'failed', '[DONE]': 'truncated' };
  return { read: ({ type }) => type, step: ({ type }) => steps[type] ?? 'open', mayEnd };
}

function open(stream: ScriptedStream, mayEnd?: boolean) {
  const scripted = scriptedLlm(() => stream);
  const request = { url: 'http://127.0.0.1:1', method: 'POST', body: '{}', transport: scripted.transport };
  return { source: nativeEvents(request, 'anthropic', () => reader(mayEnd)), scripted };
}

describe('nativeEvents', () => {
  it('completes at the marker and closes the connection, whatever follows', async () => {
    const { source, scripted } = open({ body: [frame('a') + frame('stop') + frame('b'), frame('c')], end: 'open' });
    const seen = watch(source);
    await seen.ended;
    expect([seen.values, seen.completed, scripted.open]).toEqual([['a', 'stop'], true, 0]);
  });

  it('emits an error event, and then errors with it', async () => {
    const { source, scripted } = open({ body: [frame('a') + frame('error') + frame('b')], end: 'open' });
    const seen = watch(source);
    await seen.ended;
    expect([seen.values, seen.error?.name, scripted.open]).toEqual([['a', 'error'], 'LlmError', 0]);
  });

  it.each<[string, ScriptedStream, string[]]>([
    ['the end of the body', { body: [frame('a')] }, ['a']],
    ['an empty body', {}, []],
    ['a broken socket', { body: [frame('a')], end: 'broken' }, ['a']],
    ['an end that the server only claims', { body: [`${frame('a')}data: [DONE]\n\n`], end: 'open' }, ['a', '[DONE]']],
  ])('takes %s before the marker for a truncation', async (_what, stream, values) => {
    const { source, scripted } = open({
      headers: { 'content-type': 'text/event-stream', 'x-request-id': 'r' },
      ...stream,
    });
    const seen = watch(source);
    await seen.ended;
    expect([seen.values, seen.completed, scripted.open]).toEqual([values, false, 0]);
    expect(seen.error).toMatchObject({
      name: 'TruncatedStreamError',
      errorType: 'stream_interrupted',
      isRetryable: true,
    });
    expect(seen.error).toHaveProperty('lastEvent', values.at(-1));
  });

  it('completes at the end of the body where the wire allows it', async () => {
    const seen = watch(open({ body: [frame('a')] }, true).source);
    await seen.ended;
    expect([seen.values, seen.completed]).toEqual([['a'], true]);
  });

  it('stops in the middle of a piece when its consumer leaves', async () => {
    const { source, scripted } = open({ body: [frame('a') + frame('b') + frame('c')], end: 'open' });
    const values: string[] = [];
    await new Promise<void>((resolve) => {
      const subscription = source.subscribe((value) => {
        values.push(value);
        if (value !== 'b') return;
        subscription.unsubscribe();
        resolve();
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([values, scripted.open]).toEqual([['a', 'b'], 0]);
  });

  it('has a reader for each subscription', async () => {
    let made = 0;
    const { transport } = scriptedLlm(() => ({ body: [frame('stop')] }));
    const source = nativeEvents({ url: 'http://127.0.0.1:1', transport }, 'anthropic', () => {
      made += 1;
      return reader();
    });
    expect(made).toBe(0);
    await watch(source).ended;
    await watch(source).ended;
    expect(made).toBe(2);
  });
});
