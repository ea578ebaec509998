import { checkOption, type OptionRule } from '../../lib/check-options.js';

/** What a client says of itself: goes to the service with every connection. */
export type ClientMetadata = Readonly<Record<string, string | number | boolean>>;

/** Servers refuse longer headers. */
const maxLength = 8_192;

const values: OptionRule = {
  expected: 'an object of texts, finite numbers and booleans',
  test: (metadata) =>
    typeof metadata === 'object' &&
    metadata !== null &&
    !Array.isArray(metadata) &&
    Object.values(metadata).every(isPlain),
};

/**
 * The header `X-Client-Metadata`: JSON as base64url (RFC 4648 5) without padding. The service's own client has the option and never sends it;
 * the header is this toolkit's.
 *
 * Errors: a `TypeError` for values that are no text, number or boolean, and beyond 8,192 characters.
 */
export function metadataHeader(where: string, metadata: ClientMetadata | undefined): string | undefined {
  if (metadata === undefined) return undefined;
  checkOption(`${where}: option "clientMetadata"`, values, metadata);
  const bytes = new TextEncoder().encode(JSON.stringify(metadata));
  const text = btoa(String.fromCodePoint(...bytes.subarray(0, maxLength)));
  if (bytes.length > maxLength || text.length > maxLength) {
    throw new TypeError(`${where}: option "clientMetadata" must be shorter: ${maxLength} characters as a header`);
  }
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function isPlain(value: unknown): boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}
