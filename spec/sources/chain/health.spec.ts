import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { getHealth, healthCheck } from '../../../sources/chain/health.js';
import { chainService } from '../../../sources/chain/service.js';
import { refusedUrl } from '../../servers/origin.js';
import { answer, jsonAnswer, reset, stall } from '../../servers/origin-steps.js';
import { always, scriptedServices } from './scripted-service.js';

const scripted = scriptedServices();

describe('getHealth', () => {
  it('gives what the service says of itself, after failures that pass', async () => {
    const said = { status: 'healthy', timestamp: '2024-05-23T10:30:00Z', version: '1' };
    const { client, sent } = await scripted([[jsonAnswer(503, {})], [jsonAnswer(200, said)]]);
    await expect(firstValueFrom(getHealth(client))).resolves.toEqual({
      ...{ status: 'healthy', isHealthy: true, timestamp: said.timestamp, raw: said },
    });
    expect(sent().map(({ line }) => line)).toEqual(['GET /health', 'GET /health']);
  });

  it('is malformed for what is no answer', async () => {
    const { client } = await scripted(always(200, []));
    await expect(firstValueFrom(getHealth(client))).rejects.toMatchObject({
      code: 'malformed',
      operation: 'get health',
    });
  });
});

describe('healthCheck', () => {
  it('is true where the service says so, at the first try', async () => {
    const { client, sent } = await scripted([
      [jsonAnswer(200, { status: 'healthy' })],
      [jsonAnswer(200, { status: 'starting' })],
      [jsonAnswer(200, {})],
    ]);
    await expect(firstValueFrom(healthCheck(client))).resolves.toBe(true);
    await expect(firstValueFrom(healthCheck(client))).resolves.toBe(false);
    await expect(firstValueFrom(healthCheck(client))).resolves.toBe(false);
    expect(sent()).toHaveLength(3);
  });

  it('is false where it cannot say so', async () => {
    const { client, sent } = await scripted([
      [jsonAnswer(500, {})],
      [jsonAnswer(429, {})],
      [answer(200, { 'content-length': '20' }), reset()],
    ]);
    for (let time = 0; time < 3; time += 1) await expect(firstValueFrom(healthCheck(client))).resolves.toBe(false);
    expect(sent()).toHaveLength(3);
    const nowhere = chainService('test', { serviceUrl: await refusedUrl(), subscriberId: 'me' });
    await expect(firstValueFrom(healthCheck(nowhere))).resolves.toBe(false);
    const silent = await scripted([[stall()]], { timeout: 20 });
    await expect(firstValueFrom(healthCheck(silent.client))).resolves.toBe(false);
  });

  it('is an error where the answer says nothing about it', async () => {
    const { client } = await scripted([[jsonAnswer(401, {})], [jsonAnswer(404, {})], [answer(200, {}, 'fine')]]);
    for (const code of ['unauthorized', 'not_found', 'malformed']) {
      await expect(firstValueFrom(healthCheck(client))).rejects.toMatchObject({ code });
    }
  });
});
