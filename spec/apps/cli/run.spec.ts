import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { concat, from, NEVER, Observable, of, throwError } from 'rxjs';
import { type Job, runJob, type Terminal } from '../../../apps/cli/run.js';
import type { LineSink } from '../../../apps/cli/output.js';

interface FakeTerminal extends Terminal {
  readonly said: { out: string; err: string };
  /** Lets stuck writes end, or fail. */
  release(code?: string): void;
}

function terminal({ stuck = false } = {}): FakeTerminal {
  const said = { out: '', err: '' };
  const events = new EventEmitter();
  let waiting: (() => void)[] = [];
  const stdout: LineSink = {
    write: (text, done = () => {}) => {
      said.out += typeof text === 'string' ? text : Buffer.from(text).toString();
      if (stuck) waiting.push(() => done());
      else setImmediate(() => done());
      return !stuck;
    },
    once: (event, listener) => events.once(event, listener),
    on: (event, listener) => events.on(event, listener),
  };
  const release = (code?: string): void => {
    const settled = waiting;
    waiting = [];
    for (const done of settled) done();
    if (code === undefined) events.emit('drain');
    else events.emit('error', Object.assign(new Error('x'), { code }));
  };
  return {
    stdout,
    stderr: { write: (text) => (said.err += text) },
    env: {},
    signals: new EventEmitter(),
    said,
    release,
  };
}

function job(lines: Observable<string>, more: Partial<Job> = {}): Job {
  return { lines: () => lines, subject: 'tail', secrets: [], quiet: false, ...more };
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const endless = concat(of('a'), NEVER);

afterEach(() => {
  jest.useRealTimers();
});

describe('a job', () => {
  it('is done when its lines are written, and leaves no listener', async () => {
    const fake = terminal();
    expect(await runJob(job(of('a', 'b')), fake)).toBe(0);
    expect(fake.said).toEqual({ out: 'a\nb\n', err: '' });
    expect(fake.signals.eventNames()).toEqual([]);
  });

  it('stops its source at --max and at --seconds', async () => {
    let open = 0;
    const source = new Observable<string>((subscriber) => {
      open += 1;
      subscriber.add(() => (open -= 1));
      subscriber.next('a');
      subscriber.next('b');
    });
    const limited = terminal();
    expect(await runJob(job(source, { max: 1 }), limited)).toBe(0);
    expect(limited.said.out).toBe('a\n');
    expect(await runJob(job(source, { seconds: 0.01 }), terminal())).toBe(0);
    expect(open).toBe(0);
  });

  it('that cannot be made tells why, in one line', async () => {
    const fake = terminal();
    const broken: Job = {
      ...job(NEVER),
      lines: () => {
        throw new TypeError('option "url" must be a URL');
      },
    };
    expect(await runJob(broken, fake)).toBe(2);
    expect(fake.said.err).toBe('tailrace: URL must be a URL\n');
  });

  it('ends with 0 when the reader of stdout has left, and with 6 when stdout fails', async () => {
    const left = terminal({ stuck: true });
    const leaving = runJob(job(endless), left);
    await turn();
    left.release('EPIPE');
    expect(await leaving).toBe(0);
    expect(left.said.err).toBe('');
    const full = terminal({ stuck: true });
    const failing = runJob(job(endless), full);
    await turn();
    full.release('ENOSPC');
    expect(await failing).toBe(6);
    expect(full.said.err).toBe('tailrace: cannot write to stdout: ENOSPC\n');
  });

  it.each([
    ['ENOSPC', 6, 'tailrace: cannot write to stdout: ENOSPC\n'],
    ['EPIPE', 0, ''],
  ])('whose last line cannot be written for %s ends with %i, though its lines are over', async (code, exit, err) => {
    const fake = terminal({ stuck: true });
    const running = runJob(job(of('a'), { quiet: true }), fake);
    await turn();
    await turn();
    fake.release(code);
    expect(await running).toBe(exit);
    expect(fake.said.err).toBe(err);
  });

  it('that has failed keeps its own exit code, though stdout fails too', async () => {
    const fake = terminal({ stuck: true });
    const failing = concat(
      of('a'),
      throwError(() => new TypeError('option "url" must be a URL')),
    );
    const running = runJob(job(failing), fake);
    await turn();
    await turn();
    fake.release('ENOSPC');
    expect(await running).toBe(2);
  });

  it('ends with 6 when stdout is too slow, after what it holds is written', async () => {
    const fake = terminal({ stuck: true });
    const mebi = 'x'.repeat(2 ** 20);
    let ended = false;
    const running = runJob(job(concat(from(Array.from({ length: 70 }, () => mebi)), NEVER)), fake);
    void running.then(() => (ended = true));
    await turn();
    await turn();
    expect(fake.said.err).toMatch(/^tailrace: the reader of stdout is too slow: .*\n$/);
    expect(ended).toBe(false);
    fake.release();
    expect(await running).toBe(6);
    expect(fake.said.out).toHaveLength(63 * (2 ** 20 + 1));
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('ends on %s with %i, and waits a second at most for a stdout that nobody reads', async (signal, code) => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
    const fake = terminal({ stuck: true });
    let outcome: number | undefined;
    void runJob(job(endless), fake).then((result) => (outcome = result));
    await turn();
    fake.signals.emit(signal);
    await turn();
    expect(outcome).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(outcome).toBe(code);
    expect(fake.signals.eventNames()).toEqual([]);
  });
});
