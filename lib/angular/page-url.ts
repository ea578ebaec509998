/** Where a URL leads from this page; `undefined` for one that leads nowhere, as a relative one on a server. */
export function pageUrl(url: string | URL): URL | undefined {
  const { document }: Partial<typeof globalThis> = globalThis;
  const base = document?.baseURI;
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}

/** The origin of this page. */
export function pageOrigin(): string | undefined {
  const { location }: Partial<typeof globalThis> = globalThis;
  return location?.origin;
}
