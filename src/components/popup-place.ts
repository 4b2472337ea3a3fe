import type { RefObject } from 'react';

/**
 * Where menus, lists and tips are put: into the page that they belong to, so that they lie in a landmark
 * as all else does. Where a dialog is open the page is out of reach, and they go where the dialog is.
 */
export const IN_PAGE: RefObject<HTMLElement | null> = {
  get current() {
    const dialog = document.querySelector('[role=dialog], [role=alertdialog]');
    return dialog ? null : document.querySelector('main');
  },
};
