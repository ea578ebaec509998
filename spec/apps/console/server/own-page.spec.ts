import { describe, expect, it } from '@jest/globals';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { isOwnHost, isOwnOrigin, isOwnRequest, pageHeaders } from '../../../../apps/console/server/own-page.js';

function request(headers: Readonly<Record<string, string>>): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { headers });
}

describe('what belongs to the console', () => {
  it.each([
    ['http://127.0.0.1:4200', true],
    ['http://localhost:4200', true],
    ['http://127.0.0.1:4201', false],
    ['https://127.0.0.1:4200', false],
    ['http://127.0.0.1:4200.evil.example', false],
    ['http://evil.example:4200', false],
    ['null', false],
  ])('is a page of %s: %s', (origin, isOwn) => {
    expect(isOwnOrigin(origin, 4_200)).toBe(isOwn);
  });

  it.each([
    ['127.0.0.1:4200', true],
    ['localhost:4200', true],
    ['rebound.example:4200', false],
    ['127.0.0.1', false],
    ['', false],
  ])('is asked for as %s: %s', (host, isOwn) => {
    expect(isOwnHost(request({ host }), 4_200)).toBe(isOwn);
  });

  it.each([
    [{}, true],
    [{ origin: 'http://127.0.0.1:4200' }, true],
    [{ origin: 'http://127.0.0.1:4200', 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    // Another port of this machine is another origin of the same site.
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ origin: 'https://evil.example' }, false],
    [{ origin: 'null' }, false],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, false],
  ])('may change something with %j: %s', (headers, isOwn) => {
    expect(isOwnRequest(request(headers), 4_200)).toBe(isOwn);
  });

  it('connects to the gates and nowhere else, and runs no script of another place', () => {
    const policy = String(pageHeaders(['http://127.0.0.1:1', 'http://127.0.0.1:2'])['content-security-policy']);
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        `default-src 'none'`,
        `script-src 'self'`,
        `connect-src 'self' http://127.0.0.1:1 http://127.0.0.1:2`,
      ]),
    );
  });
});
