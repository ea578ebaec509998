import { describe, expect, it } from '@jest/globals';
import { Observable, of, Subject, take } from 'rxjs';
import { lineReader } from '../../lib/line-reader.js';
import { lines } from '../../lib/lines.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a line reader and its consumer', () => {
  it('stops at once when the consumer leaves inside a chunk', () => {
    const got: string[] = [];
    of(bytes('1\n2\n3\n'))
      .pipe(lines(), take(2))
      .subscribe((line) => got.push(line));
    const stopped: string[] = [];
    const subject = new Subject<Uint8Array>();
    const subscription = subject.pipe(lines()).subscribe((line) => {
      stopped.push(line);
      subscription.unsubscribe();
    });
    subject.next(bytes('1\n2\n3\n'));
    expect([got, stopped, subject.observed]).toEqual([['1', '2'], ['1'], false]);
  });

  it('reads no line of a chunk for a sink that is closed', () => {
    const got: string[] = [];
    const sink = { closed: false, next: (line: string) => (got.push(line), (sink.closed = true)) };
    lineReader({ maxLength: 99, failFast: true, sink, onProblem: () => got.push('problem') }).feed(bytes('1\n2\n3'));
    expect(got).toEqual(['1']);
  });

  it('leaves an endless synchronous source', () => {
    const endless = new Observable<Uint8Array>((subscriber) => {
      while (!subscriber.closed) subscriber.next(bytes('a\n'));
    });
    const got: string[] = [];
    endless.pipe(lines(), take(3)).subscribe((line) => got.push(line));
    expect(got).toEqual(['a', 'a', 'a']);
  });

  it('keeps the order when the consumer feeds the source from within next', () => {
    // The lower limit makes the chunk longer than it, so that its lines are measured one by one.
    for (const maxLength of [undefined, 3]) {
      const subject = new Subject<Uint8Array>();
      const got: string[] = [];
      subject.pipe(lines({ maxLength })).subscribe({
        next: (line) => {
          got.push(line);
          if (line === '1') subject.next(bytes('4\n5\n'));
          if (line === '5') subject.complete();
        },
        complete: () => got.push('end'),
      });
      subject.next(bytes('0'));
      subject.next(bytes('\n'));
      subject.next(bytes('1\n2\n3'));
      expect(got).toEqual(['0', '1', '2', '34', '5', 'end']);
    }
  });

  it('gives every subscription a state of its own', () => {
    const shared = of(bytes('\uFEFFa\nb\n')).pipe(lines());
    const got: string[] = [];
    shared.subscribe((line) => got.push(line));
    shared.subscribe((line) => got.push(line));
    expect(got).toEqual(['a', 'b', 'a', 'b']);
  });
});
