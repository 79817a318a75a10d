import { useState } from 'preact/hooks';
import { asFailure, type Failure } from '../api/answer.js';

export interface Action {
  busy: boolean;
  failure: Failure | undefined;
  run: (work: () => Promise<void>) => void;
}

/** Something that is done when asked for: whether it is being done, and why it was not. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const run = (work: () => Promise<void>): void => {
    setBusy(true);
    setFailure(undefined);
    work()
      .catch((error: unknown) => setFailure(asFailure(error)))
      .finally(() => setBusy(false));
  };
  return { busy, failure, run };
}
