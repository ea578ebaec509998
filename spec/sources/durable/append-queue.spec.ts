import { describe, expect, it } from '@jest/globals';
import { defer, map, type Observable, Subject } from 'rxjs';
import { draftOf } from '../../../sources/durable/append-body.js';
import type { DurableErrorCode } from '../../../sources/durable/errors.js';
import { failure, manual } from './manual-queue.js';

describe('the queue of appends', () => {
  it('sends the first at once, and what comes meanwhile together', () => {
    const { append, answer, bodies, said } = manual();
    for (const value of [1, [2], 'three', 4, 5, 6]) append(value);
    expect(bodies()).toEqual(['[1]']);
    answer('a');
    answer('b');
    expect(bodies()).toEqual(['[1]', '[[2],"three",4,5]', '[6]']);
    expect(said).toEqual(['1@a', '[2]@b', '"three"@b', '4@b', '5@b']);
  });

  it('sends one at a time without batching, and one with a seq alone', () => {
    const single = manual({ batching: false });
    for (const value of [1, 2, 3]) single.append(value);
    for (const offset of ['a', 'b']) single.answer(offset);
    expect(single.bodies()).toEqual(['[1]', '[2]', '[3]']);
    const withSeq = manual();
    withSeq.append(1);
    withSeq.append(2);
    withSeq.append(3, 's');
    withSeq.append(4);
    for (const offset of ['a', 'b', 'c']) withSeq.answer(offset);
    expect(withSeq.requests.map(({ body, seq }) => [body, seq])).toEqual([
      ['[1]', undefined],
      ['[2]', undefined],
      ['[3]', 's'],
      ['[4]', undefined],
    ]);
  });

  it('rejects the members of a request that fails, and goes on', () => {
    const { append, answer, refuse, said } = manual();
    for (const value of [1, 2, 3]) append(value);
    answer('a');
    append(4);
    refuse('outcome_unknown');
    answer('c');
    expect(said).toEqual(['1@a', '2!outcome_unknown', '3!outcome_unknown', '4@c']);
  });

  it.each<DurableErrorCode>(['stream_closed', 'stream_not_found', 'stream_gone'])(
    'rejects all that waits after %s, and asks again for what comes later',
    (code) => {
      const { append, answer, refuse, said, requests } = manual();
      for (const value of [1, 2, 3]) append(value);
      refuse(code);
      expect(said).toEqual([`1!${code}`, `2!${code}`, `3!${code}`]);
      expect(requests).toHaveLength(1);
      append(4);
      answer('d');
      expect(said.at(-1)).toBe('4@d');
    },
  );

  it('sends a request that is too large again in halves, before all else', () => {
    const { append, answer, refuse, bodies, said } = manual();
    for (const value of [0, 1, 2, 3, 4, 5]) append(value);
    answer('a');
    refuse('payload_too_large');
    expect(bodies().at(-1)).toBe('[1,2]');
    refuse('payload_too_large');
    expect(bodies().at(-1)).toBe('[1]');
    answer('b');
    refuse('payload_too_large');
    for (const offset of ['d', 'e']) answer(offset);
    expect(bodies().slice(2)).toEqual(['[1,2]', '[1]', '[2]', '[3,4]', '[5]']);
    expect(said).toEqual(['0@a', '1@b', '2!payload_too_large', '3@d', '4@d', '5@e']);
  });

  it('refuses an append that finds it full, and no other', () => {
    const { append, answer, said, queue } = manual({ maxQueuedItems: 2 });
    for (const value of [1, 2, 3, 4]) append(value);
    expect(said).toEqual(['4!queue_full']);
    expect(queue.isFull).toBe(true);
    answer('a');
    expect(queue.isFull).toBe(false);
    answer('b');
    expect(said).toEqual(['4!queue_full', '1@a', '2@b', '3@b']);
    const long = manual({ maxQueuedLength: 10 });
    for (const value of ['1', 'x'.repeat(50), 'y']) long.append(value);
    expect(long.said).toEqual(['"y"!queue_full']);
  });

  it('takes out who leaves while waiting, and closes the request that all have left', () => {
    const { append, answer, bodies, said, requests } = manual();
    const subscriptions = [1, 2, 3, 4].map((value) => append(value));
    subscriptions[2]?.unsubscribe();
    answer('a');
    expect(bodies()).toEqual(['[1]', '[2,4]']);
    append(5);
    subscriptions[1]?.unsubscribe();
    expect(requests[1]?.answer.observed).toBe(true);
    subscriptions[3]?.unsubscribe();
    expect(requests[1]?.answer.observed).toBe(false);
    answer('c');
    expect(said).toEqual(['1@a', '5@c']);
  });

  it('leaves out of a half who has left meanwhile', () => {
    const { append, answer, refuse, bodies } = manual();
    const all = [0, 1, 2, 3, 4].map((value) => append(value));
    answer('a');
    refuse('payload_too_large');
    all[3]?.unsubscribe();
    all[4]?.unsubscribe();
    append(6);
    answer('b');
    expect(bodies().at(-1)).toBe('[6]');
  });

  it('lets another call take its turn among them', () => {
    const { append, answer, queue, said, bodies } = manual();
    const close = new Subject<string>();
    append(1);
    queue.turn(close).subscribe((value) => said.push(value));
    append(2);
    expect(close.observed).toBe(false);
    answer('a');
    expect([close.observed, bodies()]).toEqual([true, ['[1]']]);
    close.next('closed');
    close.complete();
    answer('b');
    expect(said).toEqual(['1@a', 'closed', '2@b']);
  });

  it('goes on behind a turn that is left, waiting or under way', () => {
    const { append, answer, queue, bodies } = manual();
    append(1);
    const close = new Subject<string>();
    const [waiting, running] = [queue.turn(close).subscribe(), queue.turn(close).subscribe()];
    append(2);
    waiting.unsubscribe();
    answer('a');
    expect(close.observed).toBe(true);
    running.unsubscribe();
    expect([close.observed, bodies()]).toEqual([false, ['[1]', '[2]']]);
  });

  it('rejects what the stream cannot hold, and sends the rest', () => {
    const { append, answer, said, bodies } = manual();
    append(1);
    append(new Uint8Array(1));
    append(2);
    answer('a');
    answer('b');
    expect(bodies()).toEqual(['[1]', '[2]']);
    expect(said).toEqual(['1@a', '{"0":0}!undefined', '2@b']);
  });

  it('goes on to a turn behind appends that were all refused', () => {
    const { append, answer, queue } = manual();
    append(1);
    append(new Uint8Array(1));
    const close = new Subject<string>();
    queue.turn(close).subscribe();
    answer('a');
    expect(close.observed).toBe(true);
  });

  it('keeps the order when who hears of an answer appends at once', () => {
    const { queue, append, answer, bodies } = manual();
    queue.append('append', draftOf('append', 1)).subscribe(() => append('after'));
    append(new Uint8Array(1));
    append(2);
    answer('a');
    answer('b');
    expect(bodies()).toEqual(['[1]', '[2,"after"]']);
  });
});

describe('a queue that does not know the media type', () => {
  function learner() {
    const asked: Subject<string>[] = [];
    let type: string | undefined;
    const learn = (): Observable<string> =>
      defer(() => {
        const answer = new Subject<string>();
        asked.push(answer);
        return answer.pipe(map((said) => (type = said)));
      });
    return { asked, ...manual({}, { contentType: () => type, learn }) };
  }

  it('asks once for all that wait', () => {
    const { asked, append, answer, bodies } = learner();
    for (const value of ['a', 'b']) append(value);
    expect([asked.length, bodies()]).toEqual([1, []]);
    asked[0]?.next('text/plain');
    asked[0]?.complete();
    answer('x');
    expect([asked.length, bodies()]).toEqual([1, ['ab']]);
  });

  it('rejects them when it is not told, and asks again for the next', () => {
    const { asked, append, said } = learner();
    for (const value of ['a', 'b']) append(value);
    asked[0]?.error(failure('stream_not_found'));
    expect(said).toEqual(['"a"!stream_not_found', '"b"!stream_not_found']);
    append('c');
    expect(asked).toHaveLength(2);
  });

  it('asks no longer when nobody waits any more', () => {
    const { asked, append } = learner();
    const [first, second] = [append('a'), append('b')];
    first.unsubscribe();
    expect(asked[0]?.observed).toBe(true);
    second.unsubscribe();
    expect(asked[0]?.observed).toBe(false);
  });
});
