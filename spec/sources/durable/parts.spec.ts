import { describe, expect, it } from '@jest/globals';
import { placeText, readPlace, resumePlace } from '../../../sources/durable/parts.js';

describe('a place in a stream as text', () => {
  it('is one to go on from, but behind what now has brought: that is somewhere else the next time', () => {
    expect(resumePlace({ offset: '5_5', skip: 3 })).toBe('5_5/3');
    expect(resumePlace({ offset: 'now', skip: 0 })).toBe('now');
    expect(resumePlace({ offset: 'now', skip: 3 })).toBeUndefined();
  });

  it.each([
    [{ offset: '5_5', skip: 0 }, '5_5'],
    [{ offset: '5_5', skip: 3 }, '5_5/3'],
    [{ offset: '-1', skip: 1 }, '-1/1'],
    [{ offset: 'now', skip: 0 }, 'now'],
  ])('%j is %j, and is read back', (place, text) => {
    expect(placeText(place)).toBe(text);
    expect(readPlace(text)).toEqual(place);
  });

  it.each(['', '/3', '5_5/', '5_5/x', '5_5/-1', '5_5/1/2', '5_5/9007199254740993', '5_5/12345678901234567', 'now/3'])(
    '%j is none',
    (text) => {
      expect(readPlace(text)).toBeUndefined();
    },
  );
});
