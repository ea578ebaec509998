import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleOf, removeBundles } from './bundle-size.js';
import { startConsoleProcess, startLimit } from './console-process.js';

/** An application of one component, whose member is what it is built for. */
function application(imports: string, member: string): string {
  return `import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
${imports}
@Component({ selector: 'app-root', template: '{{ shown() }}' })
class App { ${member} }
void bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
export const kept = signal;
`;
}

function streaming(imports: string, pipe: string): string {
  const toolkit = `import { byteStream, sse } from 'tailrace';\nimport { injectStream } from 'tailrace/angular';\n${imports}`;
  const opened = `byteStream({ url: 'https://example.com/events', monitor })`;
  const member = `readonly shown = injectStream({ stream: ({ monitor }) => ${opened}.pipe(${pipe}) }).status;`;
  return application(toolkit, member);
}

describe('an application, as Angular builds it', () => {
  let empty = 0;

  beforeAll(async () => {
    // Installs the packages that the page is built with, and puts the toolkit of today among them.
    (await startConsoleProcess()).kill();
    empty = await bundleOf(application('', `readonly shown = signal('');`));
  }, startLimit + 60_000);

  afterAll(() => removeBundles());

  it.each([
    ['a stream of server-sent events', '', 'sse()', 15_000],
    [
      'one that is retried',
      `import { retryBackoff } from 'tailrace/operators';`,
      'sse(), retryBackoff({ monitor })',
      17_000,
    ],
  ])('grows by %s, what that takes of rxjs included, no more than it may', async (_, imports, pipe, limit) => {
    const grown = (await bundleOf(streaming(imports, pipe))) - empty;
    expect(empty).toBeGreaterThan(20_000);
    expect(grown).toBeGreaterThan(5_000);
    expect(grown).toBeLessThanOrEqual(limit);
  });
});
