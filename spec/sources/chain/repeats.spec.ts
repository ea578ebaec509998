import { describe, expect, it } from '@jest/globals';
import { placesOf, repeatFinder } from '../../../sources/chain/repeats.js';
import { numbersOf, received } from './received.js';

const holder = (id: string, events: readonly number[]): ReturnType<typeof received> => received(id, events);

describe('repeatFinder', () => {
  it('finds nothing before it has learnt, and nothing in what is new', () => {
    const finder = repeatFinder();
    expect(finder.find(received('a', [1]))).toBeUndefined();
    finder.learn([holder('a', [1])]);
    expect(finder.find(received('b', [2]))).toBeUndefined();
    expect(finder.find(received('c', []))).toBeUndefined();
  });

  it('tells who has the events, and what is left', () => {
    const finder = repeatFinder();
    const [first, second] = [holder('a', [1, 2]), holder('b', [3])];
    finder.learn([first, second]);
    const some = finder.find(received('n', [2, 3, 4]));
    expect([[...(some?.holders ?? [])], numbersOf(some?.fresh), some?.fresh?.batchSize]).toEqual([
      [first, second],
      [4],
      1,
    ]);
    expect(finder.find(received('n', [1, 3]))?.fresh).toBeUndefined();
  });

  it('needs no more of what it has learnt than the places of its events', () => {
    const finder = repeatFinder();
    const places = { events: placesOf(received('a', [1, 2]).events) };
    expect(placesOf(places.events)).toBe(places.events);
    finder.learn([places]);
    expect(numbersOf(finder.find(received('n', [2, 3]))?.fresh)).toEqual([3]);
  });

  it('leaves an event to the first that has it, and forgets', () => {
    const finder = repeatFinder();
    const [first, second] = [holder('a', [1]), holder('b', [1, 2])];
    finder.learn([first, second]);
    expect([...(finder.find(received('n', [1]))?.holders ?? [])]).toEqual([first]);
    finder.forget(first);
    expect(finder.find(received('n', [1]))).toBeUndefined();
    finder.learn([]);
    expect(finder.find(received('n', [2]))).toBeUndefined();
  });

  it('takes an event without a place for new each time', () => {
    const finder = repeatFinder();
    const batch = { ...received('a', [1]), events: { Odd: received('a', [1]).events['Transfer']?.map(nowhere) ?? [] } };
    finder.learn([batch]);
    expect(finder.find(batch)).toBeUndefined();
  });
});

function nowhere<T extends object>(event: T): T {
  return { ...event, transaction_hash: undefined };
}
