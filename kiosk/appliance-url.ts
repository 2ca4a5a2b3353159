// How a kiosk reaches its appliance: the base of every URL, and fetch as it must be called.

/** @throws TypeError when the text is no http or https URL: an error of the program, not of the world */
export function normalBaseUrl(text: string): string {
  const { protocol } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`not an http URL: ${text}`);
  return text.replace(/\/+$/, '');
}

/** Called as a plain function: a browser's fetch refuses any other `this`. */
export const plainFetch: typeof fetch = (input, init) => fetch(input, init);
