import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type ConsoleServer, startConsole } from '../../../../apps/console/server/start-console.js';
import { eventually } from '../../../servers/eventually.js';
import { listen } from '../../../servers/origin.js';
import { ask, type Answered } from './gated.js';

const stream = z.strictObject({
  url: z.url(),
  token: z.string().optional(),
  path: z.string().optional(),
  openSockets: z.number(),
  sent: z.number(),
});
const overview = z.strictObject({ posts: stream, chain: stream, durable: stream, llm: stream });

let page = '';
let running: ConsoleServer;

beforeAll(async () => {
  page = mkdtempSync(join(tmpdir(), 'console-'));
  writeFileSync(join(page, 'index.html'), '<!doctype html>');
  running = await startConsole({ page });
});

afterAll(async () => {
  await running.close();
  rmSync(page, { recursive: true });
});

async function streams(): Promise<z.output<typeof overview>> {
  return overview.parse(JSON.parse((await ask(running.url, '/api/streams', own())).text));
}

function own(more: Readonly<Record<string, string>> = {}): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { host: new URL(running.url).host, ...more } };
}

function press(name: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  const { headers: all } = own({ 'content-type': 'application/json', ...headers });
  return ask(running.url, `/api/streams/${name}/faults`, { method: 'POST', headers: all, body });
}

describe('the console', () => {
  it('serves the page, which may connect to the four gates', async () => {
    const { text, headers } = await ask(running.url, '/', own());
    expect(text).toBe('<!doctype html>');
    expect(headers['x-content-type-options']).toBe('nosniff');
    for (const { url } of Object.values(await streams())) expect(headers['content-security-policy']).toContain(url);
  });

  it('says where the streams are, and what their servers have made', async () => {
    const first = await streams();
    expect(new Set(Object.values(first).map(({ url }) => url)).size).toBe(4);
    expect(first.posts.token).toBe('local-x-token');
    expect([first.chain.path, first.durable.path]).toEqual(['/subscriptions/1', '/readings']);
    await eventually(async () => {
      const { posts, chain, durable } = await streams();
      return posts.sent > 0 && chain.sent > 0 && durable.sent > 0;
    });
  });

  it('counts the sockets of browsers at a gate', async () => {
    const { url } = (await streams()).llm;
    const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
    await eventually(async () => (await streams()).llm.openSockets === 1);
    socket.destroy();
    await eventually(async () => (await streams()).llm.openSockets === 0);
  });

  it('has the servers misbehave', async () => {
    for (const kind of ['drop', 'stall', '503', '429', 'flood']) {
      const { status, text } = await press('llm', JSON.stringify({ kind }));
      expect([status, text]).toEqual([204, '']);
    }
    const { url } = (await streams()).llm;
    const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"stream":true}' };
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await ask(url, '/v1/messages', asked)).status);
    expect(statuses).toEqual([503, 503, 429]);
  });

  it('floods', async () => {
    const before = (await streams()).posts.sent;
    await press('posts', '{"kind":"flood"}');
    // At the calm rate that takes twenty seconds.
    await eventually(async () => (await streams()).posts.sent > before + 200, 10_000);
  });

  it.each<[string, string, Readonly<Record<string, string>>, number, string]>([
    ['posts', '{"kind":"drop"', {}, 400, 'send JSON'],
    ['posts', '{"kind":"explode"}', {}, 400, 'one of drop, stall, 503, 429, flood'],
    ['posts', '{"kind":503}', {}, 400, 'one of drop'],
    ['posts', '[]', {}, 400, 'one of drop'],
    ['posts', 'null', {}, 400, 'one of drop'],
    ['posts', `{"kind":"drop"${' '.repeat(1_100)}}`, {}, 413, '1024 bytes'],
    ['posts', `{"kind":"drop"${' '.repeat(1_100)}}`, { 'transfer-encoding': 'chunked' }, 413, '1024 bytes'],
    ['posts', '{"kind":"drop"}', { 'content-type': 'text/plain' }, 415, 'application/json'],
    ['posts', '{"kind":"drop"}', { origin: 'https://evil.example' }, 403, 'page of the console'],
    ['posts', '{"kind":"drop"}', { 'sec-fetch-site': 'cross-site' }, 403, 'page of the console'],
    ['toString', '{"kind":"drop"}', {}, 404, 'posts, chain, durable, llm'],
    ['x', '{"kind":"drop"}', {}, 404, 'posts, chain, durable, llm'],
  ])('refuses for %s: %s %j with %d', async (name, body, headers, status, hint) => {
    const answer = await press(name, body, headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ error: expect.stringContaining(hint) });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('does not answer to another name, which somebody may have made point here', async () => {
    const asked = { headers: { host: `rebound.example:${new URL(running.url).port}` } };
    for (const path of ['/', '/api/streams']) expect((await ask(running.url, path, asked)).status).toBe(403);
  });

  it.each([
    ['GET', '/api/streams/posts/faults', 405],
    ['DELETE', '/api/streams', 405],
    ['POST', '/', 405],
    ['GET', '/api/other', 404],
    ['GET', '/other', 404],
  ])('answers %s %s with %d', async (method, path, status) => {
    expect((await ask(running.url, path, { method, ...own() })).status).toBe(status);
  });
});

describe('a console that ends', () => {
  it('leaves nothing behind: no port, no connection, no timer', async () => {
    const one = await startConsole({ page });
    const urls = [one.url, ...Object.values(one.streams).map(({ gate }) => gate.url)];
    const sockets = urls.map((url) => connect(Number(new URL(url).port), '127.0.0.1'));
    const gone = new Set<Socket>();
    for (const socket of sockets) socket.on('error', () => undefined).on('close', () => gone.add(socket));
    await eventually(() => sockets.every(({ readyState }) => readyState === 'open'));
    await one.close();
    await one.close();
    await eventually(() => gone.size === sockets.length);
    for (const url of urls) await expect(ask(url, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const { sent } = one.streams.posts.feed;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(one.streams.posts.feed.sent).toBe(sent);
  });

  it('has not begun where its port is taken, or where there is no page', async () => {
    const other = createServer();
    const port = await listen(other);
    await expect(startConsole({ page, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    other.close();
    await expect(startConsole({ page: join(page, 'none') })).rejects.toThrow('there is no page');
  });
});
