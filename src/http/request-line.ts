const reads: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Whether a method changes nothing (RFC 9110, 9.2.1). */
export const isRead = (method: string): boolean => reads.includes(method);

/** What was asked for, without the query: a secret that somebody has put there is not to be written down. */
export const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';
