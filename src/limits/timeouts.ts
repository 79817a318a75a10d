/**
 * How long a client may take, ms. Who sends slowly, on however many connections, must not keep others from theirs.
 * @see https://nodejs.org/api/http.html#serverheaderstimeout and what follows there
 */
export const timeouts = {
  /** For a request's headers. */
  headersTimeout: 10_000,
  /** For a whole request. */
  requestTimeout: 30_000,
  /** How often it is looked for those that took longer. */
  connectionsCheckingInterval: 1000,
  /** A connection on which nothing is asked for so long is closed. */
  keepAliveTimeout: 10_000,
  /** One on which nothing at all goes to and fro: longer than any answer takes, and than the events' signs of life. */
  connectionTimeout: 180_000,
};
