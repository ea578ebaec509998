import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, toArray } from 'rxjs';
import type { XOptions } from '../../../sources/x/api.js';
import { listConnections, terminateConnections } from '../../../sources/x/connections.js';
import { eventually } from '../../servers/eventually.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { jsonAnswer, type Script } from '../../servers/origin-steps.js';
import { startXServer, type XServer } from '../../servers/x.js';

const closing: (Origin | XServer)[] = [];
const clients: AbortController[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.abort();
  for (const server of closing.splice(0)) await server.close();
});

async function localX(): Promise<{ server: XServer; options: XOptions }> {
  const server = await startXServer({ rules: [{ value: 'cat' }], maxConnections: 20 });
  closing.push(server);
  return { server, options: { bearerToken: server.token, baseUrl: server.url } };
}

async function scripted(script: Script): Promise<{ origin: Origin; options: XOptions }> {
  const origin = await startOrigin(script);
  closing.push(origin);
  return { origin, options: { bearerToken: 'a', baseUrl: origin.url } };
}

/** Opens streams and leaves them open. */
async function connect(server: XServer, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    const client = new AbortController();
    clients.push(client);
    const headers = { authorization: `Bearer ${server.token}` };
    const response = await fetch(server.url + path, { headers, signal: client.signal });
    expect(response.status).toBe(200);
    void response.text().catch(() => undefined);
  }
}

const filtered = '/2/tweets/search/stream';
const sample = '/2/tweets/sample/stream';

describe('listConnections', () => {
  it('gives every connection of every page, typed', async () => {
    const { server, options } = await localX();
    await connect(server, filtered, sample, filtered);
    const lists = await firstValueFrom(listConnections(options, { maxResults: 2 }).pipe(toArray()));
    expect(lists).toHaveLength(1);
    expect(lists[0]?.map(({ endpointName }) => endpointName)).toEqual([
      'filtered_stream',
      'sample_stream',
      'filtered_stream',
    ]);
    expect(lists[0]?.[0]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      endpointName: 'filtered_stream',
      connectedAt: expect.stringMatching(/^\d{4}-/),
      clientIp: expect.any(String),
      disconnectedAt: undefined,
      disconnectReason: undefined,
    });
    expect(server.requests).toHaveLength(2);
  });

  it('gives an empty list where nobody is connected', async () => {
    const { options } = await localX();
    await expect(firstValueFrom(listConnections(options))).resolves.toEqual([]);
  });

  it('asks by status, endpoint and field', async () => {
    const { server, options } = await localX();
    await connect(server, filtered, sample);
    await firstValueFrom(terminateConnections(options, { endpoint: 'sample_stream' }));
    const inactive = await firstValueFrom(listConnections(options, { status: 'inactive' }));
    expect(inactive).toMatchObject([{ endpointName: 'sample_stream', disconnectReason: 'operator_disconnect' }]);
    const some = { status: 'all', endpoints: ['filtered_stream'], fields: ['id', 'connected_at'] } as const;
    const [one, ...others] = await firstValueFrom(listConnections(options, some));
    expect(others).toEqual([]);
    expect(one).toMatchObject({ clientIp: undefined, connectedAt: expect.any(String) });
  });

  it('never takes an answer that is no list for an empty list', async () => {
    for (const body of [{}, { errors: [] }, { data: {} }]) {
      const { options } = await scripted([[jsonAnswer(200, body)]]);
      await expect(firstValueFrom(listConnections(options))).rejects.toMatchObject({ code: 'malformed' });
    }
  });

  it('refuses senseless options at once', () => {
    const options = { bearerToken: 'a' };
    expect(() => listConnections(options, { maxResults: 101 })).toThrow(
      'option "maxResults" must be a whole number, 1 to 100',
    );
    expect(() => listConnections(options, { endpoints: ['a b'] })).toThrow(
      'option "endpoints" must be a list of names',
    );
    expect(() => Reflect.apply(listConnections, undefined, [options, { status: 'open' }])).toThrow(
      'option "status" must be one of',
    );
  });
});

describe('terminateConnections', () => {
  it('ends all, those of an endpoint, or some', async () => {
    const { server, options } = await localX();
    await connect(server, filtered, filtered, sample, sample);
    const [first] = await firstValueFrom(listConnections(options));
    const id = first?.id ?? '';
    await expect(firstValueFrom(terminateConnections(options, { ids: [id, '404'] }))).resolves.toEqual({
      successful: 1,
      failed: 1,
      results: [
        { id, success: true, errorMessage: undefined },
        { id: '404', success: false, errorMessage: 'Connection not found' },
      ],
    });
    await expect(firstValueFrom(terminateConnections(options, { endpoint: 'sample_stream' }))).resolves.toMatchObject({
      successful: 2,
    });
    await expect(firstValueFrom(terminateConnections(options, { all: true }))).resolves.toMatchObject({
      successful: 1,
      failed: 0,
    });
    await eventually(() => server.openStreams === 0);
    expect(server.requests.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /2/connections',
      'DELETE /2/connections/sample_stream',
      'DELETE /2/connections/all',
    ]);
  });

  it('sends a hundred ids at a time, and nothing for none', async () => {
    const { origin, options } = await scripted([[jsonAnswer(200, { data: { successful_kills: 1, failed_kills: 2 } })]]);
    const ids = Array.from({ length: 201 }, (_, n) => String(n));
    await expect(firstValueFrom(terminateConnections(options, { ids }))).resolves.toEqual({
      successful: 3,
      failed: 6,
      results: [],
    });
    expect(origin.requests.map(({ body }) => body.split(',').length)).toEqual([100, 100, 1]);
    await expect(firstValueFrom(terminateConnections(options, { ids: [] }))).resolves.toMatchObject({ successful: 0 });
    expect(origin.requests).toHaveLength(3);
  });

  it('refuses a choice that is none, more than one, or leads elsewhere', () => {
    const refusing = (choice: object) => () =>
      Reflect.apply(terminateConnections, undefined, [{ bearerToken: 'a' }, choice]);
    expect(refusing({})).toThrow('terminateConnections: give exactly one of "all", "endpoint" and "ids"');
    expect(refusing({ all: true, ids: [] })).toThrow('give exactly one');
    expect(refusing({ endpoint: '../tweets' })).toThrow('option "endpoint" must be a name');
    expect(refusing({ endpoint: '..' })).toThrow('option "endpoint" must be a name');
    expect(refusing({ all: false })).toThrow('option "all" must be one of true');
  });
});
