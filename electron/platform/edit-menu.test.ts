import { expect, it } from 'vitest';
import { editMenuTemplate } from './edit-menu';

const FLAGS = {
  canUndo: false,
  canRedo: false,
  canCut: false,
  canCopy: false,
  canPaste: true,
  canDelete: false,
  canSelectAll: true,
  canEditRichly: false,
};

it('a field offers what can be done in it', () => {
  const menu = editMenuTemplate({ isEditable: true, selectionText: '', editFlags: FLAGS });
  expect(menu.filter(({ enabled }) => enabled).map(({ role }) => role)).toEqual(['paste', 'selectAll']);
});

it('selected text can be copied; a right click elsewhere belongs to the page', () => {
  const text = { isEditable: false, editFlags: FLAGS };
  expect(editMenuTemplate({ ...text, selectionText: 'a hash' })).toEqual([{ role: 'copy' }]);
  expect(editMenuTemplate({ ...text, selectionText: ' ' })).toEqual([]);
});
