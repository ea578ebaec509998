/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import './test-bed.js';
import { createEnvironmentInjector, EnvironmentInjector } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  provideTailrace,
  withCheckpoint,
  withRequest,
  withRetry,
  withServerStreams,
} from '../../../lib/angular/provide-tailrace.js';
import { StreamClient } from '../../../lib/angular/stream-client.js';
import { memoryCheckpoint } from '../../../lib/checkpoint.js';

beforeEach(() => {
  TestBed.resetTestingModule();
});

describe('provideTailrace', () => {
  it('gives to the client what it was told', () => {
    const store = memoryCheckpoint();
    const providers = [provideTailrace(withRetry({ maxRetries: 3 }), withCheckpoint(store))];
    TestBed.configureTestingModule({ providers });
    const client = TestBed.inject(StreamClient);
    expect(client.retry).toEqual({ maxRetries: 3 });
    expect(client.checkpoint).toBe(store);
  });

  it('is not needed', () => {
    const client = TestBed.inject(StreamClient);
    expect([client.retry, client.checkpoint]).toEqual([{}, undefined]);
  });

  it('of a route says its own and leaves the rest to the one above', () => {
    const store = memoryCheckpoint();
    const providers = [provideTailrace(withRetry({ maxRetries: 3 }), withCheckpoint(store))];
    TestBed.configureTestingModule({ providers });
    const route = createEnvironmentInjector(
      [provideTailrace(withRetry({ maxRetries: 9 }))],
      TestBed.inject(EnvironmentInjector),
    );
    expect(route.get(StreamClient).retry).toEqual({ maxRetries: 9 });
    expect(route.get(StreamClient).checkpoint).toBe(store);
    expect(TestBed.inject(StreamClient).retry).toEqual({ maxRetries: 3 });
  });

  it('refuses what makes no sense, at once', () => {
    expect(() => provideTailrace(withRetry({}), withRetry({}))).toThrow('provideTailrace: withRetry is given twice');
    expect(() =>
      provideTailrace(
        withRequest(() => ({})),
        withRequest(() => ({})),
      ),
    ).not.toThrow();
    expect(() => withRetry({ maxRetries: 0.5 })).toThrow(/withRetry: option "maxRetries"/);
    expect(() => withServerStreams({ waitForFirst: Number.NaN })).toThrow(/option "waitForFirst"/);
    expect(() => withRequest(JSON.parse('1'))).toThrow(/withRequest: the first argument must be a function/);
    for (const origin of ['api.example.com', 'https://a.example/path', 'ftp://a.example', '*']) {
      expect(() => withRequest(() => ({}), { origins: [origin] })).toThrow(/"origins" must hold origins only/);
    }
  });
});
