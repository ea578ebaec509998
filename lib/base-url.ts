import type { OptionRule } from './check-options.js';

/** The address of a service, to which paths are added. User info, query and fragment would get lost or into logs. */
export const baseUrlRule: OptionRule = {
  expected: 'an absolute http or https URL without user info, query or fragment',
  test: (value) => {
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
    return (
      url !== undefined &&
      /^https?:$/.test(url.protocol) &&
      `${url.username}${url.password}${url.search}${url.hash}` === ''
    );
  },
};
