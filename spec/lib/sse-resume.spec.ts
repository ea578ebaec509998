import { describe, expect, it } from '@jest/globals';
import { of, Subject } from 'rxjs';
import type { StreamError } from '../../lib/errors.js';
import { retryBudget } from '../../lib/retry-budget.js';
import { resumableEvents, resumeHeader, retryFloor, type SsePosition } from '../../lib/sse-resume.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const start = (): SsePosition => ({ lastEventId: '', retry: undefined });

describe('resumeHeader', () => {
  it('says nothing before the first id, then the last one', () => {
    expect(resumeHeader(start())).toEqual({});
    expect(resumeHeader({ lastEventId: 'é✓', retry: undefined })).toEqual({ 'last-event-id': 'é✓' });
  });
});

describe('resumableEvents', () => {
  it('moves the position when an event has been delivered, not before', () => {
    const position = start();
    const seen: string[] = [];
    resumableEvents(of(bytes('id: 1\ndata: a\n\nid: 2\ndata: b\n\n')), position, false).subscribe(({ data }) =>
      seen.push(`${data} after ${position.lastEventId}`),
    );
    expect(seen).toEqual(['a after ', 'b after 1']);
    expect(position.lastEventId).toBe('2');
  });

  it('moves it for a block that only sets an id, and forgets it with an empty one', () => {
    const position = start();
    const source = new Subject<Uint8Array>();
    resumableEvents(source, position, true).subscribe();
    source.next(bytes('id: 7\n\n'));
    expect(position.lastEventId).toBe('7');
    source.next(bytes('id\ndata: x\n\n'));
    expect(position.lastEventId).toBe('');
  });

  it('leaves it alone for an event that was cut off', () => {
    const position = start();
    resumableEvents(of(bytes('id: 1\ndata: a\n\nid: 2\ndata: b\n')), position, false).subscribe();
    expect(position.lastEventId).toBe('1');
  });

  it('keeps the id of the connection before for events that bring none', () => {
    const position: SsePosition = { lastEventId: '9', retry: undefined };
    const ids: string[] = [];
    resumableEvents(of(bytes('data: a\n\n')), position, false).subscribe(({ id }) => ids.push(id));
    expect([ids, position.lastEventId]).toEqual([['9'], '9']);
  });

  it.each([true, false])('takes a clean end for a drop where it is endless: %s', (endless) => {
    const ends: unknown[] = [];
    resumableEvents(of(bytes(': hi\n\n')), start(), endless).subscribe({
      error: ({ code }: StreamError) => ends.push(code),
      complete: () => ends.push('complete'),
    });
    expect(ends).toEqual([endless ? 'stream_ended' : 'complete']);
  });
});

describe('retryFloor', () => {
  it.each([
    [undefined, 100, 100],
    [250, 100, 250],
    [250, 400, 400],
    [1e12, 100, 60_000],
  ])('with a retry of %s makes a wait of %d ms one of %d', (retry, earliest, delay) => {
    expect(retryFloor({ lastEventId: '', retry }, undefined, 60_000).take(earliest).delay).toBe(delay);
  });

  it('takes its place in the budget that the caller shares, and gives it back', () => {
    const budget = retryBudget({ max: 1, per: 10_000 });
    const place = retryFloor({ lastEventId: '', retry: 500 }, budget, 60_000).take();
    expect(place.delay).toBe(500);
    expect(budget.take().delay).toBeGreaterThan(9_000);
    place.release();
  });
});
