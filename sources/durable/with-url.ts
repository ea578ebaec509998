/** The URL among the options. */
export type WithUrl<T> = T & { url: string | URL };

/** Which of the two forms of a call it is: the URL and options, or one object. */
export function hasUrl<T extends object>(first: string | URL | WithUrl<T>): first is WithUrl<T> {
  return typeof first === 'object' && first !== null && 'url' in first;
}
