import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staticFiles } from '../../../../apps/console/server/static-files.js';
import { listen } from '../../../servers/origin.js';
import { ask } from './gated.js';

let base = '';
let folder = '';
let server: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
  const page = join(folder, 'page');
  mkdirSync(join(page, 'media'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(page, 'link.txt'));
  writeFileSync(join(page, 'index.html'), '<!doctype html>');
  writeFileSync(join(page, 'main-ABCD1234.js'), 'run();');
  writeFileSync(join(page, 'favicon.svg'), '<svg/>');
  writeFileSync(join(page, 'media/data.bin'), 'bytes');
  const files = staticFiles(page);
  server = createServer((request, response) => {
    const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
    if (!files.send(request.url ?? '', response, method)) response.writeHead(404).end('none');
  });
  base = `http://127.0.0.1:${await listen(server)}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

describe('the files of the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache', '<!doctype html>'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache', '<!doctype html>'],
    ['/main-ABCD1234.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable', 'run();'],
    ['/favicon.svg', 'image/svg+xml', 'no-cache', '<svg/>'],
    ['/media/data.bin', 'application/octet-stream', 'no-cache', 'bytes'],
  ])('has %s as %s, cached %s', async (path, type, caching, text) => {
    const answer = await ask(base, path);
    expect([answer.status, answer.text]).toEqual([200, text]);
    expect(answer.headers).toMatchObject({ 'content-type': type, 'cache-control': caching });
    const head = await ask(base, path, { method: 'HEAD' });
    expect([head.status, head.text, head.headers['content-type']]).toEqual([200, '', type]);
  });

  it.each([
    '/../secret.txt',
    '/media/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/link.txt',
    '/media',
    '/media/',
    '/index.html%00.js',
    '/__proto__',
    'http://127.0.0.1/secret.txt',
  ])('has no %s', async (path) => {
    expect((await ask(base, path)).status).toBe(404);
  });

  it('must have a first page', () => {
    expect(() => staticFiles(join(folder, 'page/media'))).toThrow('there is no page in');
    expect(() => staticFiles(join(folder, 'nothing'))).toThrow('build it first');
  });
});
