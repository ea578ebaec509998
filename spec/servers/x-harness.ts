import { openLines, type LineClient } from './line-client.js';
import { pluck } from './pluck.js';
import { startXServer, type XServer, type XServerOptions } from './x.js';

export const filtered = '/2/tweets/search/stream';
export const sample = '/2/tweets/sample/stream';
const open: XServer[] = [];

/** A local X with one rule, closed by {@link closeServers}. */
export async function start(options: XServerOptions = {}): Promise<XServer> {
  const server = await startXServer({ rules: [{ value: 'cat', tag: 'pets' }], ...options });
  open.push(server);
  return server;
}

export async function closeServers(): Promise<void> {
  for (const server of open.splice(0)) await server.close();
}

export function connect(server: XServer, target: string, token: string = server.token): Promise<LineClient> {
  return openLines(server.url + target, { authorization: `Bearer ${token}` });
}

export async function refused(server: XServer, target: string): Promise<unknown> {
  const response = await fetch(server.url + target, { headers: { authorization: `Bearer ${server.token}` } });
  const { status, headers } = response;
  const body: unknown = await response.json();
  return { status, remaining: headers.get('x-rate-limit-remaining'), body };
}

export function ids(client: LineClient): unknown[] {
  return client.lines.filter((line) => line !== '').map((line) => pluck(JSON.parse(line), 'data', 'id'));
}
