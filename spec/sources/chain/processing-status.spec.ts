import { expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray } from 'rxjs';
import { processingStatus$ } from '../../../sources/chain/processing-status.js';
import { jsonAnswer } from '../../servers/origin-steps.js';
import { scriptedServices } from './scripted-service.js';

const scripted = scriptedServices();

it('asks again and again, and ends when the subscription is gone', async () => {
  const status = (isProcessing: boolean): ReturnType<typeof jsonAnswer> =>
    jsonAnswer(200, { subscription_id: 7, is_processing: isProcessing, connection_count: 0 });
  const { client, sent } = await scripted([[status(true)], [status(false)], [jsonAnswer(404, { error: 'gone' })]]);
  const polled = processingStatus$(client, 7, { interval: 1 });
  const two = await firstValueFrom(polled.pipe(take(2), toArray()));
  expect(two.map(({ isProcessing }) => isProcessing)).toEqual([true, false]);
  await expect(firstValueFrom(polled)).rejects.toMatchObject({ code: 'subscription_not_found' });
  expect(sent()).toHaveLength(3);
  expect(() => processingStatus$(client, 7, { interval: 0 })).toThrow('processingStatus$: option "interval"');
  expect(() => processingStatus$(client, -7)).toThrow('option "subscriptionId" must be');
});
