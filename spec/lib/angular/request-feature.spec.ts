/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import './test-bed.js';
import { Injector } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { requestFeature } from '../../../lib/angular/request-feature.js';
import { StreamClient } from '../../../lib/angular/stream-client.js';

describe('requestFeature', () => {
  it('makes the access of all features, the later ones on top', async () => {
    const origins = ['https://api.example.com'];
    const first = requestFeature(() => ({ headers: { a: '1', b: '1' } }), { origins });
    const second = requestFeature(() => ({ headers: { b: '2' } }), { origins });
    const { headersFor } = first.access([first, second], TestBed.inject(Injector));
    expect(await headersFor(new URL('https://api.example.com/feed'))).toEqual({ a: '1', b: '2' });
    expect(await headersFor(new URL('https://other.example.com/feed'))).toBeUndefined();
  });

  it.each([['https://api.example.com/path'], ['api.example.com'], ['ftp://api.example.com'], ['']])(
    'refuses %j, which is no origin',
    (origin) => {
      expect(() => requestFeature(() => ({}), { origins: [origin] })).toThrow(
        'option "origins" must hold origins only',
      );
    },
  );

  it('is not there where the application adds nothing: the client is a plain one', async () => {
    const client = TestBed.inject(StreamClient);
    expect(await client.request({ url: 'https://api.example.com/', headers: { a: 'b' } }).headers()).toEqual({
      a: 'b',
    });
    await expect(client.fetch('data:text/plain,ok').then(async (response) => response.text())).resolves.toBe('ok');
  });
});
