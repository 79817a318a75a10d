import { useEffect, useState } from 'preact/hooks';
import { asFailure, type Failure } from '../api/answer.js';
import { onEvent, type Told } from './bus.js';
import { coalesced } from './coalesced.js';

export interface Live<T> {
  data?: T;
  failure?: Failure;
}

/**
 * What the service says, read again when an event is about it.
 * @param key what it is: for another key it is read anew
 */
export function useLive<T>(
  key: string,
  read: () => Promise<T>,
  isAbout: (event: Told) => boolean,
  everyMs?: number,
): Live<T> & { set: (data: T) => void } {
  const [live, setLive] = useState<Live<T>>({});
  useEffect(() => {
    const end = new AbortController();
    const isOver = (): boolean => end.signal.aborted;
    const soon = coalesced(async () => {
      if (isOver()) return;
      try {
        const data = await read();
        if (!isOver()) setLive({ data });
      } catch (error) {
        if (!isOver())
          setLive(({ data }) => ({ ...(data !== undefined && { data }), failure: asFailure(error) }));
      }
    }, 100);
    setLive({});
    soon();
    const deafen = onEvent((event) => isAbout(event) && soon());
    const timer = everyMs === undefined ? undefined : setInterval(soon, everyMs);
    return () => {
      end.abort();
      deafen();
      clearInterval(timer);
    };
  }, [key]);
  return { ...live, set: (data) => setLive({ data }) };
}
