import { describe, expect, it } from '@jest/globals';
import { isJsonType, mediaTypeOf, metadataOf, streamHeaders, wholeNumber } from '../../../sources/durable/wire.js';

describe('the headers of an answer', () => {
  it('say where the stream is', () => {
    const headers = new Headers({ 'Stream-Next-Offset': '5_5', 'Stream-Cursor': 'c', 'Stream-Up-To-Date': 'true' });
    expect(metadataOf(headers)).toEqual({ nextOffset: '5_5', cursor: 'c', upToDate: true, closed: false });
  });

  it('say nothing where they are missing or empty', () => {
    const nothing = { nextOffset: undefined, cursor: undefined, upToDate: false, closed: false };
    expect(metadataOf(new Headers())).toEqual(nothing);
    expect(metadataOf(new Headers({ 'stream-next-offset': '', 'stream-cursor': '' }))).toEqual(nothing);
  });

  it('imply by closed that all is there', () => {
    expect(metadataOf(new Headers({ 'stream-closed': 'true' }))).toMatchObject({ upToDate: true, closed: true });
  });

  it.each([
    ['true', true],
    [' TRUE ', true],
    ['True', true],
    ['1', false],
    ['yes', false],
    ['false', false],
  ])('count as true by the literal only: %j is %s', (value, expected) => {
    expect(metadataOf(new Headers({ 'stream-closed': value })).closed).toBe(expected);
  });

  it('have names in lower case, each once', () => {
    const names = Object.values(streamHeaders);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name !== name.toLowerCase())).toEqual([]);
  });
});

describe('a whole number', () => {
  it.each([
    ['0', 0],
    [' 17 ', 17],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', undefined],
    ['99999999999999999', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['', undefined],
    [null, undefined],
  ])('is read strictly: %j is %s', (text, expected) => {
    expect(wholeNumber(text)).toBe(expected);
  });
});

describe('a media type', () => {
  it.each([
    ['application/json', 'application/json', true],
    ['Application/JSON ; charset=utf-8', 'application/json', true],
    ['application/vnd.a+json', 'application/vnd.a+json', false],
    ['text/plain', 'text/plain', false],
    ['', undefined, false],
    [undefined, undefined, false],
    [null, undefined, false],
  ])('%j is %s; JSON messages: %s', (given, type, json) => {
    expect([mediaTypeOf(given), isJsonType(given)]).toEqual([type, json]);
  });
});
