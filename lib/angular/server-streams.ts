import { InjectionToken, type Injector, PendingTasks, PLATFORM_ID } from '@angular/core';

/** What streams do while a page is rendered on a server. */
export interface ServerStreamOptions {
  /**
   * How long the rendering waits for the first item of each stream, in milliseconds; 0 not at all. A stream that ends sooner ends the wait.
   * @default 1_000
   */
  waitForFirst?: number | undefined;
}

/** Only `withServerStreams` provides it. */
export const serverStreams: InjectionToken<Required<ServerStreamOptions>> = /* @__PURE__ */ new InjectionToken(
  'tailrace server streams',
);

/** A stream on a server is a connection that nobody looks at: it must be asked for. */
export function mayStream(injector: Injector): boolean {
  return !isServer(injector) || injector.get(serverStreams, null) !== null;
}

/** `isPlatformServer` of @angular/common, which is no peer of ours. */
export function isServer(injector: Injector): boolean {
  return injector.get<unknown>(PLATFORM_ID) === 'server';
}

/**
 * Keeps a server from sending the page until what it returns is called, for as long as it may. In a browser it does nothing: a stream that
 * kept an application unstable would keep it so for ever.
 */
export function holdRendering(injector: Injector): () => void {
  const limit = isServer(injector) ? (injector.get(serverStreams, null)?.waitForFirst ?? 0) : 0;
  if (limit === 0) return () => undefined;
  const done = injector.get(PendingTasks).add();
  const timer = setTimeout(done, limit);
  return () => {
    clearTimeout(timer);
    done();
  };
}
