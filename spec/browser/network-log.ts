import type { Page } from 'playwright-core';

/** An answer that a page got; the times are those of the browser, on its own clock. */
export interface Answer {
  readonly status: number;
  /** Method and URL without the query. */
  readonly call: string;
  /** When the request began, in milliseconds since 1970. */
  readonly askedAt: number;
  /** When the first byte of the answer came. */
  readonly answeredAt: number;
}

/** Collects what a page is answered from now on. */
export function logNetwork(page: Page): readonly Answer[] {
  const answers: Answer[] = [];
  page.on('response', (response) => {
    const request = response.request();
    const { startTime, responseStart } = request.timing();
    const { origin, pathname } = new URL(response.url());
    const call = `${request.method()} ${origin}${pathname}`;
    answers.push({ status: response.status(), call, askedAt: startTime, answeredAt: startTime + responseStart });
  });
  return answers;
}

/** How long a page waited after each answer with this status before it asked for the same again, in milliseconds. */
export function waitsAfter(answers: readonly Answer[], status: number): readonly number[] {
  return answers.flatMap((answer, index) => {
    if (answer.status !== status) return [];
    const next = answers.slice(index + 1).find(({ call }) => call === answer.call);
    return [next === undefined ? NaN : next.askedAt - answer.answeredAt];
  });
}
