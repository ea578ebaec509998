import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { lineOutput, type LineOutputOptions } from '../../../apps/cli/output.js';
import { eventually } from '../../servers/eventually.js';

interface Sink {
  readonly stream: Writable;
  readonly written: string[];
  /** Lets the next write end. */
  release(error?: Error): void;
}

function slowSink(): Sink {
  const written: string[] = [];
  let done: (error?: Error) => void = () => {};
  const stream = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _, callback) => {
      written.push(chunk.toString());
      done = callback;
    },
  });
  return { stream, written, release: (error) => done(error) };
}

function open({ stream }: Sink, options: Partial<LineOutputOptions> = {}): ReturnType<typeof lineOutput> {
  return lineOutput(stream, { onError: () => {}, ...options });
}

describe('lines on their way to stdout', () => {
  it('that come in one turn are one write, those that come while it is full the next', async () => {
    const sink = slowSink();
    const output = open(sink);
    output.line('a');
    output.line('b');
    await turn();
    await turn();
    output.line('c');
    output.line('d');
    await turn();
    await turn();
    expect(sink.written).toEqual(['a\nb\n']);
    sink.release();
    await eventually(() => sink.written.length === 2);
    expect(sink.written[1]).toBe('c\nd\n');
  });

  it('are all written when drained resolves, and not before', async () => {
    const sink = slowSink();
    const output = open(sink);
    output.line('a');
    let isDrained = false;
    void output.drained().then(() => (isDrained = true));
    await turn();
    await turn();
    expect({ isDrained, written: sink.written }).toEqual({ isDrained: false, written: ['a\n'] });
    sink.release();
    await eventually(() => isDrained);
    await output.drained();
  });

  it('beyond the limit are slow_consumer, and those before it are still written', async () => {
    const sink = slowSink();
    const output = open(sink, { maxHeld: 10 });
    output.line('first');
    await turn();
    await turn();
    output.line('second');
    expect(() => output.line('third')).toThrow(expect.objectContaining({ code: 'slow_consumer' }));
    sink.release();
    await eventually(() => sink.written.length === 2);
    expect(sink.written).toEqual(['first\n', 'second\n']);
  });

  it('make whoever can wait wait from a mebi-character on, until stdout takes more', async () => {
    const sink = slowSink();
    const output = open(sink);
    output.line('a');
    await turn();
    await turn();
    expect(output.room()).toBeUndefined();
    output.line('x'.repeat(2 ** 20));
    const room = output.room();
    expect(room).toBeInstanceOf(Promise);
    let hasRoom = false;
    void room?.then(() => (hasRoom = true));
    await turn();
    expect(hasRoom).toBe(false);
    sink.release();
    await room;
    expect(output.room()).toBeUndefined();
  });

  it('go out with raw text and bytes between them, as they are and in order', async () => {
    const sink = slowSink();
    const output = open(sink);
    const written: string[] = [];
    output.line('a');
    output.line({ text: 'b', raw: true, written: () => written.push('b') });
    output.line({ text: Buffer.from('\u20ac'), written: () => written.push('bytes') });
    output.line('c');
    await turn();
    await turn();
    expect(sink.written).toEqual(['a\nb\u20acc\n']);
    expect(written).toEqual([]);
    sink.release();
    await output.drained();
    expect(written).toEqual(['b', 'bytes']);
  });

  it('end with the error of stdout, told once, and keep nobody waiting', async () => {
    const sink = slowSink();
    const errors: unknown[] = [];
    const output = open(sink, { onError: ({ code }) => errors.push(code) });
    output.line('a');
    await turn();
    await turn();
    output.line('b');
    sink.release(Object.assign(new Error('gone'), { code: 'EPIPE' }));
    await output.drained();
    expect(errors).toEqual(['EPIPE']);
    expect(output.line('c')).toBe(false);
  });

  it('have told of the error when drained resolves, however long stdout takes to close', async () => {
    const errors: unknown[] = [];
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC' })),
      destroy: (error, done) => void setTimeout(done, 20, error),
    });
    const output = lineOutput(stream, { onError: ({ code }) => errors.push(code) });
    output.line('a');
    await output.drained();
    expect(errors).toEqual(['ENOSPC']);
    await eventually(() => stream.closed);
    expect(errors).toEqual(['ENOSPC']);
  });
});
