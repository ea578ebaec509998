import { expect, it } from '@jest/globals';
import { baseUrlRule } from '../../lib/base-url.js';

it.each(['https://api.example.com', 'http://127.0.0.1:8080/v1/', 'https://[::1]/a%20b'])('%s is a base URL', (url) => {
  expect(baseUrlRule.test(url)).toBe(true);
});

it.each([
  ...['', '/v1', 'api.example.com', 'ftp://a.example', 'https://u:p@a.example', 'https://a.example?key=1'],
  ...['https://a.example/#x', 'https://', 7, null, undefined, new URL('https://a.example')],
])('%s is none', (value) => {
  expect(baseUrlRule.test(value)).toBe(false);
});
