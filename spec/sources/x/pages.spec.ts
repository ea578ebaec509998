import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, from, type Observable, of, throwError, toArray } from 'rxjs';
import { allPages, type Page } from '../../../sources/x/pages.js';

/** A list served three at a time; notes which pages were asked for. */
function pager(length: number): {
  asked: (string | undefined)[];
  at(token: string | undefined): Observable<Page<number>>;
} {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    at: (token) => {
      asked.push(token);
      const start = Number(token ?? 0);
      const items = Array.from({ length: Math.min(3, length - start) }, (_, n) => start + n);
      return of({ items, next: start + 3 < length ? String(start + 3) : undefined });
    },
  };
}

describe('allPages', () => {
  it.each([0, 1, 3, 4, 10])('gives %i items as one list, once', async (length) => {
    const { at } = pager(length);
    const expected = Array.from({ length }, (_, n) => n);
    await expect(firstValueFrom(allPages(at).pipe(toArray()))).resolves.toEqual([expected]);
  });

  it('asks for nothing before it is subscribed to, and from the first page each time', async () => {
    const { at, asked } = pager(5);
    const list = allPages(at);
    expect(asked).toEqual([]);
    await firstValueFrom(list);
    await expect(firstValueFrom(list)).resolves.toHaveLength(5);
    expect(asked).toEqual([undefined, '3', undefined, '3']);
  });

  it('takes an empty token for the end', async () => {
    await expect(firstValueFrom(allPages(() => of({ items: [1], next: '' })))).resolves.toEqual([1]);
  });

  it('refuses a list that leads back to itself', async () => {
    const circle = allPages((token) => of({ items: [1], next: token === 'a' ? 'b' : 'a' }));
    await expect(firstValueFrom(circle)).rejects.toMatchObject({ errorType: 'fatal_error', code: 'malformed' });
  });

  it('refuses a list without end', async () => {
    let n = 0;
    const endless = allPages(() => from(Promise.resolve({ items: [], next: String((n += 1)) })));
    await expect(firstValueFrom(endless)).rejects.toMatchObject({ code: 'response_too_large' });
    expect(n).toBe(1_000);
  });

  it('passes the error of a page on, in place of a part of the list', async () => {
    const failing = allPages((token) =>
      token === undefined ? of({ items: [1], next: 'a' }) : throwError(() => 'broken'),
    );
    await expect(firstValueFrom(failing)).rejects.toBe('broken');
  });
});
