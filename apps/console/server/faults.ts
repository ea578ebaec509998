/** What a stream's server can be told to do wrong. */
export const serverFaults = ['drop', 'stall', '503', '429', 'flood'] as const;

/** One of them. */
export type ServerFault = (typeof serverFaults)[number];

/** `undefined` for anything that is none. */
export function faultNamed(value: unknown): ServerFault | undefined {
  return serverFaults.find((fault) => fault === value);
}
