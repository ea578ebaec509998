import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { lineOutput } from '../../../apps/cli/output.js';

describe('a line with somebody who waits for it', () => {
  it('tells when its write has ended, before drained resolves, and those of the next write later', async () => {
    const told: string[] = [];
    let done: () => void = () => {};
    const sink = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, callback) => (done = callback) });
    const output = lineOutput(sink, { onError: () => {} });
    for (const text of ['a', 'b']) output.line({ text, written: () => told.push(text) });
    await turn();
    await turn();
    output.line({ text: 'c', written: () => told.push('c') });
    void output.drained().then(() => told.push('drained'));
    await turn();
    expect(told).toEqual([]);
    done();
    await turn();
    expect(told).toEqual(['a', 'b']);
    await turn();
    done();
    await turn();
    expect(told).toEqual(['a', 'b', 'c', 'drained']);
  });

  it('is not told of a write that has failed, nor one that was still held', async () => {
    const told: string[] = [];
    let done: (error: Error) => void = () => {};
    const sink = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, callback) => (done = callback) });
    const output = lineOutput(sink, { onError: () => {} });
    output.line({ text: 'a', written: () => told.push('a') });
    await turn();
    await turn();
    output.line({ text: 'b', written: () => told.push('b') });
    done(Object.assign(new Error('gone'), { code: 'EPIPE' }));
    await output.drained();
    expect(told).toEqual([]);
  });
});
