import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { FailureNote } from './failure.js';
import { useAction } from './use-action.js';

interface DialogProps {
  title: string;
  /** It is closed, in whatever way. */
  onClose: () => void;
  children: (close: () => void) => ComponentChildren;
}

/** A dialog of the browser's own: it keeps the focus within, ends with Escape, and gives the focus back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {children(() => dialog.current?.close())}
    </dialog>
  );
}

interface FormDialogProps {
  title: string;
  /** What its button says. */
  action: string;
  danger?: boolean;
  onClose: () => void;
  /** Does it; the dialog goes when that is done, and stays with the reason when it is not. */
  submit: () => Promise<void>;
  children: ComponentChildren;
}

/** Asks before something is done. */
export function FormDialog({ title, action, danger = false, onClose, submit, children }: FormDialogProps) {
  const { busy, failure, run } = useAction();
  return (
    <Dialog title={title} onClose={onClose}>
      {(close) => (
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            run(async () => {
              await submit();
              close();
            });
          }}
        >
          {children}
          <FailureNote failure={failure} />
          <div class="actions">
            <button type="submit" class={danger ? 'danger' : 'primary'} disabled={busy}>
              {action}
            </button>
            <button type="button" onClick={close}>
              Cancel
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
