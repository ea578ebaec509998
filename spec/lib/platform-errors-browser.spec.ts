import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as browser from '../../lib/platform-errors-browser.js';
import * as everywhere from '../../lib/platform-errors.js';

describe('platform-errors in a bundle for browsers', () => {
  it('has every function of the module that it stands in for', () => {
    expect(Object.keys(browser).toSorted()).toEqual(Object.keys(everywhere).toSorted());
  });

  it('stands in for it by the browser field of package.json', () => {
    const text: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(text).toMatchObject({
      browser: { './dist/lib/platform-errors.js': './dist/lib/platform-errors-browser.js' },
    });
  });

  it.each([
    'Failed to fetch',
    'NetworkError when attempting to fetch resource.',
    'Load failed',
    'network error',
    'Error in body stream',
    'Error in input stream',
    'The network connection was lost.',
    'A server with the specified hostname could not be found.',
    'The Internet connection appears to be offline.',
    'Could not connect to the server.',
    'The certificate for this server is invalid.',
    "Failed to execute 'fetch' on 'Window': Failed to parse URL from http://",
  ])('takes "%s" as it is taken everywhere', (sentence) => {
    expect(browser.sentenceOf(sentence)).toBeDefined();
    expect(browser.sentenceOf(sentence)).toEqual(everywhere.sentenceOf(sentence));
  });

  it('knows no code: browsers give none', () => {
    expect(browser.byCode()).toBeUndefined();
  });
});
