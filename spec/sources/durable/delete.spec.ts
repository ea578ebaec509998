import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { createDurable } from '../../../sources/durable/create.js';
import { deleteCall, deleteDurable } from '../../../sources/durable/delete.js';
import { forkDurable } from '../../../sources/durable/fork.js';
import { headDurable } from '../../../sources/durable/head.js';
import { checkDurable } from '../../../sources/durable/options.js';
import { answer, reset } from '../../servers/origin-steps.js';
import { realServer, rejectionOf, scriptedServer } from './written.js';

describe('deleteDurable', () => {
  it('deletes, and says whether there was something to delete', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`));
    await expect(firstValueFrom(deleteDurable(`${url}/a`))).resolves.toEqual({ existed: true });
    await expect(firstValueFrom(headDurable(`${url}/a`))).resolves.toEqual({ exists: false });
    await expect(firstValueFrom(deleteDurable(`${url}/a`))).resolves.toEqual({ existed: false });
  });

  it('takes a stream that is kept for its forks for deleted', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`));
    await firstValueFrom(forkDurable(`${url}/a`, '/b'));
    const remove = deleteDurable(`${url}/a`);
    await expect(firstValueFrom(remove)).resolves.toEqual({ existed: true });
    await expect(firstValueFrom(remove)).resolves.toEqual({ existed: false });
    await expect(firstValueFrom(headDurable(`${url}/b`))).resolves.toMatchObject({ exists: true });
  });

  it('is repeated when its answer is lost, and asks no handler about what it then meets', async () => {
    const origin = await scriptedServer([[answer(204), reset()], [answer(404)]]);
    let asked = 0;
    const onError = (): undefined => void (asked += 1);
    const cut = await scriptedServer([[reset()], [answer(404)]]);
    await firstValueFrom(deleteDurable(origin.url));
    await expect(firstValueFrom(deleteDurable(cut.url, { initialBackoff: 0, maxBackoff: 0 }))).resolves.toEqual({
      existed: false,
    });
    await firstValueFrom(deleteCall(checkDurable('delete', origin.url, { onError, maxRetries: 0 })));
    expect(asked).toBe(0);
  });

  it('fails where the server does not offer it', async () => {
    const origin = await scriptedServer([[answer(405)]]);
    await expect(rejectionOf(firstValueFrom(deleteDurable(origin.url)))).resolves.toMatchObject({
      code: 'not_supported',
      errorType: 'client_error',
    });
    expect(origin.requests).toHaveLength(1);
  });
});
