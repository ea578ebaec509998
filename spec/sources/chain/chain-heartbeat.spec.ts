import { describe, expect, it } from '@jest/globals';
import { NEVER, type Observable, of, throwError, VirtualTimeScheduler } from 'rxjs';
import { clientHeartbeats } from '../../../sources/chain/chain-heartbeat.js';
import { EventStreamerConnectionError } from '../../../sources/chain/errors.js';
import { watch } from '../x/watch.js';
import { runUntil } from '../x/scripted-x.js';

const failure = (code: 'connection_lost' | 'http_server_error'): EventStreamerConnectionError =>
  new EventStreamerConnectionError('no', { errorType: 'server_error', code });

async function beats(until: number, answerOf: (n: number) => Observable<unknown>, interval = 10): Promise<object> {
  const scheduler = new VirtualTimeScheduler(undefined, 0);
  let sent = 0;
  const send = (): Observable<unknown> => answerOf((sent += 1));
  const watched = watch(clientHeartbeats({ send, interval, scheduler }));
  await runUntil(scheduler, until);
  watched.stop();
  const { error } = watched;
  await runUntil(scheduler, until + 100);
  return { sent, code: error?.code, cause: error?.cause };
}

describe('clientHeartbeats', () => {
  it('sends one at every interval until it is left, and none where there is none', async () => {
    expect(await beats(35, () => of(1))).toMatchObject({ sent: 3, code: undefined });
    expect(await beats(35, () => of(1), 0)).toMatchObject({ sent: 0 });
  });

  it('sends no other while an answer is out', async () => {
    expect(await beats(100, () => NEVER)).toMatchObject({ sent: 1 });
  });

  it('fails at the first that finds no connection, and at the third failure in a row', async () => {
    expect(await beats(100, () => throwError(() => failure('connection_lost')))).toMatchObject({
      ...{ sent: 1, code: 'connection_lost' },
    });
    const cause = failure('http_server_error');
    const failing = (n: number): Observable<unknown> => (n === 3 ? of(1) : throwError(() => cause));
    expect(await beats(200, failing)).toEqual({ sent: 6, code: 'heartbeat_failed', cause });
  });
});
