import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** A dialog over the page. The browser keeps the focus inside, closes it on Escape and gives the focus back. */
export function Dialog({ title, children, onClose }: { readonly title: string; readonly children: ComponentChildren; readonly onClose: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const onBackdrop = (event: MouseEvent): void => {
    if (event.target === dialog.current) dialog.current?.close();
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose} onClick={onBackdrop}>
      <div class="dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          <form method="dialog">
            <button type="submit" class="plain" aria-label="Close">
              <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" stroke-width="1.5" /></svg>
            </button>
          </form>
        </header>
        {children}
      </div>
    </dialog>
  );
}
